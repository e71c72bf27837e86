import { type Buffer, isUtf8 } from 'node:buffer';
import type { Place } from '@chatferry/export';
import { CsvError, parse } from 'csv-parse/sync';
import { unprotected } from './csv-cell.js';
import { planFailure } from './plan-failure.js';
import type { PlanTable } from './plan-tables.js';

/** A row of a plan's CSV file. */
export interface CsvRow<Column extends string> {
  /** The text of a cell, its protecting apostrophe taken off. */
  text(column: Column): string;
  /** Where a cell stands: the line on which its row begins, and the cell counted from 1. */
  at(column: Column): Place;
}

const SAVING = 'In Excel save it as "CSV UTF-8 (comma delimited)"; in another editor choose UTF-8.';
const ANEW =
  'Restore it from the plan folder as chatferry plan has written it, and edit only the named columns.';
const DELIMITERS = [',', ';'] as const;

/**
 * Reads a CSV file of a plan row by row: UTF-8 with or without byte order mark, separated by commas or, as Excel saves
 * it in many countries, by semicolons. The comment row may be missing, columns may stand in any order, and rows of
 * empty cells count for nothing. Memory held: the file as a string, and one row.
 *
 * @throws RunFailure `plan-unusable` for another encoding, other columns, or cells that are not quoted as RFC 4180 has
 *   it.
 */
export function readPlanCsv<Table extends PlanTable>(
  bytes: Buffer,
  table: Table,
  take: (row: CsvRow<Table['columns'][number]>) => void,
): void {
  const text = decoded(bytes, table.file);
  const delimiter = DELIMITERS.find((each) => fits(headerOf(text, each), table)) ?? ',';
  let header: readonly string[] | null = null;
  eachRecord(text, { delimiter, file: table.file }, (cells, line) => {
    if (cells.every((cell) => cell.trim() === '') || (header === null && cells[0]?.startsWith('#'))) return;
    if (header === null) {
      header = trimmed(cells);
      checkHeader(header, { file: table.file, line, column: 1, record: null }, table);
      return;
    }
    take(csvRowOf(cells, header, { file: table.file, line, column: 1, record: null }));
  });
  if (header === null) {
    throw planFailure(
      { file: table.file, line: 1, column: 1, record: null },
      { what: `Unexpected end of the file, expected the columns ${table.columns.join(', ')}`, remedy: ANEW },
    );
  }
}

function csvRowOf<Column extends string>(
  cells: readonly string[],
  header: readonly string[],
  place: Place,
): CsvRow<Column> {
  const extra = cells.findIndex((cell, index) => index >= header.length && cell !== '');
  if (cells.length < header.length || extra !== -1) {
    throw planFailure(
      { ...place, column: extra === -1 ? cells.length : extra + 1 },
      {
        what: `Unexpected row of ${cells.length} cells, expected ${header.length}`,
        remedy: 'Is a quotation mark missing, or was a cell split? Put the row right as it was written.',
      },
    );
  }
  const record = unprotected(cells[0] as string);
  return {
    text: (column) => unprotected(cells[header.indexOf(column)] as string),
    at: (column) => ({ ...place, column: header.indexOf(column) + 1, record }),
  };
}

function checkHeader(header: readonly string[], place: Place, table: PlanTable): void {
  const missing = table.columns.filter((column) => !header.includes(column));
  const unknown = header.findIndex(
    (column, index) => !table.columns.includes(column) || header.indexOf(column) !== index,
  );
  if (missing.length === 0 && unknown === -1) return;
  const seen = unknown === -1 ? '' : ` and unexpected column "${header[unknown]}"`;
  throw planFailure(
    { ...place, column: unknown === -1 ? 1 : unknown + 1 },
    {
      what: `Unexpected header, expected the columns ${table.columns.join(', ')}; missing: ${missing.join(', ') || 'none'}${seen}`,
      remedy: ANEW,
    },
  );
}

function fits(header: readonly string[], table: PlanTable): boolean {
  return table.columns.every((column) => header.includes(column));
}

function headerOf(text: string, delimiter: string): readonly string[] {
  const line = text.split('\n', 20).find((each) => !/^"?#/.test(each) && /[^\s,;"]/.test(each)) ?? '';
  return trimmed(line.replaceAll('"', '').split(delimiter));
}

/** Excel leaves empty cells behind the last column. */
function trimmed(cells: readonly string[]): string[] {
  const names = cells.map((cell) => cell.trim());
  while (names.at(-1) === '') names.pop();
  return names;
}

function eachRecord(
  text: string,
  { delimiter, file }: { readonly delimiter: string; readonly file: string },
  take: (cells: readonly string[], line: number) => void,
): void {
  try {
    parse(text, {
      delimiter,
      record_delimiter: '\n',
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (cells: string[], { lines }) => {
        take(cells, lines - cells.reduce((sum, cell) => sum + lineEnds(cell), 0));
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? error.lines : 1;
    throw planFailure(
      { file, line, column: typeof error.column === 'number' ? error.column + 1 : 1, record: null },
      {
        what: `Unexpected quotation mark or end of the file, expected cells as in RFC 4180 (${error.code})`,
        remedy: ANEW,
      },
    );
  }
}

function lineEnds(cell: string): number {
  return cell.split('\n').length - 1;
}

function decoded(bytes: Buffer, file: string): string {
  if (!isUtf8(bytes)) {
    const line = lineOfFault(bytes);
    const isWide = bytes[0] === 0xff || bytes[0] === 0xfe;
    throw planFailure(
      { file, line, column: 1, record: null },
      { what: `Unexpected ${isWide ? 'UTF-16' : 'code page'}, expected UTF-8`, remedy: SAVING },
    );
  }
  // One kind of line end, so that lines are counted as editors count them.
  return bytes
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n');
}

/** The first line that is not UTF-8. */
function lineOfFault(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    if (!isUtf8(bytes.subarray(start, end === -1 ? bytes.length : end))) return line;
    if (end === -1) break;
    start = end + 1;
  }
  return line;
}
