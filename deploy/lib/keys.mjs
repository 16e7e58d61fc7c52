// The key pair of the local stack: private.pem and public.pem.
//   keys.mjs FOLDER
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeKeyPair } from './jwt.mjs';

const [folder] = process.argv.slice(2);
const { publicKey, privateKey } = makeKeyPair();
writeFileSync(join(folder, 'private.pem'), privateKey, { mode: 0o600 });
writeFileSync(join(folder, 'public.pem'), publicKey);
