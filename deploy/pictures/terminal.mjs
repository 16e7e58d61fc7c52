// Makes a picture of a terminal session: reads what the session wrote, writes SVG. Its lines appear one after the other and scroll.
// Without animation, a viewer shows the end of the session.
//   node terminal.mjs < session.txt > session.svg
import { readFileSync } from 'node:fs';

const ROWS = 28;
const COLUMNS = 100;
const LINE = 18; // pixels
const CELL = 8.4; // pixels, of a 14 px monospaced font
const PAD = 16;
const COMMAND_SECONDS = 1.6; // a command is read before its answer comes
const LINE_SECONDS = 0.12;
const END_SECONDS = 6;

const escape = text => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const tone = line =>
  line.startsWith('===') ? 'scene'
    : line.startsWith('$ ') ? 'command'
      : /^\s*\+ /.test(line) ? 'plus'
        : /^\s*[-!] /.test(line) ? 'minus'
          : /^\s*~ /.test(line) ? 'tilde'
            : 'text';
const cut = line => (line.length > COLUMNS ? `${line.slice(0, COLUMNS - 1)}…` : line);

const lines = readFileSync(0, 'utf8').replace(/\u001b\[[0-9;]*m/g, '').trimEnd().split('\n').map(cut);
let now = 0.5;
const times = lines.map(line => {
  const at = now;
  now += line.startsWith('$ ') ? COMMAND_SECONDS : LINE_SECONDS;
  return at;
});
const total = now + END_SECONDS;
const percent = seconds => `${((100 * seconds) / total).toFixed(2)}%`;
const hidden = Math.max(0, lines.length - ROWS);

// The text moves up by one line whenever a line comes that has no room.
const scroll = times.slice(ROWS).map((at, n) => `${percent(at)} { transform: translateY(${-(n + 1) * LINE}px) }`).join(' ');
const appear = times.map((at, n) => `@keyframes l${n} { 0%, ${percent(at)} { opacity: 0 } ${percent(at + 0.01)}, 100% { opacity: 1 } }`).join('\n');
const width = Math.ceil(COLUMNS * CELL + 2 * PAD);
const height = ROWS * LINE + 2 * PAD;
const text = lines.map((line, n) =>
  `<text class="${tone(line)}" style="animation-name:l${n}" x="0" y="${(n + 1) * LINE - 4}" xml:space="preserve">${escape(line)}</text>`).join('\n');

process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="The demo in a terminal">
<style>
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #c9d1d9; animation-duration: ${total.toFixed(2)}s; animation-iteration-count: infinite; animation-timing-function: step-end }
.scene { fill: #79c0ff; font-weight: 600 } .command { fill: #ffffff; font-weight: 600 } .plus { fill: #56d364 } .minus { fill: #ff7b72 } .tilde { fill: #e3b341 }
.all { transform: translateY(${-hidden * LINE}px); animation: scroll ${total.toFixed(2)}s step-end infinite }
@keyframes scroll { 0% { transform: translateY(0) } ${scroll} 100% { transform: translateY(${-hidden * LINE}px) } }
${appear}
@media (prefers-reduced-motion: reduce) { text, .all { animation: none } }
</style>
<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>
<svg x="${PAD}" y="${PAD}" width="${width - 2 * PAD}" height="${ROWS * LINE}"><g class="all">
${text}
</g></svg>
</svg>
`);
