// The sample tasks, told as tables: what Unity Catalog granted before and after, and which policy asked for each change.
//   demo.mjs API TOKEN_FILE EMULATOR
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { grantsOf, table } from './grants.mjs';

const [api, tokenFile, emulator] = process.argv.slice(2);
const token = readFileSync(tokenFile, 'utf8').trim();

const taskLimitMs = 180_000;
const shownSecurables = 12;

const samples = [
  ['table', 'a table, with a deny inside a granted group'],
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

const state = async () => grantsOf(await call(`${emulator}/_emulator/state`));

const lastCall = async () => (await call(`${emulator}/_emulator/calls?method=PATCH`)).last;

async function run(payload) {
  const accepted = await ask('/task', { method: 'POST', body: payload });
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

function why(changes, principal) {
  return changes
    .filter(change => change.principal === principal)
    .map(change => `${change.action === 'GRANT' ? '+' : '-'}${change.privilege} by ${change.policyName ? `“${change.policyName}”` : 'no policy'}`)
    .join('; ');
}

function show(resource, before, after) {
  const was = before.get(resource.fullName) ?? new Map();
  const is = after.get(resource.fullName) ?? new Map();
  const principals = [...new Set([...was.keys(), ...is.keys()])].sort();
  console.log(`\n  ${resource.type} ${resource.fullName}: ${resource.message}`);
  if (resource.error) {
    console.log(`    ${resource.error.code}: ${resource.error.message}`);
  }
  if (principals.length > 0) {
    const rows = principals.map(who => [who, was.get(who) ?? '', is.get(who) ?? '', why(resource.changes, who)]);
    console.log(table(['principal', 'before', 'after', 'changed'], rows));
  }
  for (const gap of resource.gaps) {
    console.log(`    gap ${gap.code} (${gap.direction}) ${gap.principal ?? ''} ${gap.privilege ?? ''}: ${gap.detail}`);
  }
}

async function sample(name, title) {
  console.log(`\n=== ${name}.json: ${title}`);
  const payload = readFileSync(new URL(`payloads/${name}.json`, import.meta.url), 'utf8');
  const before = await state();
  const task = await run(payload);
  const after = await state();
  const all = await resources(task.taskId);
  const told = all.filter(one => one.changes.length + one.gaps.length > 0 || one.status !== 'SUCCESS' || all.length <= 3);
  told.slice(0, shownSecurables).forEach(one => show(one, before, after));
  const rest = told.length - Math.min(told.length, shownSecurables);
  const changed = all.filter(one => one.changes.length > 0).length;
  console.log(`\n  ${all.length} securables, ${changed} changed${rest > 0 ? `, ${rest} more to tell of` : ''}`);
  return task.status === 'SUCCESS';
}

async function again() {
  console.log('\n=== table.json again: nothing is left to change');
  const before = await lastCall();
  const task = await run(readFileSync(new URL('payloads/table.json', import.meta.url), 'utf8'));
  const { calls } = await call(`${emulator}/_emulator/calls?method=PATCH&since=${before}`);
  console.log(`  ${task.progress.changed} securables changed, ${calls.length} PATCH requests to Unity Catalog`);
  return task.status === 'SUCCESS' && calls.length === 0;
}

let good = true;
for (const [name, title] of samples) {
  good = (await sample(name, title)) && good;
}
good = (await again()) && good;
const { overlaps } = await call(`${emulator}/_emulator/overlaps`);
console.log(`\n${overlaps.length} overlapping writes. ${good ? 'All tasks ended well.' : 'NOT all tasks ended well.'}`);
process.exit(good && overlaps.length === 0 ? 0 : 1);
