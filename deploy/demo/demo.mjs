// The sample tasks, told as tables: what Unity Catalog granted before and after, and which policy asked for each change.
//   demo.mjs API TOKEN_FILE EMULATOR
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { grantsOf, groupBy, table } from './grants.mjs';

const [api, tokenFile, emulator] = process.argv.slice(2);
const token = readFileSync(tokenFile, 'utf8').trim();

const taskLimitMs = 180_000;
const shownBlocks = 12;
const shownGaps = 5;

const samples = [
  ['table', 'a table, with a deny inside a granted group'],
  ['guarded', 'a table with a mask and a row filter', showReaders],
  ['view', 'a view'],
  ['schema', 'a schema and everything in it'],
  ['catalog', 'a catalog and everything in it'],
  ['multiple', 'several resources in one task'],
];

async function call(url, init) {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) });
  if (!answer.ok) {
    throw new Error(`${init?.method ?? 'GET'} ${url}: ${answer.status} ${await answer.text()}`);
  }
  return answer.json();
}

const ask = (path, init = {}) =>
  call(`${api}/policysync/api/v1${path}`, {
    ...init,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
  });

/** What two people read of the guarded table: the emulator evaluates grants, filter and masks. */
async function showReaders() {
  const columns = ['full_name', 'country', 'salary'];
  for (const principal of ['finn.hrmanager@example.com', 'carl.hr@example.com']) {
    const body = JSON.stringify({ principal, table: 'hr_catalog.employee_data.employees', columns });
    const answer = await call(`${emulator}/_emulator/query`, { method: 'POST', body });
    console.log(`\n  ${principal} reads${answer.allowed ? '' : ` nothing: ${answer.reason}`}`);
    console.log(table(columns, answer.rows.map(row => row.map(value => value ?? 'NULL'))));
  }
}

const state = async () => grantsOf(await call(`${emulator}/_emulator/state`));

const lastCall = async () => (await call(`${emulator}/_emulator/calls?method=PATCH`)).last;

const payload = name => readFileSync(new URL(`payloads/${name}.json`, import.meta.url), 'utf8');

async function run(body) {
  const accepted = await ask('/task', { method: 'POST', body });
  console.log(`  task ${accepted.taskId} is ${accepted.status}`);
  const limit = Date.now() + taskLimitMs;
  for (;;) {
    const task = await ask(`/tasks/${accepted.taskId}`);
    if (['SUCCESS', 'FAILED', 'SKIPPED'].includes(task.status)) {
      console.log(`  task ${task.taskId} is ${task.status}: ${task.message} (${task.outcome})`);
      return task;
    }
    if (Date.now() > limit) {
      throw new Error(`task ${task.taskId} is still ${task.status} after ${taskLimitMs / 1000} s`);
    }
    await sleep(250);
  }
}

async function resources(taskId) {
  const all = [];
  let pageToken;
  do {
    const query = new URLSearchParams(pageToken ? { pageToken } : {});
    const page = await ask(`/tasks/${taskId}/resources?${query}`);
    all.push(...page.resources);
    pageToken = page.nextPageToken;
  } while (pageToken);
  return all;
}

const sign = change => (change.action === 'GRANT' ? '+' : '-');

const guardLine = change =>
  `    ${change.action}${change.column ? ` on ${change.column}` : ''} by ${change.policyName ? `“${change.policyName}”` : 'no policy'}`;

function why(changes, principal) {
  const byPolicy = groupBy(changes.filter(change => change.principal === principal), change => change.policyName);
  return [...byPolicy]
    .map(([policy, group]) => `${group.map(change => sign(change) + change.privilege).join(' ')} by ${policy ? `“${policy}”` : 'no policy'}`)
    .join('; ');
}

function rowsOf(fullName, before, after, explain) {
  const was = before.get(fullName) ?? new Map();
  const is = after.get(fullName) ?? new Map();
  return [...new Set([...was.keys(), ...is.keys()])].sort().map(who => [who, was.get(who) ?? '', is.get(who) ?? '', explain(who)]);
}

const gapLine = gap => `gap ${gap.code} (${gap.direction}) ${gap.principal ?? ''} ${gap.privilege ?? ''}: ${gap.detail}`;

/** The report of one securable, without its name: securables with equal reports share a block. */
function blockOf(resource, before, after) {
  const rows = rowsOf(resource.fullName, before, after, who => why(resource.changes, who));
  const lines = rows.length > 0 ? [table(['principal', 'before', 'after', 'changed'], rows)] : [];
  lines.push(...resource.changes.filter(change => !change.privilege).map(guardLine));
  if (resource.error) {
    lines.push(`    ${resource.error.code}: ${resource.error.message}`);
  }
  lines.push(...resource.gaps.slice(0, shownGaps).map(gap => `    ${gapLine(gap)}`));
  if (resource.gaps.length > shownGaps) {
    lines.push(`    and ${resource.gaps.length - shownGaps} more gaps`);
  }
  return lines.join('\n');
}

function showBlocks(resources, before, after) {
  const blocks = [...groupBy(resources, one => `${one.message}\n${blockOf(one, before, after)}`)];
  for (const [text, group] of blocks.slice(0, shownBlocks)) {
    const names = group.slice(0, 3).map(one => `${one.type} ${one.fullName}`).join(', ');
    console.log(`\n  ${names}${group.length > 3 ? ` and ${group.length - 3} more` : ''}: ${text}`);
  }
  if (blocks.length > shownBlocks) {
    console.log(`\n  and ${blocks.length - shownBlocks} more like these`);
  }
}

/** A leaf's task also changes USE on its parents, which are not among its results. */
function showParents(resources, before, after) {
  const told = new Set(resources.map(one => one.fullName));
  for (const fullName of [...after.keys()].filter(name => !told.has(name)).sort()) {
    const rows = rowsOf(fullName, before, after, () => 'USE for what lies below').filter(([, was, is]) => was !== is);
    if (rows.length > 0) {
      console.log(`\n  parent ${fullName}\n${table(['principal', 'before', 'after', 'changed'], rows)}`);
    }
  }
}

async function sample(name, title, show) {
  console.log(`\n=== ${name}.json: ${title}`);
  const before = await state();
  const task = await run(payload(name));
  const after = await state();
  const all = await resources(task.taskId);
  showBlocks(all.filter(one => one.changes.length + one.gaps.length > 0 || one.status !== 'SUCCESS' || all.length <= 3), before, after);
  showParents(all, before, after);
  await show?.();
  console.log(`\n  ${all.length} securables, ${all.filter(one => one.changes.length > 0).length} changed`);
  return task.status === 'SUCCESS';
}

async function again() {
  console.log('\n=== table.json again: nothing is left to change');
  const before = await lastCall();
  const task = await run(payload('table'));
  const { calls } = await call(`${emulator}/_emulator/calls?method=PATCH&since=${before}`);
  console.log(`  ${task.progress.changed} securables changed, ${calls.length} PATCH requests to Unity Catalog`);
  return task.status === 'SUCCESS' && calls.length === 0;
}

let good = true;
for (const [name, title, show] of samples) {
  good = (await sample(name, title, show)) && good;
}
good = (await again()) && good;
const { overlaps } = await call(`${emulator}/_emulator/overlaps`);
console.log(`\n${overlaps.length} overlapping writes. ${good ? 'All tasks ended well.' : 'NOT all tasks ended well.'}`);
process.exit(good && overlaps.length === 0 ? 0 : 1);
