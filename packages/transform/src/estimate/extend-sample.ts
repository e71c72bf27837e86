import type { DocumentCut } from '@chatferry/export';
import { ONE_MERGE_BYTES } from '../messages/sort-messages.js';
import { type DiskNeed, type Estimate, rangeOf } from './estimate.js';
import type { SampleRun } from './run-sample.js';

/**
 * Bounds as factors of what is expected. The beginning of an export is not its middle, and a machine is not equally
 * busy all the time; the tests hold these bounds on generated exports of several shapes.
 */
const BOUNDS = {
  disk: [0.75, 1.3],
  seconds: [0.6, 1.7],
  memory: [0.75, 1.35],
  whole: [0.98, 1.05],
} as const;

/** More messages fill the buffers, and let the collector of garbage wait longer; that does not grow any further. */
const MEMORY_LATER = 35e6;

/** What is known of the disk before anything is estimated. */
export type Disk = Pick<DiskNeed, 'folder' | 'freeBytes'>;

/** Bytes of messages in the whole export: all that stands behind the first message of each document. */
export function messageBytesOf(cuts: readonly DocumentCut[]): { whole: number; sampled: number } {
  return cuts
    .filter(({ messageBytes }) => messageBytes > 0)
    .reduce(
      (sum, { totalBytes, directoryBytes, messageBytes }) => ({
        whole: sum.whole + Math.max(messageBytes, totalBytes - directoryBytes),
        sampled: sum.sampled + messageBytes,
      }),
      { whole: 0, sampled: 0 },
    );
}

/**
 * The larger of two samples, extended to the whole export. What lies between the two is due to messages and grows with
 * them; the rest is due to the directory and does not. The smaller one came first, so that its peak of memory holds no
 * garbage of the other.
 */
export function extendSample(small: SampleRun, large: SampleRun, disk: Disk): Estimate {
  const { whole, sampled } = messageBytesOf(large.cuts);
  const isWhole = large.cuts.every((cut) => cut.isWhole);
  const more = sampled - messageBytesOf(small.cuts).sampled;
  const perByte = more > 0 ? Math.max(0, large.handoffBytes - small.handoffBytes) / more : 0;
  const missing = isWhole ? 0 : whole - sampled;
  const perSampled = sampled === 0 ? 0 : missing / sampled;
  const bounds = isWhole ? BOUNDS.whole : BOUNDS.disk;
  return {
    exportBytes: large.cuts.reduce((sum, cut) => sum + cut.totalBytes, 0),
    sampledBytes: sampled,
    isWhole,
    messages: Math.round(large.messages * (1 + perSampled)),
    seconds: rangeOf(large.seconds + large.growingSeconds * perSampled, BOUNDS.seconds),
    memoryBytes: rangeOf(small.peakBytes + MEMORY_LATER, BOUNDS.memory),
    disk: {
      ...disk,
      handoff: rangeOf(large.handoffBytes + perByte * missing, bounds),
      sortBytes: large.isSorted ? sortBytes(whole) : 0,
    },
    caveat: null,
  };
}

function sortBytes(messageBytes: number): number {
  return messageBytes * (messageBytes > ONE_MERGE_BYTES ? 2 : 1);
}
