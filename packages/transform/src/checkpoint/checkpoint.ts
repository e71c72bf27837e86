import type { FindingMark, PackageState, PartsState } from '@chatferry/import';
import type { PassState } from '../messages/message-pass.js';

/** How long the files beside the package are, with the findings counted so far. */
export interface SinkMarks {
  readonly findings: FindingMark;
  readonly exceptions: number;
  readonly fileLinks: number;
}

/** The first `bytes` of a file and their CRC-32. */
export interface CheckedStart {
  readonly bytes: number;
  readonly crc32: number;
}

/**
 * What a run has done up to the end of a room, enough for another process to go on with the same bytes. JSON holds it.
 * It has no part of what reading gives: whoever goes on reads the export from its beginning, because the SHA-256 of its
 * documents needs every byte.
 */
export interface Checkpoint {
  readonly version: 1;
  /** What must be the same in the run that goes on; see `boundFacts`. */
  readonly bound: Readonly<Record<string, string>>;
  /** On which assumptions the pass reads; see `carryWithRestarts`. */
  readonly isThorough: boolean;
  readonly isSorting: boolean;
  /** The documents of the export as far as they were read. */
  readonly documents: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
  /** Before the pass began, and now. */
  readonly start: SinkMarks;
  readonly sinks: SinkMarks;
  /** By name, the files that `sinks` measures. */
  readonly files: Readonly<Record<string, CheckedStart>>;
  /** Of `JOURNAL_FILE`: what grows with rooms and authors. */
  readonly journal: CheckedStart;
  readonly pass: PassState;
  /** Whether all messages have been taken. */
  readonly isEnd: boolean;
  /** How many links to files were listed. */
  readonly fileLinks: number;
  /** Of a package in one piece or in several parts, as `bound` says. */
  readonly package: PackageState | PartsState;
}
