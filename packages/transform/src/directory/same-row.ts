import type { DirectoryRow } from '@chatferry/export';

/** Whether two rows of one table say the same: all columns equal, unknown ones too; their places may differ. */
export function isSameRow<Row extends DirectoryRow>(a: Row, b: Row): boolean {
  for (const column of Object.keys(a) as (keyof Row)[]) {
    if (column === 'place' || column === 'extra' || column === 'defects') continue;
    if (a[column] !== b[column]) return false;
  }
  return isSameExtra(a.extra, b.extra) && isSameDefects(a, b);
}

/** Names of the columns in which two rows of one table differ, in the order of the columns. */
export function differingColumns<Row extends DirectoryRow>(a: Row, b: Row): string[] {
  const columns = (Object.keys(a) as (keyof Row & string)[]).filter(
    (column) => column !== 'place' && column !== 'extra' && column !== 'defects' && a[column] !== b[column],
  );
  const unknown = new Set([...a.extra.keys(), ...b.extra.keys()]);
  return [...columns, ...[...unknown].filter((column) => a.extra.get(column) !== b.extra.get(column))];
}

function isSameExtra(a: DirectoryRow['extra'], b: DirectoryRow['extra']): boolean {
  return a.size === b.size && [...a].every(([column, text]) => b.has(column) && b.get(column) === text);
}

/** A column that did not decode is compared by its text, because its field is neutral in both rows. */
function isSameDefects(a: DirectoryRow, b: DirectoryRow): boolean {
  const text = (row: DirectoryRow) =>
    JSON.stringify(row.defects.map((defect) => [defect.column, defect.seen]));
  return text(a) === text(b);
}
