import { Buffer } from 'node:buffer';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from '@chatferry/export';
import { SIGNATURE, SIGNER, TAG_MANIFEST } from '../handoff/bag-manifest.js';
import { readSmallFile } from '../handoff/manifest-files.js';
import { type PublicKey, parsePublicKey } from './public-key.js';
import { verifyCommand } from './verify-commands.js';

/**
 * What is known of a signature: there is none; there is one, but no key to verify it with (or what it signs cannot be
 * read); it is by a key that was given; it is not.
 */
export type SignatureState = 'unsigned' | 'not verified' | 'verified' | 'wrong';

export interface SignatureReport {
  readonly state: SignatureState;
  /** Who signed, proven when the state is `verified`; else who the handoff says it was, which anybody can write. */
  readonly signer: string | null;
  /** The file of the key that verified it. */
  readonly keyFile: string | null;
}

/** What is wrong, for a finding. */
export interface SealFault {
  readonly place: Place;
  readonly message: string;
  readonly seen: string;
  readonly expected: string;
  readonly remedy: string;
}

const NOT_BY_KEY =
  'Do not import this copy. Ask the signer, by another way than this handoff came, for the fingerprint of the key and for SHA-256 of tagmanifest-sha256.txt.';

/**
 * Verifies the signature over the tag manifest with the keys given; any one of them may be the signer's. The signature
 * says nothing of the payload by itself: `seal-intact` compares that with the manifests.
 *
 * Memory held: the tag manifest.
 */
export async function verifySignature(
  folder: string,
  keys: readonly PublicKey[],
): Promise<{ readonly report: SignatureReport; readonly faults: readonly SealFault[] }> {
  const signature = await readIfThere(join(folder, SIGNATURE));
  const named = await namedSigner(folder);
  const signer = named?.fingerprint ?? null;
  const wanted = keys.map(({ fingerprint, file }) => `${fingerprint} (${file})`).join(' or ');
  if (signature === 'absent') {
    const report: SignatureReport = { state: 'unsigned', signer: null, keyFile: null };
    if (keys.length === 0) return { report, faults: [] };
    const remedy = 'Ask the sender for the signed handoff; do not import this copy.';
    return { report, faults: [fault('absence of a signature', `one by ${wanted}`, remedy)] };
  }
  if (signature === null || signature.length !== 64) {
    const seen = 'file that is no Ed25519 signature';
    return {
      report: { state: 'wrong', signer, keyFile: null },
      faults: [fault(seen, '64 bytes, as openssl pkeyutl -sign writes them', NOT_BY_KEY)],
    };
  }
  if (keys.length === 0) return { report: { state: 'not verified', signer, keyFile: null }, faults: [] };
  const signed = await readIfThere(join(folder, TAG_MANIFEST));
  const bytes = Buffer.isBuffer(signed) ? signed : null;
  const key = bytes === null ? undefined : keys.find((each) => each.verifies(bytes, signature));
  if (key === undefined) {
    const isByNamed = bytes !== null && named?.verifies(bytes, signature) === true;
    const seen = isByNamed ? `signature by ${signer}` : 'signature that does not fit the tag manifest';
    return {
      report: { state: 'wrong', signer, keyFile: null },
      faults: [fault(seen, `one by ${wanted}`, NOT_BY_KEY)],
    };
  }
  const report: SignatureReport = { state: 'verified', signer: key.fingerprint, keyFile: key.file };
  if (signer === null || signer === key.fingerprint) return { report, faults: [] };
  const remedy = `Somebody has changed ${SIGNER}, which is there to compare with only. Copy the handoff again.`;
  return { report, faults: [fault(`${signer} named as the signer`, key.fingerprint, remedy, SIGNER)] };
}

async function namedSigner(folder: string): Promise<Omit<PublicKey, 'file'> | null> {
  const pem = await readIfThere(join(folder, SIGNER));
  return Buffer.isBuffer(pem) ? parsePublicKey(pem.toString('latin1')) : null;
}

/** null for what is no small file: a link, a folder, a gigabyte. */
async function readIfThere(path: string): Promise<Buffer | null | 'absent'> {
  const found = await lstat(path).catch(() => null);
  return found === null ? 'absent' : await readSmallFile(path);
}

function fault(seen: string, expected: string, remedy: string, file = SIGNATURE): SealFault {
  return {
    place: { file, line: 1, column: 1, record: null },
    message: `Unexpected ${seen} at ${file}, expected ${expected}`,
    seen,
    expected,
    remedy: file === SIGNATURE ? `${remedy} Without chatferry: ${verifyCommand('<signer.pub.pem>')}` : remedy,
  };
}
