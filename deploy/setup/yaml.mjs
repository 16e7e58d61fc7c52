// YAML by a library that deploy/dev.sh and deploy/setup.sh install beside the checkout; POLICYSYNC_TOOLS names the place.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { loadAll, dump } = await import(pathToFileURL(join(process.env.POLICYSYNC_TOOLS, 'node_modules/js-yaml/dist/js-yaml.mjs')));

export { dump };

// All documents of a text; empty ones are left out.
export const readAllYaml = text => loadAll(text).filter(document => document !== null && document !== undefined);

// The names and values of a file; an empty one has none.
export function readYaml(file) {
  let content;
  try {
    content = loadAll(readFileSync(file, 'utf8'))[0] ?? {};
  } catch (error) {
    throw new Error(`${file}: ${error.message.split('\n')[0]}`);
  }
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new Error(`${file}: holds no names with values`);
  }
  return content;
}
