// Writes what the chart says of itself: README.md and the descriptions in values.schema.json from the comments of values.yaml,
// and the changes that Artifact Hub shows, in Chart.yaml, from the newest section of CHANGELOG.md. A value is
// described by the lines `# -- text` before it, and those that follow, as helm-docs has it. Values of `silo` and `single`
// without a comment are described as those of `gateway` (or `silo`).
//   POLICYSYNC_TOOLS=FOLDER node describe.mjs CHART-FOLDER [--write]
// Without --write it only compares, and ends with 1 where something differs or a value has no description.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { parseDocument, isMap } = await import(pathToFileURL(join(process.env.POLICYSYNC_TOOLS, 'node_modules', 'yaml/dist/index.js')));
const [folder, option] = process.argv.slice(2);
const read = name => readFileSync(join(folder, name), 'utf8');

const TWINS = { single: ['silo', 'gateway'], silo: ['gateway'] };
/** Definitions of the schema that several values share, and where their members are described. */
const SHARED = { secret: ['secrets', 'workspaceToken'], keda: ['silo', 'keda'] };

/** The text after `# --`, of the last such comment before a value. */
function described(comment) {
  const lines = (comment ?? '').split('\n').map(line => line.trim());
  const start = lines.findLastIndex(line => line.startsWith('-- '));
  return start < 0 ? null : [lines[start].slice(3), ...lines.slice(start + 1)].join(' ').trim();
}

/** Descriptions by path. */
function describe(map, path, found) {
  map.items.forEach((pair, index) => {
    const at = [...path, pair.key.value];
    // The comment before the first key of a map belongs to the map.
    const text = described(pair.key.commentBefore ?? (index === 0 ? map.commentBefore : null));
    if (text) {
      found.set(at.join('.'), text);
    }
    if (isMap(pair.value)) {
      describe(pair.value, at, found);
    }
  });
}

/** The rows: each value, and each map that is described. A described map without described members is one value. */
function list(map, path, found, rows) {
  for (const pair of map.items) {
    const at = [...path, pair.key.value];
    const inside = isMap(pair.value) && pair.value.items.some(item => textOf([...at, item.key.value], found));
    const text = textOf(at, found);
    if (text || !isMap(pair.value) || pair.value.items.length === 0) {
      rows.push({ path: at, value: pair.value?.toJSON() ?? null, text });
    }
    if (inside || (isMap(pair.value) && !text)) {
      list(pair.value, at, found, rows);
    }
  }
}

function textOf(path, found) {
  const [head, ...rest] = path;
  return [path, ...(TWINS[head] ?? []).map(twin => [twin, ...rest])].map(candidate => found.get(candidate.join('.'))).find(Boolean);
}

/** A copy of the schema whose properties have the descriptions; those below `config` are of another home. */
function describeSchema(schema, found) {
  const visit = (node, path) => {
    for (const [name, property] of Object.entries(node.properties ?? {})) {
      const at = [...path, name];
      const text = textOf(at, found);
      if (text) {
        node.properties[name] = { ...property, description: text };
      }
      if (at.join('.') !== 'config') {
        visit(node.properties[name], at);
      }
    }
  };
  visit(schema, []);
  for (const [name, path] of Object.entries(SHARED)) {
    visit(schema.definitions[name], path);
  }
  return schema;
}

const cell = text => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const kindOf = value => (Array.isArray(value) ? 'list' : value === null ? 'int' : typeof value === 'number' ? 'int' : typeof value === 'boolean' ? 'bool' : typeof value);

function readme(chart, values) {
  const rows = values.map(({ path, value, text }) => `| ${path.join('.')} | ${kindOf(value)} | \`${cell(JSON.stringify(value))}\` | ${cell(text)} |`);
  return `<!-- Written by deploy/chart-tools/describe.mjs from Chart.yaml and values.yaml. -->
# ${chart.name}

![Version: ${chart.version}](https://img.shields.io/badge/Version-${chart.version}-informational?style=flat-square) ![Type: ${chart.type}](https://img.shields.io/badge/Type-${chart.type}-informational?style=flat-square) ![AppVersion: ${chart.appVersion}](https://img.shields.io/badge/AppVersion-${chart.appVersion}-informational?style=flat-square)

${chart.description}

**Homepage:** <${chart.home}>

The [documentation](${chart.home}/blob/main/docs/deployment.md) leads through an installation. The [changelog](CHANGELOG.md) lists what changed.

## Maintainers

| Name | Url |
| ---- | --- |
${chart.maintainers.map(maintainer => `| ${maintainer.name} | <${maintainer.url}> |`).join('\n')}

## Source Code

${chart.sources.map(source => `* <${source}>`).join('\n')}

## Requirements

Kubernetes: \`${chart.kubeVersion}\`

## Values

| Key | Type | Default | Description |
|-----|------|---------|-------------|
${rows.join('\n')}
`;
}

/** Chart.yaml with the newest changes. */
function withChanges(chart, changelog) {
  const newest = changelog.split('\n## ')[1].split('\n').filter(line => line.startsWith('- ')).map(line => line.slice(2));
  const shown = newest.map(text => `    - description: ${JSON.stringify(text)}\n`).join('');
  return chart.replace(/( {2}artifacthub\.io\/changes: \|\n)(?: {4}- description: .*\n)*/, (_, head) => head + shown);
}

const values = parseDocument(read('values.yaml')).contents;
const found = new Map();
describe(values, [], found);
const rows = [];
list(values, [], found, rows);
const faults = rows.filter(row => !row.text).map(row => `${row.path.join('.')} has no description: put \`# -- text\` before it in values.yaml`);
const written = {
  'README.md': faults.length > 0 ? '' : readme(parseDocument(read('Chart.yaml')).toJSON(), rows),
  'Chart.yaml': withChanges(read('Chart.yaml'), read('CHANGELOG.md')),
  'values.schema.json': `${JSON.stringify(describeSchema(JSON.parse(read('values.schema.json')), found), null, 2)}\n`,
};
if (faults.length === 0) {
  for (const [name, text] of Object.entries(written)) {
    if (option === '--write') {
      writeFileSync(join(folder, name), text);
    } else if (read(name) !== text) {
      faults.push(`${name} is not what values.yaml, Chart.yaml and CHANGELOG.md say: run POLICYSYNC_UPDATE=1 dotnet test tests/PolicySync.Deploy.Tests --filter ChartDocs`);
    }
  }
}
faults.forEach(fault => console.error(fault));
console.log(`${rows.length} values`);
process.exit(faults.length === 0 ? 0 : 1);
