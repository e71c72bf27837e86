import { join } from 'node:path';
import { type Finding, RunFailure } from '@chatferry/export';
import { SIGNATURE, SIGNER, TAG_MANIFEST } from '../handoff/bag-manifest.js';
import { withHandoffLocked } from '../handoff/locked-handoff.js';
import { readSmallFile } from '../handoff/manifest-files.js';
import { verifyBag } from '../handoff/verify-bag.js';
import { parsePublicKey } from './public-key.js';
import type { SigningKey } from './signing-key.js';

export type Signed =
  | { readonly fingerprint: string; readonly wasSigned: boolean }
  /** Nothing was written, because the handoff is not whole. */
  | { readonly findings: readonly Finding[] };

/**
 * Signs the tag manifest of a finished handoff, after reading the whole handoff to see that its seal is whole.
 *
 * @throws RunFailure what `withHandoffLocked` throws; `output-exists` when another key has signed it.
 */
export async function signHandoff(handoff: string, key: SigningKey): Promise<Signed> {
  return await withHandoffLocked(handoff, async ({ folder, replaceFile }) => {
    const findings = await verifyBag(folder);
    if (findings.length > 0) return { findings };
    const bytes = await readSmallFile(join(folder, TAG_MANIFEST));
    if (bytes === null) throw new TypeError('a seal that is whole has a tag manifest');
    const signature = key.sign(bytes);
    const old = await readSmallFile(join(folder, SIGNATURE)).catch(() => null);
    const wasSigned = old?.equals(signature) === true;
    if (old !== null && !wasSigned) {
      const named = parsePublicKey(
        (await readSmallFile(join(folder, SIGNER)).catch(() => null))?.toString() ?? '',
      );
      throw new RunFailure(
        'output-exists',
        `${handoff} bears a signature already, by ${named?.fingerprint ?? 'another key'}.`,
        'A seal bears one signature. Vouch for the handoff with an entry of custody instead: --note, --by and --sign.',
      );
    }
    await replaceFile(SIGNER, key.publicPem);
    await replaceFile(SIGNATURE, signature);
    return { fingerprint: key.fingerprint, wasSigned };
  });
}
