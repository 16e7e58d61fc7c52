// Grants out of the emulator's state, and tables of them.

/** Full name of a securable → principal → its privileges as text, for all that have any. */
export function grantsOf(state) {
  const all = new Map();
  const add = (fullName, object) => {
    if (object.grants?.length) {
      all.set(fullName, new Map(object.grants.map(grant =>
        [grant.principal ?? `deleted principal ${grant.principalId}`, [...grant.privileges].sort().join(' ')])));
    }
  };
  for (const catalog of state.catalogs ?? []) {
    add(catalog.name, catalog);
    for (const schema of catalog.schemas ?? []) {
      add(`${catalog.name}.${schema.name}`, schema);
      for (const kind of ['tables', 'functions', 'volumes', 'models']) {
        for (const object of schema[kind] ?? []) {
          add(`${catalog.name}.${schema.name}.${object.name}`, object);
        }
      }
    }
  }
  return all;
}

/** Map.groupBy, which Node 20 does not have. */
export function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

/** Rows under a head, in columns as wide as their widest cell. */
export function table(head, rows) {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map(row => row[column].length)));
  const line = cells => `    ${cells.map((cell, column) => cell.padEnd(widths[column])).join('  ')}`.trimEnd();
  return [line(head), line(widths.map(width => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
