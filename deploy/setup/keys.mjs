// The keys and tokens of one instance. A key that exists is never replaced unless that is asked for.
import { createPublicKey, verify } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeKeyPair, signToken } from '../lib/jwt.mjs';

const day = 86_400;
const renewBefore = 30 * day;
const ownersAlone = 0o700;

// Makes what is missing; `rotate` adds a new key beside the old ones, `retire` leaves only the newest. Says what it did.
export function prepareKeys(place, { instance, days, rotate, retire, opsToken }) {
  const done = [];
  [place.keys, dirname(place.token)].filter(existsSync).forEach(folder => chmodSync(folder, ownersAlone));
  if (existsSync(place.privateKey) !== existsSync(place.publicKeys)) {
    throw new Error(`${place.keys} holds a private or a public key without the other; put it back, or remove both`);
  }
  if (!existsSync(place.privateKey)) {
    write(place.privateKey, place.publicKeys, '');
    done.push('made a key');
  } else if (rotate) {
    write(place.privateKey, place.publicKeys, readFileSync(place.publicKeys, 'utf8'));
    done.push('made a new key; tokens of the old one stay valid until --retire');
  } else if (retire) {
    save(place.publicKeys, publicPem(readFileSync(place.privateKey)), 0o644);
    done.push('only the newest key is left');
  }

  const key = readFileSync(place.privateKey);
  for (const [file, scopes, wanted] of [[place.token, [], true], [place.opsToken, ['policysync.ops'], opsToken]]) {
    if (wanted && (rotate || days !== undefined || !isGood(file, key, instance))) {
      save(file, signToken({ key, audience: instance, subject: `connector-${instance}`, scopes, seconds: (days ?? 365) * day }) + '\n', 0o600);
      done.push(`wrote ${file}`);
    }
  }
  return done;
}

// A token that is of this key and instance and lasts for a while stays: callers have copied it.
function isGood(file, key, instance) {
  if (!existsSync(file)) {
    return false;
  }
  try {
    const [head, body, signature] = readFileSync(file, 'utf8').trim().split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url'));
    return claims.aud === instance && claims.exp - Date.now() / 1000 > renewBefore
      && verifies(`${head}.${body}`, signature, key);
  } catch {
    return false;
  }
}

function verifies(text, signature, key) {
  return verify('sha256', Buffer.from(text), { key: createPublicKey(key), dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
}

function write(privateFile, publicFile, older) {
  const { publicKey, privateKey } = makeKeyPair();
  // The public keys first: a run that is stopped in between leaves a redundant key, never a token that is not accepted.
  save(publicFile, publicKey + older, 0o644);
  save(privateFile, privateKey, 0o600);
}

function publicPem(privateKey) {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'pem' });
}

function save(file, text, mode) {
  makeFolder(dirname(file));
  writeFileSync(`${file}.new`, text, { mode });
  renameSync(`${file}.new`, file);
}

// One level after the other and then its mode, because the umask takes bits from the mode of mkdir. Existing folders are
// left unchanged.
function makeFolder(folder) {
  if (!existsSync(folder)) {
    makeFolder(dirname(folder));
    mkdirSync(folder);
    chmodSync(folder, ownersAlone);
  }
}
