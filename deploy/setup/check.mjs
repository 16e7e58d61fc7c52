// What is still open before an instance can be installed: what the chart says of its values, and what the service says of the
// settings that the chart makes of them.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readAllYaml } from './yaml.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const mounts = '/etc/policy-sync/';
const kubernetes = '1.33.0';

// Forms that the service accepts, in place of secrets that only the cluster has.
const placeholders = {
  connection: 'DefaultEndpointsProtocol=https;AccountName=placeholder;AccountKey=cGxhY2Vob2xkZXI=;EndpointSuffix=core.windows.net',
  hub: 'Endpoint=sb://placeholder.servicebus.windows.net/;SharedAccessKeyName=n;SharedAccessKey=cGxhY2Vob2xkZXI=;EntityPath=tasks',
  webhook: 'whsec_cGxhY2Vob2xkZXItb2YtYS1zZWNyZXQ=',
  other: 'placeholder-of-a-secret',
};

// The chart with these value files: what is rendered, or the faults that it names.
export function render(release, files) {
  const helm = process.env.POLICYSYNC_HELM;
  const args = ['template', release, join(root, 'helm/policy-sync'), '--namespace', 'policy-sync', '--kube-version', kubernetes,
    ...files.flatMap(file => ['--values', file])];
  try {
    return { rendered: execFileSync(helm, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 << 20 }), faults: [] };
  } catch (error) {
    if (error.stderr === undefined || error.code === 'ENOENT') {
      return { faults: [`the chart could not be rendered: ${helm} did not start (${error.code}); set HELM to the path of helm`] };
    }
    return { faults: faultsIn(error.stderr) };
  }
}

// Helm lists faults of the schema with a dash; the chart lists its own below a headline.
function faultsIn(text) {
  const lines = text.split('\n').map(line => line.trimEnd()).filter(line => line.trim() !== '');
  const schema = lines.filter(line => line.startsWith('- ')).map(line => line.slice(2));
  const headline = lines.findIndex(line => /\d+ faults? in the values:$/.test(line));
  const own = headline < 0 ? [] : lines.slice(headline + 1).filter(line => line.startsWith('  ')).map(line => line.trim());
  return schema.length + own.length > 0 ? [...schema, ...own] : [lines.at(-1)?.replace(/^Error: /, '') ?? 'helm failed without a word'];
}

// The service's own check of the settings of each kind of pod. `command` is null where the service is not at hand.
export function checkSettings(rendered, publicKeys) {
  const command = commandOfService();
  if (!command) {
    return { notRun: true, faults: [] };
  }
  const objects = readAllYaml(rendered);
  const settings = Object.assign({}, ...objects.filter(({ kind, data }) => kind === 'ConfigMap' && data?.PolicySync__Instance).map(({ data }) => data));
  const faults = new Set();
  for (const { spec } of objects.filter(({ kind }) => kind === 'Deployment')) {
    const place = mkdtempSync(join(tmpdir(), 'policy-sync-check-'));
    try {
      const environment = { ...settings, ...variablesOf(spec.template.spec.containers.find(({ name }) => name === 'policy-sync')) };
      runCheck(command, withFiles(environment, place, publicKeys)).forEach(fault => faults.add(fault));
    } finally {
      rmSync(place, { recursive: true });
    }
  }
  return { faults: [...faults] };
}

function commandOfService() {
  if (process.env.POLICYSYNC_HOST) {
    return [process.env.POLICYSYNC_HOST];
  }
  const built = join(root, 'src/PolicySync.Host/bin/Release/net10.0/PolicySync.Host.dll');
  return existsSync(built) && spawnSync('dotnet', ['--version'], { stdio: 'ignore' }).status === 0 ? ['dotnet', built] : null;
}

const variablesOf = container => Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, value
  ?? (/AdvertisedAddress$/.test(name) ? '127.0.0.1' : /EventHub|AZURE_CONNECTION_STRING/i.test(name) ? placeholders.hub
    : /ConnectionString$/.test(name) ? placeholders.connection : placeholders.other)]));

// Mounted files exist only in pods: each gets a stand-in.
function withFiles(environment, place, publicKeys) {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => {
    if (!value.startsWith(mounts)) {
      return [name, value];
    }
    const path = join(place, value.slice(mounts.length));
    if (/Folder$/.test(name)) {
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, 'policies.json'), '{}');
    } else {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, /PublicKeyFile$/.test(name) ? publicKeys : /Webhooks/.test(name) ? placeholders.webhook
        : /ConnectionString/.test(name) ? placeholders.hub : placeholders.other);
    }
    return [name, path];
  }));
}

function runCheck([program, ...first], environment) {
  const { PATH, HOME, DOTNET_ROOT } = process.env;
  const ended = spawnSync(program, [...first, '--check-configuration'], {
    env: { PATH, HOME, ...(DOTNET_ROOT ? { DOTNET_ROOT } : {}), ...environment }, encoding: 'utf8',
  });
  if (ended.status === 0) {
    return [];
  }
  const faults = `${ended.stdout ?? ''}`.split('\n').filter(line => line.startsWith('  ')).map(line => inValues(line.trim()));
  return faults.length > 0 ? faults : [`the service's own check did not run: ${(ended.error?.message ?? ended.stderr ?? '').split('\n')[0]}`];
}

// Keys of the service as operators write them in their values.
const inValues = fault => fault.replaceAll(/PolicySync:((?:\w+:)*\w+)/g, (_, path) => `config.${path.replaceAll(':', '.')}`);
