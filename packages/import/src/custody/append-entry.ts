import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { type Finding, RunFailure } from '@chatferry/export';
import { digestFile } from '../handoff/bag-files.js';
import { CUSTODY, TAG_MANIFEST } from '../handoff/bag-manifest.js';
import { withHandoffLocked } from '../handoff/locked-handoff.js';
import { MOST_TAG_BYTES, readSmallFile } from '../handoff/manifest-files.js';
import { verifyBag } from '../handoff/verify-bag.js';
import type { SigningKey } from '../seal/signing-key.js';
import { type CustodyEntry, entryLine, lineHash, sealStatement } from './custody-entry.js';
import { verifyCustody } from './verify-custody.js';

/** Who says what of a handoff, and when. */
export interface CustodyNote {
  readonly by: string;
  readonly note: string;
  /** `2026-11-26T16:05:00Z` */
  readonly at: string;
}

export type Appended =
  | { readonly entry: CustodyEntry; readonly head: string }
  /** Nothing was written, because the handoff or its chain is not whole. */
  | { readonly findings: readonly Finding[] };

/**
 * Appends an entry to the chain of custody, after reading the whole handoff to see that its seal and chain are whole.
 * Nothing else of the handoff is written. The new file is written beside the handoff, flushed and renamed, under the
 * lock of the handoff.
 *
 * Memory held: what `verifyBag` and `verifyCustody` state.
 *
 * @throws RunFailure `input-missing`, `input-unreadable`, `output-exists` (another run writes), `output-unwritable`
 */
export async function appendCustody(
  handoff: string,
  said: CustodyNote,
  key: SigningKey | null,
): Promise<Appended> {
  return await withHandoffLocked(handoff, async ({ folder, replaceFile }) => {
    const { report, faults } = await verifyCustody(folder, { keys: [], head: null });
    const findings = [...(await verifyBag(folder)), ...faults.filter(isBroken).map(asFinding)];
    if (findings.length > 0) return { findings };
    const { sha256: tagmanifest } = await digestFile(join(folder, TAG_MANIFEST));
    const sequence = report.entries.length + 1;
    const entry = sealStatement({ sequence, ...said, tagmanifest, previous: report.head }, key);
    const line = entryLine(entry);
    const before =
      report.head === null ? '' : ((await readSmallFile(join(folder, CUSTODY)))?.toString() ?? '');
    if (Buffer.byteLength(before + line) > MOST_TAG_BYTES) throw chainFull();
    await replaceFile(CUSTODY, before + line);
    return { entry, head: lineHash(line) };
  });
}

function chainFull(): RunFailure {
  const remedy =
    'Keep this chain with the handoff, and go on with a chain on paper: no longer one can be verified.';
  return new RunFailure('output-unwritable', `${CUSTODY} is full: it holds ${MOST_TAG_BYTES} bytes.`, remedy);
}

function isBroken({ kind }: { readonly kind: string }): boolean {
  return kind === 'custody';
}

function asFinding({
  kind: _,
  ...said
}: Omit<Finding, 'rule' | 'severity'> & { readonly kind: string }): Finding {
  return { rule: 'custody-unbroken', severity: 'error', ...said };
}
