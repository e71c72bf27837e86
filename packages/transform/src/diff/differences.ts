import type { BlockFile } from '@chatferry/import';
import {
  type Comparing,
  type DiffRecord,
  differingFields,
  type FieldDifference,
  type FieldValue,
  signatureOf,
} from './diff-record.js';
import type { IgnoredFields } from './ignored-fields.js';

/** How many differences of a kind are shown on the terminal; all of them are in the file. */
const DIFFERENCES_SHOWN = 5;

/** The kind under which tables are compared whole, by their number of rows and what these hold. */
export const WHOLE_TABLE = 'table';

/** One record that differs. */
export type Difference =
  | { readonly change: 'added' | 'removed'; readonly kind: string; readonly record: DiffRecord }
  | {
      readonly change: 'changed';
      readonly kind: string;
      readonly key: string;
      /** At least one. */
      readonly fields: readonly FieldDifference[];
    };

/** What the comparison of one kind of record has come to. */
export interface KindCount {
  readonly kind: string;
  equal: number;
  added: number;
  removed: number;
  changed: number;
  /** How many of the changed records differ in a field. */
  readonly fields: Map<string, number>;
  readonly first: Difference[];
}

export interface DifferencesOptions {
  /** Receives every difference as a line of JSON; null: nothing is written. */
  readonly file: BlockFile | null;
  readonly ignored: IgnoredFields;
  readonly ignoresLineEnds: boolean;
}

/**
 * Takes the records of both sides, tells the equal from the different, counts, and writes each difference down.
 * Memory held: counts and five differences for each kind.
 */
export class Differences implements Comparing {
  readonly ignoresLineEnds: boolean;
  readonly #file: BlockFile | null;
  readonly #ignored: IgnoredFields;
  readonly #counts = new Map<string, KindCount>();

  constructor(options: DifferencesOptions) {
    this.#file = options.file;
    this.#ignored = options.ignored;
    this.ignoresLineEnds = options.ignoresLineEnds;
  }

  /** By kind, in the order in which they were met. */
  get counts(): ReadonlyMap<string, KindCount> {
    return this.#counts;
  }

  hidesField(kind: string, field: string): boolean {
    return this.#ignored.hidesField(kind, field);
  }

  /** Whether the kind is not compared at all. */
  hidesKind(kind: string): boolean {
    return this.#ignored.hidesKind(kind);
  }

  /** Forgets everything, for a comparison that starts over. */
  restart(): void {
    this.#file?.truncate(0);
    this.#counts.clear();
  }

  /** One more record that both sides have. */
  equal(kind: string): void {
    this.#countOf(kind).equal += 1;
  }

  /**
   * The records of one key, in the order of either side. Equal ones cancel each other out as in a multiset; what is
   * left is paired in order, and what has no partner then was added or removed.
   */
  group(kind: string, before: readonly DiffRecord[], after: readonly DiffRecord[]): void {
    const [removed, added] =
      before.length + after.length > 2 && before.length * after.length > 0
        ? this.#cancelled(kind, before, after)
        : [before, after];
    for (let at = 0; at < Math.max(removed.length, added.length); at++) {
      this.#pair(kind, removed[at], added[at]);
    }
  }

  #cancelled(
    kind: string,
    before: readonly DiffRecord[],
    after: readonly DiffRecord[],
  ): readonly [DiffRecord[], DiffRecord[]] {
    const unmatched = new Map<string, number>();
    for (const record of after) {
      const signature = signatureOf(kind, record, this);
      unmatched.set(signature, (unmatched.get(signature) ?? 0) + 1);
    }
    const matched = new Map<string, number>();
    const take = (from: Map<string, number>, record: DiffRecord): string | null => {
      const signature = signatureOf(kind, record, this);
      const left = from.get(signature) ?? 0;
      if (left === 0) return null;
      from.set(signature, left - 1);
      return signature;
    };
    const removed = before.filter((record) => {
      const signature = take(unmatched, record);
      if (signature === null) return true;
      matched.set(signature, (matched.get(signature) ?? 0) + 1);
      this.equal(kind);
      return false;
    });
    return [removed, after.filter((record) => take(matched, record) === null)];
  }

  #pair(kind: string, before: DiffRecord | undefined, after: DiffRecord | undefined): void {
    if (before === undefined || after === undefined) {
      if (after !== undefined) this.#tell({ change: 'added', kind, record: after });
      else if (before !== undefined) this.#tell({ change: 'removed', kind, record: before });
      return;
    }
    const fields = differingFields(kind, before, after, this);
    if (fields.length === 0) this.equal(kind);
    else this.#tell({ change: 'changed', kind, key: before.key, fields });
  }

  #tell(difference: Difference): void {
    const count = this.#countOf(difference.kind);
    count[difference.change] += 1;
    if (count.first.length < DIFFERENCES_SHOWN) count.first.push(difference);
    if (difference.change === 'changed') {
      for (const { field } of difference.fields) count.fields.set(field, (count.fields.get(field) ?? 0) + 1);
    }
    for (const line of ndjsonLines(difference)) this.#file?.append(line);
  }

  #countOf(kind: string): KindCount {
    let count = this.#counts.get(kind);
    if (count === undefined) {
      count = { kind, equal: 0, added: 0, removed: 0, changed: 0, fields: new Map(), first: [] };
      this.#counts.set(kind, count);
    }
    return count;
  }
}

/** One line for a record that was added or removed, one a field for a record that was changed; keys sorted. */
function ndjsonLines(difference: Difference): string[] {
  const { change, kind } = difference;
  if (difference.change === 'changed') {
    const { key } = difference;
    return difference.fields.map(({ field, before, after }) =>
      line({ after: plain(after), before: plain(before), change, field, key, kind }),
    );
  }
  const { record } = difference;
  const fields = Object.fromEntries(
    record.names.map((name, index) => [name, plain(record.values[index] ?? null)]),
  );
  const [before, after] = change === 'added' ? [null, fields] : [fields, null];
  return [line({ after, before, change, field: null, key: record.key, kind })];
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

function plain(value: FieldValue): string | null | { readonly bytes: number; readonly sha256: string } {
  if (value === null || typeof value === 'string') return value;
  return { bytes: value.bytes, sha256: value.sha256 };
}
