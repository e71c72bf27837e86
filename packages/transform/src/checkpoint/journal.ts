import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { BlockFile } from '@chatferry/import';
import type { SavedAccount } from '../ledger/ledger.js';
import type { SavedMonth } from '../messages/message-months.js';
import type { SavedTally } from '../plan/message-survey.js';

/** A row of the directory that a message rule changed, by its place. */
export interface SavedChange {
  readonly rule: string;
  readonly kind: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One line of the journal; of two lines about one thing the last counts. */
export type JournalLine =
  | { readonly account: SavedAccount }
  | { readonly tally: SavedTally }
  | { readonly month: SavedMonth }
  | { readonly change: SavedChange };

export const JOURNAL_FILE = 'journal.ndjson';

/**
 * What a run has settled of rooms, authors, months and rows of the directory, appended at each checkpoint, so that one
 * costs only what is new. Memory held: one block of 64 KiB.
 */
export class Journal {
  readonly path: string;
  readonly #file: BlockFile;

  /** @param kept bytes of an earlier run's journal that stay. */
  constructor(path: string, kept?: number) {
    this.path = path;
    this.#file = new BlockFile(path, kept);
  }

  get bytes(): number {
    return this.#file.position;
  }

  append(lines: Iterable<JournalLine>): void {
    for (const line of lines) this.#file.append(`${JSON.stringify(line)}\n`);
  }

  /** Waits until all lines are on the disk. */
  async sync(): Promise<void> {
    await this.#file.sync();
  }

  clear(): void {
    this.#file.truncate(0);
  }

  close(): void {
    this.#file.close();
  }
}

/** The first `bytes` of a journal that has been checked, line by line. */
export async function* readJournal(path: string, bytes: number): AsyncGenerator<JournalLine> {
  if (bytes === 0) return;
  const input = createReadStream(path, { end: bytes - 1 });
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    yield JSON.parse(line) as JournalLine;
  }
}
