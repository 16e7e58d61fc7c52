// The chart's values of one instance: from the vendor's variables and the keys. The operator's own file overrides them.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { dump } from './yaml.mjs';

export function writeValues(place, { instance, set }) {
  const values = {
    instance,
    connector: { apiServer: set.api, onDemand: set.pipeline, eventHub: set.events },
    service: { type: set.external && !set.ingress ? 'LoadBalancer' : 'ClusterIP' },
    ingress: { enabled: set.ingress },
    tokenKeys: { pem: readFileSync(place.publicKeys, 'utf8') },
  };
  if (set.hub) {
    // The chart makes a secret of it.
    values.secrets = { eventHubConnectionString: { value: set.hub } };
  }
  mkdirSync(dirname(place.values), { recursive: true });
  if (set.hub && existsSync(place.values)) {
    chmodSync(place.values, 0o600);
  }
  writeFileSync(place.values, `# Written by deploy/setup.sh; changes are lost with its next run.\n${dump(values)}`, set.hub ? { mode: 0o600 } : {});
}

// What is still to be said in the operator's own values before the chart can be installed, or is worth knowing.
export function notesOn({ set, own }) {
  const notes = [];
  const want = (path, why) => {
    if (!path.split('.').reduce((at, name) => at?.[name], own)) {
      notes.push(`${why}: set ${path}`);
    }
  };
  want('config.Workspace.Host', 'the workspace is not named');
  if (set.events && !set.hub && !own?.config?.Events?.EventHub?.Namespace) {
    want('secrets.eventHubConnectionString.existingSecret', 'the event hub is not named');
  }
  if (set.ingress) {
    want('ingress.host', 'the ingress needs a host name');
    want('ingress.tls.secretName', 'the ingress needs a certificate');
  } else if (set.external && own?.service?.allowPlaintext !== true) {
    want('tls.secretName', 'access from outside without an ingress needs a certificate');
  }
  if (!set.api) {
    notes.push('the API is off: this instance will sync by schedules only');
  }
  return notes;
}
