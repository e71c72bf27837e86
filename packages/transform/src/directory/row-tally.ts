import type { DirectoryRow } from '@chatferry/export';

/** The first row that fell under one cause, and how many did. */
export interface RowTally<Row extends DirectoryRow> {
  readonly first: Row;
  rows: number;
}

/** Counts a row under its cause, so that one cause gives one finding however many rows it takes along. */
export function tally<Key, Row extends DirectoryRow>(
  tallies: Map<Key, RowTally<Row>>,
  cause: Key,
  row: Row,
): void {
  const found = tallies.get(cause);
  if (found === undefined) tallies.set(cause, { first: row, rows: 1 });
  else found.rows += 1;
}
