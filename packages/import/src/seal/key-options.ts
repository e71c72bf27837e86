import { Buffer } from 'node:buffer';
import { stat } from 'node:fs/promises';
import process from 'node:process';
import { RunFailure } from '@chatferry/export';
import { liesIn, readKeyFile } from './key-file.js';
import { readSigningKey, type SigningKey } from './signing-key.js';

export interface SigningFlags {
  readonly sign?: string;
  readonly passphraseFile?: string;
}

/** For the help of every command that signs. */
export const SIGNING_HELP = `Signing: the key is an Ed25519 private key in PEM (PKCS#8), as OpenSSL 3 makes it. It is read once, never copied or printed.
  openssl genpkey -algorithm ed25519 -out key.pem              (with -aes256: protected by a passphrase)
  openssl pkey -in key.pem -pubout -out signer.pub.pem         (give this to whoever verifies)
The passphrase of a protected key is taken from --passphrase-file, else from the variable CHATFERRY_KEY_PASSPHRASE.`;

/** Options of every command that signs. */
export const SIGN_OPTION = ['--sign <key>', 'sign with this Ed25519 private key (PEM)'] as const;
export const PASSPHRASE_OPTION = [
  '--passphrase-file <file>',
  'file whose first line is the passphrase of the key',
] as const;

/**
 * The key that `--sign` names; null without it. Read before the work begins, so that a wrong passphrase costs no night.
 *
 * @param handoff what is signed: a key that lies in it would travel with it, and is refused.
 * @throws RunFailure
 */
export async function signingKeyOf(
  { sign, passphraseFile }: SigningFlags,
  handoff: string,
  notice: (sentence: string) => void,
): Promise<SigningKey | null> {
  if (sign === undefined) {
    if (passphraseFile === undefined) return null;
    throw new RunFailure('arguments', '--passphrase-file without --sign', 'Give both, or none.');
  }
  await expectOutside(sign, handoff);
  const key = await readSigningKey(sign, async () =>
    passphraseFile === undefined
      ? (process.env.CHATFERRY_KEY_PASSPHRASE ?? null)
      : firstLine(await readKeyFile(passphraseFile)),
  );
  const { mode } = await stat(sign);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    notice(`The key file ${sign} can be read by other users: chmod 600 ${sign}`);
  }
  return key;
}

function firstLine(latin1: string): string {
  const text = Buffer.from(latin1, 'latin1').toString('utf8');
  return /^[^\r\n]*/.exec(text)?.[0] ?? '';
}

async function expectOutside(key: string, handoff: string): Promise<void> {
  if (!(await liesIn(key, handoff))) return;
  throw new RunFailure(
    'arguments',
    `The key file ${key} lies in the handoff ${handoff}, and would travel with it`,
    'Move the key out of that folder.',
  );
}
