// Judges rendered objects by the schemas of Kubernetes, the Prometheus operator, the Gateway API and KEDA: types and required
// fields.
//   POLICYSYNC_TOOLS=FOLDER node validate.mjs FILE
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// By file, as this script does not lie where the libraries are installed.
const bring = file => import(pathToFileURL(join(process.env.POLICYSYNC_TOOLS, 'node_modules', file)));

/** Groups of objects that are not Kubernetes' own, and the packages with their schemas. */
const PACKAGES = {
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
  'keda.sh': '@kubernetes-models/keda',
};

const moduleOf = apiVersion => `${PACKAGES[apiVersion.split('/')[0]] ?? 'kubernetes-models'}/${apiVersion}/index.js`;

const { loadAll } = await bring('js-yaml/dist/js-yaml.mjs');
const objects = loadAll(readFileSync(process.argv[2], 'utf8')).filter(Boolean);
let faults = 0;
for (const object of objects) {
  const name = `${object.kind} ${object.metadata?.name}`;
  const Kind = (await bring(moduleOf(object.apiVersion)))[object.kind];
  try {
    if (!Kind) {
      throw new Error(`there is no such kind in ${object.apiVersion}`);
    }
    new Kind(object).validate();
  } catch (error) {
    faults++;
    console.error(`${name}: ${error.message}`);
  }
}
console.log(`${objects.length} objects, ${faults} faults`);
process.exit(faults === 0 ? 0 : 1);
