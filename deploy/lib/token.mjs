// Keys and tokens on the command line.
//   token.mjs keys --folder FOLDER
//   token.mjs sign --key FILE --audience A [--subject S] [--scope S]... [--expires 1h]
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeKeyPair, signToken } from './jwt.mjs';

const units = { s: 1, m: 60, h: 3600, d: 86400 };

function fail(message) {
  console.error(`token: ${message}`);
  process.exit(2);
}

function options(args) {
  try {
    return parseArgs({
      args,
      options: {
        folder: { type: 'string' },
        key: { type: 'string' },
        audience: { type: 'string' },
        subject: { type: 'string', default: 'developer' },
        scope: { type: 'string', multiple: true, default: [] },
        expires: { type: 'string', default: '1h' },
      },
    }).values;
  } catch (error) {
    return fail(error.message);
  }
}

function seconds(text) {
  const [, count, unit] = /^([1-9]\d{0,8})([smhd])$/.exec(text) ?? fail(`--expires is a number and s, m, h or d, such as 90m, not ${text}`);
  return Number(count) * units[unit];
}

function makeKeys({ folder }) {
  const { publicKey, privateKey } = makeKeyPair();
  writeFileSync(join(folder, 'private.pem'), privateKey, { mode: 0o600 });
  writeFileSync(join(folder, 'public.pem'), publicKey);
}

function makeToken({ key, audience, subject, scope, expires }) {
  console.log(signToken({ key: readFileSync(key), audience, subject, scopes: scope, seconds: seconds(expires) }));
}

const [command, ...rest] = process.argv.slice(2);
const commands = { keys: makeKeys, sign: makeToken };
(commands[command] ?? fail(`no such command: ${command}`))(options(rest));
