// Renders every Mermaid diagram of the documentation in Chromium and prints a line for each:
// node render.mjs MERMAID-FOLDER CHROMIUM FILE...
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const [modules, chromium, ...files] = process.argv.slice(2);
const diagrams = files.flatMap(file =>
  [...readFileSync(file, 'utf8').matchAll(/```mermaid\n(.*?)```/gs)].map((match, i) => ({ name: `${file} ${i + 1}`, text: match[1] })));

const page = `<html><body><script src="file://${resolve(modules, 'mermaid/dist/mermaid.min.js')}"></script><script type="module">
const diagrams = ${JSON.stringify(diagrams).replaceAll('<', '\\u003c')};
mermaid.initialize({ startOnLoad: false });
const lines = [];
for (const [i, diagram] of diagrams.entries()) {
  try {
    const { svg } = await mermaid.render('d' + i, diagram.text);
    lines.push((svg.includes('<svg') ? 'renders ' : 'empty ') + diagram.name);
  } catch (e) {
    lines.push('fails ' + diagram.name + ': ' + e.message.split('\\n')[0]);
  }
}
const result = document.createElement('pre');
result.id = 'result';
result.textContent = lines.join('\\n');
document.body.replaceChildren(result);
</script></body></html>`;

const folder = mkdtempSync(join(tmpdir(), 'policysync-diagrams-'));
try {
  writeFileSync(join(folder, 'page.html'), page);
  const dom = execFileSync(chromium, [
    '--headless', '--no-sandbox', '--disable-gpu', '--allow-file-access-from-files', `--user-data-dir=${join(folder, 'profile')}`,
    '--virtual-time-budget=60000', '--dump-dom', `file://${join(folder, 'page.html')}`,
  ], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 120_000 });
  const lines = dom.match(/<pre id="result">(.*?)<\/pre>/s)?.[1].split('\n').filter(line => line) ?? [];
  console.log(lines.join('\n'));
  const failed = diagrams.length - lines.filter(line => line.startsWith('renders ')).length;
  console.log(`${diagrams.length - failed} of ${diagrams.length} diagrams render`);
  process.exitCode = diagrams.length === 0 || failed > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
