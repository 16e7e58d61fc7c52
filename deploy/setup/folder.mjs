// Where things lie below the deployment folder. The places of variables, token and service-urls.txt are the vendor's.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';

const connector = 'connectors/databricks-unity-catalog';
const ownValues = 'policy-sync.values.yaml';
const variables = 'vars.connector.databricks.unity.catalog.yml';

// The deployment folder that a folder belongs to: config and what is below it are parts of one, which keeps the keys.
export function deploymentFolderOf(folder) {
  const parts = folder.split(sep);
  const config = parts.lastIndexOf('config');
  const isPart = config > 0 && (config === parts.length - 1 || ['custom-vars', 'api-server-keys'].includes(parts[config + 1]));
  return isPart ? parts.slice(0, config).join(sep) || sep : folder;
}

export const nameOfInstance = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;

export function places(folder, instance) {
  const keys = join(folder, 'config/api-server-keys/connector/databricks-unity-catalog', instance);
  return {
    keys,
    privateKey: join(keys, 'private.pem'),
    publicKeys: join(keys, 'public.pem'),
    token: join(keys, 'jwt', `connector-databricks-unity-catalog-${instance}-jwt-token.txt`),
    opsToken: join(keys, 'jwt', `connector-databricks-unity-catalog-${instance}-ops-token.txt`),
    values: join(folder, 'output/policy-sync', instance, 'values.yaml'),
  };
}

// The instances of a folder: name, file of the vendor's variables, and the operator's own chart values where there are any.
// The vendor keeps custom-vars below config; a folder that holds nothing else may have it at its top.
export function findInstances(folder) {
  const roots = ['config/custom-vars', 'custom-vars'].map(root => join(folder, root, connector)).filter(existsSync);
  const instances = roots.flatMap(root => readdirSync(root)
    .filter(name => statSync(join(root, name)).isDirectory() && existsSync(join(root, name, variables)))
    .map(name => ({
      name,
      variables: join(root, name, variables),
      ownFile: join(root, name, ownValues),
    })));
  const faults = [];
  for (const { name, variables: file } of instances) {
    if (!nameOfInstance.test(name)) {
      faults.push(`${file}: an instance is named with up to 40 small letters, digits and -, not ${name}`);
    }
    if (instances.filter(other => other.name === name).length > 1) {
      faults.push(`${file}: the instance ${name} stands below config/custom-vars and below custom-vars; keep one`);
    }
  }
  return { instances: instances.sort((a, b) => (a.name < b.name ? -1 : 1)), faults };
}
