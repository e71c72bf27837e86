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
  /** Of a changed message: which of its fields are written otherwise than they were read, sorted. */
  readonly fields?: readonly MessageField[];
}

/** What rules may change of a message; nothing else of it ever is. */
export type MessageField = 'author' | 'content' | 'rtf';

/**
 * `ledger.ndjson`: everything that was not simply carried, one JSON object a line with its keys sorted, in the
 * order of the calls. Written synchronously in blocks. Memory held: one block of 64 KiB.
 */
export class LedgerExceptions {
  readonly #file: BlockFile | null;

  #isMuted: boolean;

  /**
   * @param path null writes nothing (a run without output).
   * @param kept mark of an earlier run, whose file is gone on with: rows until `rewind` are known to it and go nowhere.
   */
  constructor(path: string | null, kept?: number) {
    this.#file = path === null ? null : new BlockFile(path, kept);
    this.#isMuted = kept !== undefined;
  }

  /** @throws RunFailure `output-unwritable` */
  row(exception: LedgerException): void {
    if (this.#file === null || this.#isMuted) return;
    const { fields, key, place, rule, state, table } = exception;
    const where =
      place === null
        ? null
        : { column: place.column, file: place.file, line: place.line, record: place.record };
    this.#file.append(`${JSON.stringify({ fields, key, place: where, rule, state, table })}\n`);
  }

  /** Where `rewind` can return to. */
  mark(): number {
    return this.#file?.position ?? 0;
  }

  /** Forgets the rows since `mark`, for a pass that starts over. */
  rewind(mark: number): void {
    this.#isMuted = false;
    this.#file?.truncate(mark);
  }

  /** Waits until the rows before the call are on the disk. */
  async sync(): Promise<void> {
    await this.#file?.sync();
  }

  close(): void {
    this.#file?.close();
  }
}
