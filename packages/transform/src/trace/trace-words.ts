import type { Directory } from '@chatferry/export';
import type { RecordState } from '@chatferry/import';
import { countOf } from '../directory/label.js';
import { recordOfRow } from './source-records.js';
import type { TargetRecordRow } from './target-records.js';
import type { TracedRow } from './trace.js';
import { labelOf } from './traced-record.js';

/** `carried`, `changed by room-name-prefixed`; several rows one after the other. */
export function statesInWords(rows: readonly Pick<TracedRow, 'state' | 'rule'>[]): string {
  const words = rows.map(({ state, rule }) => (rule === null ? state : `${state} by ${rule}`));
  const [only = ''] = words;
  return words.length === 1 ? only : `${countOf(words.length, 'row')} (${words.join('; ')})`;
}

export function isWritten({ state }: { readonly state: RecordState }): boolean {
  return state === 'carried' || state === 'changed';
}

/** A record and what it became, or where it came from. */
export interface RecordOutcome {
  readonly label: string;
  readonly rows: readonly Pick<TracedRow, 'state' | 'rule'>[];
  readonly target: TargetRecordRow | null;
  readonly isRoot: boolean;
}

/** The answer in one sentence. */
export function recordSentence({ label, rows, target, isRoot }: RecordOutcome): string {
  if (rows.length === 0) {
    return `${label}: in the package, without a row of its own in the export; a rule created it.`;
  }
  const there = target === null ? absence(isRoot) : `in the package as ${labelOf(target)}`;
  return `${label}: ${statesInWords(rows)}, ${there}.`;
}

function absence(isRoot: boolean): string {
  return isRoot ? 'implied by the package, which never holds the root' : 'not in the package';
}

/**
 * A sentence when the ledger and the package say opposite things of a record with rows in the export.
 * @param mayLiveOn whether another record of the package may stand for one that stayed behind.
 */
export function contradiction(
  rows: readonly { readonly state: RecordState }[],
  isThere: boolean,
  mayLiveOn: boolean,
): string[] {
  const shouldBe = rows.some(isWritten);
  if (rows.length === 0 || shouldBe === isThere || (isThere && mayLiveOn)) return [];
  const ledger = shouldBe ? 'was written' : 'stayed behind';
  const seen = isThere ? 'holds it' : 'does not hold it';
  return [
    `The ledger says that it ${ledger}, but the package ${seen}: run \`chatferry validate\` on the handoff.`,
  ];
}

/** Principals that share the GUID of the one that is traced: one of them stands for all. */
export function samePerson(
  directory: Directory,
  rows: readonly { readonly place: object }[],
  target: TargetRecordRow | null,
): string[] {
  if (target?.kind !== 'principal') return [];
  const traced = new Set(rows.map((row) => row.place));
  return directory.principals
    .filter((row) => row.prinGuid === target.guid && !traced.has(row.place))
    .map((row) => `${labelOf(recordOfRow(row))} has the same GUID; ask for it by its id.`);
}
