import type { Directory, DirectoryRow } from '@chatferry/export';
import type { PackagePartsWriter, PackageWriter } from '@chatferry/import';
import type { Ledger } from '../ledger/ledger.js';
import type { LedgerExceptions } from '../ledger/ledger-exceptions.js';
import type { MessageStops } from '../messages/carry-messages.js';
import type { MessagePass } from '../messages/message-pass.js';
import type { MessageSurvey } from '../plan/message-survey.js';
import { unusable } from './checkpoint-file.js';
import { type JournalLine, readJournal, type SavedChange } from './journal.js';
import type { RunCheckpoints } from './run-checkpoints.js';

export interface PassParts {
  readonly directory: Directory;
  readonly ledger: Ledger;
  readonly survey: MessageSurvey;
  readonly output: PackageWriter | PackagePartsWriter;
  readonly exceptions: LedgerExceptions;
  readonly links: { count: number };
}

/**
 * The checkpoints of one pass: says when one is due, gathers what belongs to it, and brings a pass to where one was
 * taken.
 */
export class PassCheckpoints implements MessageStops {
  readonly settled: { readonly messages: number; readonly isEnd: boolean } | null;
  readonly #run: RunCheckpoints;
  readonly #parts: PassParts;
  #written = 0;
  #changes = 0;

  constructor(run: RunCheckpoints, parts: PassParts) {
    this.#run = run;
    this.#parts = parts;
    const { resumed } = run;
    this.settled = resumed === null ? null : { messages: resumed.pass.messages, isEnd: resumed.isEnd };
    this.#written = this.#bytesWritten();
  }

  get isDue(): boolean {
    return this.#bytesWritten() - this.#written >= this.#run.every;
  }

  async take(pass: MessagePass, isEnd: boolean): Promise<void> {
    if (isEnd && !this.isDue && !this.#run.exists) return;
    this.#written = this.#bytesWritten();
    const { links, output } = this.#parts;
    await this.#run.take(
      () => ({ pass: pass.save(), isEnd, fileLinks: links.count, package: output.checkpoint() }),
      () => this.#changedSince(pass),
    );
  }

  async catchUp(pass: MessagePass): Promise<void> {
    const { resumed, journalPath } = this.#run;
    if (resumed === null) return;
    const { directory, links, survey } = this.#parts;
    const changes: SavedChange[] = [];
    for await (const line of readJournal(journalPath, resumed.journal.bytes)) {
      if ('tally' in line) survey.restore(line.tally);
      if ('month' in line) survey.months.restore(line.month);
      if ('change' in line) changes.push(line.change);
    }
    pass.resume(resumed.pass);
    pass.runs.changedRows.push(...changedRows(changes, directory));
    this.#changes = pass.runs.changedRows.length;
    links.count = resumed.fileLinks;
    this.#run.caughtUp();
  }

  #bytesWritten(): number {
    return this.#parts.output.size + this.#parts.exceptions.mark();
  }

  *#changedSince(pass: MessagePass): Generator<JournalLine> {
    for (const account of this.#parts.ledger.changes()) yield { account };
    for (const tally of this.#parts.survey.changes()) yield { tally };
    for (const month of this.#parts.survey.months.changes()) yield { month };
    const { changedRows } = pass.runs;
    for (const { row, rule } of changedRows.slice(this.#changes)) {
      const { file, line, column } = row.place;
      yield { change: { rule, kind: row.kind, file, line, column } };
    }
    this.#changes = changedRows.length;
  }
}

/** The rows that changes name. @throws RunFailure `checkpoint-unusable` when one is not there. */
function changedRows(
  changes: readonly SavedChange[],
  directory: Directory,
): { row: DirectoryRow; rule: string }[] {
  if (changes.length === 0) return [];
  const kinds = new Set(changes.map(({ kind }) => kind));
  const rows = (Object.values(directory) as (readonly DirectoryRow[])[]).filter(
    ([row]) => row !== undefined && kinds.has(row.kind),
  );
  const byPlace = new Map(rows.flat().map((row) => [keyOf({ kind: row.kind, ...row.place }), row]));
  return changes.map((change) => {
    const row = byPlace.get(keyOf(change));
    if (row === undefined) throw unusable('names a row that the export does not have');
    return { row, rule: change.rule };
  });
}

function keyOf({ kind, file, line, column }: Omit<SavedChange, 'rule'>): string {
  return `${kind} ${line}:${column} ${file}`;
}
