/** Bounds against hostile archives. Honest exports of any size pass the defaults; every bound can be overridden. */
export interface InputLimits {
  /** Entries of one archive, and files of one folder tree. */
  readonly entries: number;
  /** Bytes of an archive's central directory, which is held whole. */
  readonly directoryBytes: number;
  /** Bytes out per byte in. XML compresses 10 to 50 times, deflate at its very best 1,032 times. */
  readonly ratio: number;
  /** The ratio counts once the output exceeds this many bytes. */
  readonly ratioFreeBytes: number;
  /** Uncompressed bytes of one entry; without a bound by default, for an honest export may be any size. */
  readonly entryBytes: number;
}

/** 10,000 entries in a directory of 16 MiB, 200:1 beyond 64 MiB, entries of any size. */
export const DEFAULT_INPUT_LIMITS: InputLimits = {
  entries: 10_000,
  directoryBytes: 16 * 1024 * 1024,
  ratio: 200,
  ratioFreeBytes: 64 * 1024 * 1024,
  entryBytes: Number.POSITIVE_INFINITY,
};

/** Whether `output` bytes are more than `input` bytes may honestly become. */
export function exceedsRatio(output: number, input: number, limits: InputLimits): boolean {
  return output > limits.ratioFreeBytes && output > input * limits.ratio;
}
