// Reads the vendor's variables of all instances, makes keys and tokens, and writes the chart's values. See docs/deployment.md.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkSettings, render } from './check.mjs';
import { deploymentFolderOf, findInstances, places } from './folder.mjs';
import { prepareKeys } from './keys.mjs';
import { notesOn, openIn, writeValues } from './values.mjs';
import { readVariables } from './variables.mjs';
import { readYaml } from './yaml.mjs';

function fail(faults) {
  console.error(`setup: ${faults.length} fault(s), nothing was written:`);
  faults.forEach(fault => console.error(`  ${fault}`));
  process.exit(2);
}

function options(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        folder: { type: 'string', default: '.' },
        instance: { type: 'string' },
        days: { type: 'string' },
        rotate: { type: 'boolean', default: false },
        retire: { type: 'boolean', default: false },
        'ops-token': { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    return fail([error.message]);
  }
}

function judgeOptions({ days, rotate, retire }) {
  const faults = [];
  if (days !== undefined && !(/^[1-9]\d{0,4}$/.test(days) && Number(days) <= 3650)) {
    faults.push(`--days is a number of days from 1 to 3650, not ${days}`);
  }
  if (rotate && retire) {
    faults.push('--rotate makes a second key and --retire removes the older one: callers need time between the two');
  }
  return faults;
}

// Everything is judged before anything is written.
function judge(instances) {
  const faults = [];
  const judged = instances.map(instance => {
    try {
      const { set, faults: wrong } = readVariables(instance.variables);
      faults.push(...wrong);
      return { ...instance, set, own: existsSync(instance.ownFile) ? readYaml(instance.ownFile) : {} };
    } catch (error) {
      faults.push(error.message);
      return instance;
    }
  });
  return { judged, faults };
}

const chosen = options(process.argv.slice(2));
const folder = deploymentFolderOf(resolve(chosen.folder));
if (!existsSync(folder)) {
  fail([`there is no folder ${folder}`]);
}
const found = findInstances(folder);
const wanted = found.instances.filter(({ name }) => chosen.instance === undefined || name === chosen.instance);
if (wanted.length === 0) {
  found.faults.push(`${folder} holds no custom-vars/connectors/databricks-unity-catalog/${chosen.instance ?? '<instance>'}/vars.connector.databricks.unity.catalog.yml`);
}
const { judged, faults } = judge(wanted);
const all = [...judgeOptions(chosen), ...found.faults, ...faults];
if (all.length > 0) {
  fail(all);
}

// What is still to be said in the operator's own values, by the chart and by the service itself, and what is worth knowing.
function openOn(instance, place) {
  const files = [place.values, instance.ownFile].filter(existsSync);
  const { rendered, faults } = render(`policy-sync-${instance.name}`, files);
  const open = [...faults, ...openIn(instance)];
  const notes = notesOn(instance);
  if (rendered !== undefined) {
    const { notRun, faults: own } = checkSettings(rendered, readFileSync(place.publicKeys, 'utf8'));
    open.push(...own);
    if (notRun) {
      notes.push('the service\'s own check of its settings was not run, as the service is not built here: '
        + '`dotnet build src/PolicySync.Host -c Release` builds it, or POLICYSYNC_HOST names its program');
    }
  }
  return { open, notes };
}

let isOpen = false;
for (const instance of judged) {
  const { name, set } = instance;
  const place = places(folder, name);
  let done;
  try {
    done = prepareKeys(place, {
      instance: name,
      days: chosen.days === undefined ? undefined : Number(chosen.days),
      rotate: chosen.rotate,
      retire: chosen.retire,
      opsToken: chosen['ops-token'],
    });
  } catch (error) {
    console.error(`setup: ${name}: ${error.message}`);
    process.exit(1);
  }
  writeValues(place, { instance: name, set });
  console.log([`${name}:`, ...done, `wrote ${place.values}`].join('\n  '));
  const { open, notes } = openOn(instance, place);
  if (open.length > 0) {
    isOpen = true;
    console.log([`  still open, in ${instance.ownFile} (see helm/policy-sync/values.yaml):`, ...open].join('\n    '));
  }
  notes.forEach(note => console.log(`  note: ${note}`));
}
console.log(isOpen ? 'next: close what is open and run deploy/setup.sh again, then deploy/upgrade.sh' : 'next: deploy/upgrade.sh');
