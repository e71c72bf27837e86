import type { DirectoryRow } from '@chatferry/export';
import type { RecordState } from '@chatferry/import';

/** What became of a directory row, and by which rule; `rule` is null while it is simply carried. */
export interface Fate {
  readonly state: RecordState;
  readonly rule: string | null;
}

const CARRIED: Fate = { state: 'carried', rule: null };
const STRENGTH: Readonly<Record<RecordState, number>> = { carried: 0, changed: 1, excluded: 2, refused: 3 };

/**
 * The state of every directory row. A row starts as carried; a stronger state replaces a weaker one
 * (changed < excluded < refused), and of equal states the first rule keeps the row, so that each row
 * counts once in the ledger. Memory: one entry per row that is not simply carried.
 */
export class Fates {
  readonly #fates = new Map<DirectoryRow, Fate>();

  of(row: DirectoryRow): Fate {
    return this.#fates.get(row) ?? CARRIED;
  }

  settle(row: DirectoryRow, state: Exclude<RecordState, 'carried'>, rule: string): void {
    if (STRENGTH[state] > STRENGTH[this.of(row).state]) this.#fates.set(row, { state, rule });
  }
}
