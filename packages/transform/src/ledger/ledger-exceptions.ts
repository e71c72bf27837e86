import type { Place } from '@chatferry/export';
import { BlockFile } from '@chatferry/import';
import type { SettledState } from './rule-shares.js';

/** One record that was not simply carried. */
export interface LedgerException {
  /** Physical table name. */
  readonly table: string;
  /** The record's key, such as `5` or `40#7`. */
  readonly key: string;
  readonly place: Place | null;
  readonly state: SettledState;
  readonly rule: string;
}

/**
 * `ledger.ndjson`: everything that was not simply carried, one JSON object a line with its keys sorted, in the
 * order of the calls. Written synchronously in blocks. Memory held: one block of 64 KiB.
 */
export class LedgerExceptions {
  readonly #file: BlockFile | null;

  /** @param path null writes nothing (a run without output). */
  constructor(path: string | null) {
    this.#file = path === null ? null : new BlockFile(path);
  }

  /** @throws RunFailure `output-unwritable` */
  row(exception: LedgerException): void {
    if (this.#file === null) return;
    const { key, place, rule, state, table } = exception;
    const where =
      place === null
        ? null
        : { column: place.column, file: place.file, line: place.line, record: place.record };
    this.#file.append(`${JSON.stringify({ key, place: where, rule, state, table })}\n`);
  }

  /** Where `rewind` can return to. */
  mark(): number {
    return this.#file?.position ?? 0;
  }

  /** Forgets the rows since `mark`, for a pass that starts over. */
  rewind(mark: number): void {
    this.#file?.truncate(mark);
  }

  close(): void {
    this.#file?.close();
  }
}
