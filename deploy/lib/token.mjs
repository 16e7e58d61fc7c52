// Keys and tokens of the local stack: ES256, with nothing but Node's own crypto.
//   token.mjs keys --folder FOLDER
//   token.mjs sign --key FILE --audience A [--subject S] [--scope S]... [--expires 1h]
import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const issuer = 'policysync';
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
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  writeFileSync(join(folder, 'private.pem'), privateKey, { mode: 0o600 });
  writeFileSync(join(folder, 'public.pem'), publicKey);
}

function makeToken({ key, audience, subject, scope, expires }) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, aud: audience, sub: subject, iat: now, exp: now + seconds(expires) };
  if (scope.length > 0) {
    claims.scope = scope.join(' ');
  }
  const encode = value => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${encode({ alg: 'ES256', typ: 'JWT' })}.${encode(claims)}`;
  // JWT wants the two numbers side by side (RFC 7518 §3.4), not the DER form that OpenSSL gives by default.
  const signature = sign('sha256', Buffer.from(body), { key: readFileSync(key), dsaEncoding: 'ieee-p1363' });
  console.log(`${body}.${signature.toString('base64url')}`);
}

const [command, ...rest] = process.argv.slice(2);
const commands = { keys: makeKeys, sign: makeToken };
(commands[command] ?? fail(`no such command: ${command}`))(options(rest));
