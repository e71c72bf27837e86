import type { LedgerDocument, RecordState, RoomAccount, StateCounts } from '../ledger/ledger.js';

/** A line of a table that must balance: read = carried + changed + excluded + refused, written = carried + changed. */
export type CountRow = Readonly<Record<'read' | RecordState | 'written', number>>;

export const COUNT_COLUMNS = ['read', 'carried', 'changed', 'excluded', 'refused', 'written'] as const;

/** Bytes of a room's text: read + altered - excluded - refused = written. */
export type TextRow = Readonly<Record<(typeof TEXT_COLUMNS)[number], number>>;

export const TEXT_COLUMNS = ['read', 'altered', 'excluded', 'refused', 'written'] as const;

/** A rule's part in the tables of the ledger. */
export interface RuleRow {
  readonly rule: string;
  readonly state: RecordState;
  readonly table: string;
  readonly records: number;
  readonly textBytes: number;
}

/** The sum of count rows, column by column. */
export function sumOfCounts(rows: Iterable<CountRow>): CountRow {
  const sum = { read: 0, carried: 0, changed: 0, excluded: 0, refused: 0, written: 0 };
  for (const row of rows) for (const column of COUNT_COLUMNS) sum[column] += row[column];
  return sum;
}

/** Bytes of message text of all rooms and of the messages without a room. */
export function sumOfText(ledger: LedgerDocument): TextRow {
  const sum = { read: 0, altered: 0, excluded: 0, refused: 0, written: 0 };
  for (const account of [...Object.values(ledger.rooms), ...Object.values(ledger.unplaced)]) {
    sum.read += account.textBytesRead;
    sum.altered += account.textBytesAltered;
    sum.excluded += account.textBytesExcluded;
    sum.refused += account.textBytesRefused;
    sum.written += account.textBytesWritten;
  }
  return sum;
}

/**
 * The rooms by GUID, in the order of their names as people look for them: by code units, not by a locale; rooms of one
 * name by GUID.
 */
export function roomsByName({
  rooms,
}: Pick<LedgerDocument, 'rooms'>): [guid: string, account: RoomAccount][] {
  return Object.entries(rooms).sort(([a, one], [b, other]) => {
    if (one.name !== other.name) return one.name < other.name ? -1 : 1;
    return a < b ? -1 : 1;
  });
}

/** Whether the row's own sums come out. */
export function isBalanced(row: CountRow): boolean {
  return (
    row.read === row.carried + row.changed + row.excluded + row.refused &&
    row.written === row.carried + row.changed
  );
}

/** Why rows were not simply carried, by table, then in the ledger's order. */
export function ruleRows(tables: Readonly<Record<string, StateCounts>>): RuleRow[] {
  return Object.entries(tables).flatMap(([table, counts]) =>
    Object.entries(counts.byRule).flatMap(([rule, shares]) =>
      shares.map((share) => ({ rule, table, ...share })),
    ),
  );
}
