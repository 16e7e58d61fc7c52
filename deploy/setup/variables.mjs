// The vendor's variables of one instance: which there are, what they may say, and what they mean for the chart.
import { faultOf } from './elsewhere.mjs';
import { readYaml } from './yaml.mjs';

const prefix = 'CONNECTOR_DATABRICKS_UNITY_CATALOG_';

// In the set-up an absent flag is false, as the vendor says.
export const flags = {
  api: `${prefix}API_SERVER_ENABLED`,
  pipeline: `${prefix}ON_DEMAND_V2_ENABLED`,
  external: `${prefix}EXTERNAL_ACCESS_ENABLED`,
  ingress: `${prefix}K8S_NGINX_INGRESS_ENABLE`,
  events: 'CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED',
};

// A secret: no fault quotes it.
export const connectionString = 'CONNECTOR_ON_DEMAND_V2_AZURE_CONNECTION_STRING';

// Reads the file and lists everything that is wrong with it.
export function readVariables(file) {
  const content = readYaml(file);
  const faults = [];
  const known = new Set([...Object.values(flags), connectionString]);
  for (const name of Object.keys(content).filter(name => !known.has(name))) {
    faults.push(`${file}: ${faultOf(name, known)}`);
  }
  const set = {};
  for (const [short, name] of Object.entries(flags)) {
    const value = content[name] ?? false;
    if (![true, false, 'true', 'false'].includes(value)) {
      faults.push(`${file}: ${name} is "true" or "false", not ${JSON.stringify(value)}`);
    }
    set[short] = value === true || value === 'true';
  }
  const text = content[connectionString] ?? '';
  if (typeof text !== 'string' || (text !== '' && !/^Endpoint=sb:\/\//i.test(text))) {
    faults.push(`${file}: ${connectionString} is the connection string of an event hub, which starts with Endpoint=sb://`);
  }
  set.hub = text;
  if (faults.length === 0) {
    faults.push(...judge(set).map(fault => `${file}: ${fault}`));
  }
  return { set, faults };
}

function judge({ api, pipeline, external, ingress, events, hub }) {
  const faults = [];
  if (api && !pipeline) {
    faults.push(`${flags.api} needs ${flags.pipeline}: the API makes tasks, and the pipeline does them`);
  }
  if (events && !pipeline) {
    faults.push(`${flags.events} needs ${flags.pipeline}: events make tasks, and the pipeline does them`);
  }
  if (hub && !events) {
    faults.push(`${connectionString} needs ${flags.events}`);
  }
  if (ingress && !external) {
    faults.push(`${flags.ingress} needs ${flags.external}: an ingress is access from outside`);
  }
  return faults;
}
