import { pipeline, Readable } from 'node:stream';
import type { Place, RunFailure } from '@chatferry/export';
import { CsvError, type Info, type Options, parse } from 'csv-parse';
import { parse as parseAtOnce } from 'csv-parse/sync';
import { damagedInventory } from './inventory-failure.js';
import { type ListedRecord, RecordDraft } from './listed-record.js';

/** UTF-16 units of one row; what goes beyond that has a quote that is never closed. */
const LONGEST_ROW = 4 * 1024 * 1024;

/** A CSV table (RFC 4180) with LF line ends and its header first. */
export interface CsvTable {
  readonly text: AsyncIterable<string>;
  readonly header: CsvHeader;
  /** The place of a line of `text`, counted from 1. */
  readonly at: (line: number) => Place;
}

export interface CsvHeader {
  readonly columns: readonly string[];
  readonly delimiter: string;
}

/**
 * The columns of a header row, separated by what stands most often outside of quotes: comma, semicolon (Export-Csv
 * -UseCulture, Excel) or tab. Null when the quotes do not match.
 */
export function csvHeader(row: string): CsvHeader | null {
  const bare = row.replace(/"[^"]*"/g, '');
  const counts = [',', ';', '\t'].map((mark) => ({ mark, count: bare.split(mark).length }));
  const delimiter = counts.reduce((most, one) => (one.count > most.count ? one : most)).mark;
  try {
    const [columns = []] = parseAtOnce(row, csvOptions(delimiter)) as string[][];
    return { columns: columns.map((column) => column.trim()), delimiter };
  } catch {
    return null;
  }
}

/**
 * The rows below the header. Memory held: a few rows. Throws `RunFailure` 'arguments' at rows of another length and
 * at quotes that do not match.
 */
export async function* csvRecords({ text, header, at }: CsvTable): AsyncGenerator<ListedRecord> {
  let lastLine = 0;
  const parser = parse({
    ...csvOptions(header.delimiter),
    info: true,
    // Rows that are parsed but not yet handed out are lost with an error; this hears of them all the same.
    on_record: (row: string[], { lines }) => {
      lastLine = lines;
      return row;
    },
  });
  // The callback keeps an error of the source from being thrown twice: the parser's iterator throws it.
  pipeline(Readable.from(text), parser, () => undefined);
  let isHeader = true;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      const breaks = record.reduce((count, value) => count + value.split('\n').length - 1, 0);
      if (!isHeader) yield recordOf(header.columns, record, at(info.lines - breaks));
      isHeader = false;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw faultOf(error, lastLine, at);
  }
}

/** A record of the columns, without values for the header itself. */
export function recordOf(columns: readonly string[], values: readonly string[], place: Place): ListedRecord {
  const draft = new RecordDraft();
  for (const [index, column] of columns.entries()) draft.set(column, values[index] ?? null);
  return draft.finish(place);
}

function csvOptions(delimiter: string): Options {
  return { delimiter, record_delimiter: '\n', skip_empty_lines: true, max_record_size: LONGEST_ROW };
}

function faultOf(error: CsvError, lastLine: number, at: (line: number) => Place): RunFailure {
  const line = typeof error.lines === 'number' ? error.lines : lastLine + 1;
  switch (error.code) {
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH':
      return damagedInventory(at(line), 'number of values in a row', 'as many as the header has', error);
    case 'CSV_QUOTE_NOT_CLOSED':
    case 'CSV_MAX_RECORD_SIZE':
      return damagedInventory(at(lastLine + 1), 'end of the file within quotes', 'a closing quote', error);
    default:
      return damagedInventory(at(line), 'quote', 'quotes around whole values, doubled within', error);
  }
}
