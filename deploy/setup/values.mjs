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

// What only the operator can say and the chart cannot judge: it takes every image for one that exists.
export function openIn({ own }) {
  return own?.image?.repository ? [] : ['the image has its default name, policy-sync, which no registry has: push one (deploy/image.sh) and set image.repository and image.tag'];
}

// What is worth knowing before the chart is installed.
export function notesOn({ set, own }) {
  const notes = [];
  if (!own?.config?.Workspace?.WarehouseId) {
    notes.push('if policies have row filters or masks, set config.Workspace.WarehouseId: without it SELECT is withheld from whoever they concern');
  }
  if (!set.api) {
    notes.push('the API is off: this instance will sync by schedules only');
  }
  return notes;
}
