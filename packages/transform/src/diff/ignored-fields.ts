import { RunFailure } from '@chatferry/export';

/** What `--ignore` hides: fields as `table.column`, or a whole table by its name. Letter case does not matter. */
export class IgnoredFields {
  /** By lower-case entry: as it was written. */
  readonly #written: ReadonlyMap<string, string>;
  readonly #used = new Set<string>();

  /** @throws RunFailure `arguments` for an entry that is neither a table nor `table.column`. */
  constructor(entries: readonly string[]) {
    for (const entry of entries) if (!/^[^.]+(?:\..+)?$/s.test(entry)) throw unusableEntry(entry);
    this.#written = new Map(entries.map((entry) => [entry.toLowerCase(), entry]));
  }

  /** As they were written, in that order. */
  get entries(): readonly string[] {
    return [...this.#written.values()];
  }

  hidesKind(kind: string): boolean {
    return this.#hides(kind.toLowerCase());
  }

  hidesField(kind: string, field: string): boolean {
    return this.#written.size > 0 && this.#hides(`${kind}.${field}`.toLowerCase());
  }

  /** Entries that have hidden nothing; most likely misspelt. */
  unused(): readonly string[] {
    return [...this.#written].filter(([entry]) => !this.#used.has(entry)).map(([, written]) => written);
  }

  #hides(entry: string): boolean {
    if (!this.#written.has(entry)) return false;
    this.#used.add(entry);
    return true;
  }
}

function unusableEntry(entry: string): RunFailure {
  return new RunFailure(
    'arguments',
    `--ignore cannot take ${JSON.stringify(entry)}`,
    'Write a column as table.column, such as tblPrincipal.prinVerifiedOn, or a table by its name; separate them by commas.',
  );
}
