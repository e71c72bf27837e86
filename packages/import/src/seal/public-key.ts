import type { Buffer } from 'node:buffer';
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { keyUnusable, readKeyFile } from './key-file.js';

/** An Ed25519 public key that somebody trusts. */
export interface PublicKey {
  /** The file that it was read from. */
  readonly file: string;
  /** See `fingerprintOf`. */
  readonly fingerprint: string;
  verifies(bytes: Buffer, signature: Buffer): boolean;
}

/**
 * `sha256:` and the SHA-256 (hex) of the key as SubjectPublicKeyInfo in DER (RFC 8410), which stock tools print as
 * well: `openssl pkey -pubin -in <file> -outform DER | sha256sum`.
 */
export function fingerprintOf(key: KeyObject): string {
  const der = key.export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(der).digest('hex')}`;
}

/**
 * Reads a public key as `openssl pkey -pubout` writes it.
 *
 * @throws RunFailure `input-missing`, `input-unreadable`
 */
export async function readPublicKey(file: string): Promise<PublicKey> {
  const pem = await readKeyFile(file);
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    throw keyUnusable(
      file,
      'holds a private key, expected a public one',
      `Keep that file secret, and make its public half: openssl pkey -in ${file} -pubout -out signer.pub.pem`,
    );
  }
  const key = parsePublicKey(pem);
  if (key === null) {
    throw keyUnusable(
      file,
      'is not an Ed25519 public key in PEM (-----BEGIN PUBLIC KEY-----)',
      'Ask the signer for the file that openssl pkey -in key.pem -pubout -out signer.pub.pem writes.',
    );
  }
  return { ...key, file };
}

/** null for anything but an Ed25519 key in PEM (SubjectPublicKeyInfo). */
export function parsePublicKey(pem: string): Omit<PublicKey, 'file'> | null {
  const [block, second] = pem.match(/-----BEGIN [^-]+-----[^-]*-----END [^-]+-----/g) ?? [];
  if (block === undefined || second !== undefined || !block.startsWith('-----BEGIN PUBLIC KEY-----'))
    return null;
  try {
    const key = createPublicKey(block);
    if (key.asymmetricKeyType !== 'ed25519') return null;
    return {
      fingerprint: fingerprintOf(key),
      verifies: (bytes, signature) => signature.length === 64 && verify(null, bytes, key, signature),
    };
  } catch {
    return null;
  }
}
