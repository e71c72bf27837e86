import { deflateRawSync } from 'node:zlib';
import type { CutExport, DocumentCut } from '@chatferry/export';
import { type Estimate, rangeOf } from './estimate.js';
import { type Disk, messageBytesOf } from './extend-sample.js';

/** What the package writer uses. */
const LEVEL = 1;
/** Findings and ledger, over the packed messages. */
const FINDINGS = 1.15;
/** Of the handoff: what becomes of a byte of the directory, in the package, the ledger and the reports. */
const DIRECTORY = 1.2;
const BOUNDS = [0.6, 2] as const;

/**
 * The disk alone, from how well the first messages pack: for a beginning on which no rule can be tried. `caveat` says
 * why. Reads the cut export once.
 */
export async function roughEstimate(
  { opened, cuts }: CutExport,
  disk: Disk,
  caveat: string,
): Promise<Estimate> {
  let read = 0;
  let packed = 0;
  for (const [i, document] of opened.documents.entries()) {
    if (cuts[i]?.messageBytes === 0) continue;
    for await (const chunk of document.open()) {
      read += chunk.length;
      packed += deflateRawSync(chunk, { level: LEVEL }).length;
    }
  }
  const { whole, sampled } = messageBytesOf(cuts);
  const messages = read === 0 ? 0 : whole * (packed / read) * FINDINGS;
  return {
    exportBytes: cuts.reduce((sum, { totalBytes }) => sum + totalBytes, 0),
    sampledBytes: sampled,
    isWhole: false,
    messages: null,
    seconds: null,
    memoryBytes: null,
    disk: { ...disk, handoff: rangeOf(messages + directoryBytesOf(cuts) * DIRECTORY, BOUNDS), sortBytes: 0 },
    caveat,
  };
}

/** Bytes of what stands before the messages, or in documents without any. */
export function directoryBytesOf(cuts: readonly DocumentCut[]): number {
  return cuts.reduce((sum, { directoryBytes }) => sum + directoryBytes, 0);
}
