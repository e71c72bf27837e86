/** What is expected, and between which bounds it will lie as far as a sample can tell. */
export interface Range {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

/** What a transform of an export will take. Bytes, seconds. */
export interface Estimate {
  readonly exportBytes: number;
  /** Bytes of messages that were tried. */
  readonly sampledBytes: number;
  /** Whether that was all of them, so that nothing had to be guessed. */
  readonly isWhole: boolean;
  /** null when the beginning does not tell. */
  readonly messages: number | null;
  /** On this machine, as busy as it was; null when the beginning does not tell. */
  readonly seconds: Range | null;
  /** At most, while it runs; null when the beginning does not tell. */
  readonly memoryBytes: Range | null;
  readonly disk: DiskNeed;
  /** Why less is told than usual, a sentence; null when all is told. */
  readonly caveat: string | null;
}

/** What must fit where the handoff is written. */
export interface DiskNeed {
  readonly folder: string;
  /** The handoff: package, reports, findings. */
  readonly handoff: Range;
  /** While messages are sorted, which they are below the handoff's folder; 0 when they need not be. */
  readonly sortBytes: number;
  /** Of the file system; may be used by this user. */
  readonly freeBytes: number;
}

/** At most at one time: the handoff, and what is sorted. */
export function neededBytes({ handoff, sortBytes }: DiskNeed): Range {
  return {
    low: handoff.low + sortBytes,
    expected: handoff.expected + sortBytes,
    high: handoff.high + sortBytes,
  };
}

/** `no` refuses the run; `barely` means that it fits unless the upper bound comes true. */
export function fitsDisk(disk: DiskNeed): 'yes' | 'barely' | 'no' {
  const needed = neededBytes(disk);
  if (needed.expected > disk.freeBytes) return 'no';
  return needed.high > disk.freeBytes ? 'barely' : 'yes';
}

/** Bounds as factors of what is expected. */
export function rangeOf(expected: number, [low, high]: readonly [number, number]): Range {
  return { low: expected * low, expected, high: expected * high };
}
