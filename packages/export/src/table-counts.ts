import type { Report } from './finding.js';
import type { TableFacts } from './rows/tables.js';

/** What was seen of one table. */
export interface TableCount {
  readonly table: TableFacts | null;
  /** Physical name, or the name in the export when no documented table has it. */
  readonly name: string;
  rows: number;
  /** Rows that could not be read, among `rows`. */
  damaged: number;
  /** The file of the first row. */
  readonly file: string;
  /** Columns seen on at least one row, NULL or not, in lower case. */
  readonly columns: Set<string>;
  /** Columns that the schema does not know, with the number of rows that have them. */
  readonly unknownColumns: Map<string, number>;
}

/** Counts rows and columns by table. Memory: one entry a table and column. */
export class TableCounts {
  readonly #counts = new Map<string, TableCount>();

  of(table: TableFacts | null, name: string, file: string): TableCount {
    let count = this.#counts.get(name);
    if (count === undefined) {
      count = { table, name, rows: 0, damaged: 0, file, columns: new Set(), unknownColumns: new Map() };
      this.#counts.set(name, count);
    }
    return count;
  }

  get(name: string): TableCount | undefined {
    return this.#counts.get(name);
  }

  /** By name, in code unit order. */
  list(): readonly TableCount[] {
    return [...this.#counts.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }
}

/** Columns for which NULL means *inherit*, so that absence on every row cannot be told from "not exported". */
const INHERITABLE = ['invite', 'logged', 'filePost', 'visibility', 'restrictChildCreate'];

/**
 * One note a table that is left behind, and a table or column that nobody knows; a warning for each inheritable column
 * of tblNode that no row has.
 */
export function reportTables(counts: TableCounts, report: Report): void {
  for (const count of counts.list()) {
    const place = { file: count.file, line: 1, column: 1, record: null };
    if (count.table === null && count.name !== '') {
      report({
        rule: 'table-unknown',
        severity: 'note',
        place,
        message: `Unexpected table ${count.name} with ${rowsText(count.rows)}, expected a table of the Group Chat schema; left behind.`,
        seen: count.name,
        expected: 'a table of the Group Chat schema',
        did: 'left behind',
      });
    }
    if (count.table?.role === 'left-behind') {
      report({
        rule: 'table-left-behind',
        severity: 'note',
        place,
        message: `Unexpected ${rowsText(count.rows)} of ${count.name}, expected none to migrate; left behind.`,
        seen: rowsText(count.rows),
        expected: 'none to migrate',
        did: 'left behind',
      });
    }
    reportUnknownColumns(count, report);
  }
  reportInheritable(counts, report);
}

/** One note a column that the schema does not know. */
export function reportUnknownColumns(count: TableCount, report: Report): void {
  const place = { file: count.file, line: 1, column: 1, record: null };
  for (const [column, rows] of [...count.unknownColumns].sort(([a], [b]) => (a < b ? -1 : 1))) {
    report({
      rule: 'column-unknown',
      severity: 'note',
      place,
      message: `Unexpected column ${column} of ${count.name} on ${rowsText(rows)}, expected the documented columns; not carried.`,
      seen: column,
      expected: 'the documented columns',
      did: 'not carried',
    });
  }
}

function reportInheritable(counts: TableCounts, report: Report): void {
  const nodes = counts.get('tblNode');
  if (nodes === undefined || nodes.rows === 0) return;
  for (const column of INHERITABLE) {
    if (nodes.columns.has(column.toLowerCase())) continue;
    report({
      rule: 'column-not-exported',
      severity: 'warning',
      place: { file: nodes.file, line: 1, column: 1, record: null },
      message: `Unexpected absence of column ${column} on all ${rowsText(nodes.rows)} of tblNode, expected it on some; read as NULL (inherited) everywhere.`,
      seen: `no ${column}`,
      expected: 'it on some rows',
      did: 'read as NULL (inherited) everywhere',
      remedy: `Make sure that the query selects ${column}; with FOR XML add ELEMENTS XSINIL so that NULL is written.`,
    });
  }
}

function rowsText(rows: number): string {
  return rows === 1 ? '1 row' : `${rows} rows`;
}
