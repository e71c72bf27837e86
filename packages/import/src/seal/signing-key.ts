import { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { keyUnusable, readKeyFile } from './key-file.js';
import { fingerprintOf } from './public-key.js';

/** A private key that signs; the key itself cannot be had from it. */
export interface SigningKey {
  /** Of its public half; see `fingerprintOf`. */
  readonly fingerprint: string;
  /** SubjectPublicKeyInfo in PEM. */
  readonly publicPem: string;
  /** 64 bytes; the same bytes always give the same signature (RFC 8032, section 5.1.6). */
  sign(bytes: Buffer): Buffer;
}

const NEW_KEY =
  'Make a key for signing: openssl genpkey -algorithm ed25519 -out key.pem (with -aes256 to protect it by a passphrase).';

/**
 * Reads an Ed25519 private key in PKCS#8, as `openssl genpkey -algorithm ed25519` writes it.
 *
 * @param passphrase asked for only when the key is encrypted; null when there is none.
 * @throws RunFailure `input-missing`, `input-unreadable`, `arguments` (no passphrase)
 */
export async function readSigningKey(
  file: string,
  passphrase: () => Promise<string | null>,
): Promise<SigningKey> {
  const pem = await readKeyFile(file);
  const [, label] = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(pem) ?? [];
  switch (label) {
    case 'PRIVATE KEY':
      return signingKey(file, await parse(file, pem, null));
    case 'ENCRYPTED PRIVATE KEY':
      return signingKey(file, await parse(file, pem, await required(file, passphrase)));
    case 'OPENSSH PRIVATE KEY':
      throw keyUnusable(
        file,
        'is in the format of OpenSSH, expected PKCS#8 in PEM',
        `ssh-keygen does not convert Ed25519 keys. ${NEW_KEY}`,
      );
    case 'PUBLIC KEY':
      throw keyUnusable(
        file,
        'holds a public key, expected a private one',
        'Name the private key of that pair.',
      );
    default:
      throw keyUnusable(file, 'is not an Ed25519 private key in PEM (PKCS#8)', NEW_KEY);
  }
}

async function required(file: string, passphrase: () => Promise<string | null>): Promise<string> {
  const given = await passphrase();
  if (given !== null && given !== '') return given;
  throw keyUnusable(
    file,
    'is encrypted, and no passphrase was given',
    'Give it in the environment variable CHATFERRY_KEY_PASSPHRASE, or in a file with --passphrase-file.',
  );
}

async function parse(file: string, pem: string, passphrase: string | null): Promise<KeyObject> {
  try {
    return createPrivateKey({ key: pem, format: 'pem', ...(passphrase === null ? {} : { passphrase }) });
  } catch {
    // What OpenSSL says is left out: it is of no help, and nothing of a key belongs into a message.
    throw passphrase === null
      ? keyUnusable(file, 'is damaged: it cannot be read as PKCS#8', NEW_KEY)
      : keyUnusable(
          file,
          'cannot be decrypted with the passphrase that was given, or is damaged',
          `Check the passphrase: openssl pkey -in ${file} -noout`,
        );
  }
}

function signingKey(file: string, key: KeyObject): SigningKey {
  if (key.asymmetricKeyType !== 'ed25519') {
    throw keyUnusable(
      file,
      `is a key for ${key.asymmetricKeyType ?? 'something else'}, expected Ed25519`,
      NEW_KEY,
    );
  }
  const publicKey = createPublicKey(key);
  return {
    fingerprint: fingerprintOf(publicKey),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: (bytes) => Buffer.from(sign(null, bytes, key)),
  };
}
