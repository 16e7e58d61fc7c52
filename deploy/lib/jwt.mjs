// Key pairs and signed tokens, ES256, with nothing but Node's own crypto.
import { generateKeyPairSync, sign } from 'node:crypto';

const issuer = 'policysync';

export function makeKeyPair() {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

// Without scopes the token has no such claim, as the vendor's tokens have none: it opens the API and nothing else.
export function signToken({ key, audience, subject, scopes = [], seconds, now = Math.floor(Date.now() / 1000) }) {
  const claims = { iss: issuer, aud: audience, sub: subject, iat: now, exp: now + seconds };
  if (scopes.length > 0) {
    claims.scope = scopes.join(' ');
  }
  const encode = value => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${encode({ alg: 'ES256', typ: 'JWT' })}.${encode(claims)}`;
  // JWT wants the two numbers side by side (RFC 7518 §3.4), not the DER form that OpenSSL gives by default.
  const signature = sign('sha256', Buffer.from(body), { key, dsaEncoding: 'ieee-p1363' });
  return `${body}.${signature.toString('base64url')}`;
}
