import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface KeyFiles {
  readonly privateFile: string;
  readonly publicFile: string;
  readonly privateKey: KeyObject;
}

/** A new Ed25519 pair as openssl writes it, in `<name>.pem` and `<name>.pub.pem`. */
export function writeKeys(folder: string, name: string, passphrase?: string): KeyFiles {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const privateFile = join(folder, `${name}.pem`);
  const publicFile = join(folder, `${name}.pub.pem`);
  const protection = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem', ...protection });
  writeFileSync(privateFile, pem, { mode: 0o600 });
  writeFileSync(publicFile, publicKey.export({ type: 'spki', format: 'pem' }));
  return { privateFile, publicFile, privateKey };
}
