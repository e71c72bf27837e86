import type { Place } from '@chatferry/export';
import { quoteName } from '../directory/label.js';
import { csvHeader, csvRecords, recordOf } from './csv-records.js';
import { notAnInventory } from './inventory-failure.js';
import type { InventoryText } from './inventory-text.js';
import { jsonRecords } from './json-records.js';
import type { ListedRecord } from './listed-record.js';
import { kindOf } from './record-kind.js';

/** UTF-16 units among which the first lines of a file must end. */
const START_UNITS = 32 * 1024;
/** The type line of Export-Csv without -NoTypeInformation. */
const TYPE_LINE = /^#TYPE [^\n]*\n/;

/** What a file lists. */
export interface Listed {
  readonly record: ListedRecord;
  /** The header of a CSV table, a record without values. */
  readonly isHeader: boolean;
}

/**
 * The records of a file: JSON when it begins with a bracket, else CSV, of which the header comes first. Nothing for a
 * file without text. Throws `RunFailure` 'arguments' when it is neither, and what the two readers throw.
 */
export async function* listedRecords(file: InventoryText): AsyncGenerator<Listed> {
  const chunks = file.read();
  try {
    const start = await readStart(chunks);
    const begin = start.trimStart();
    if (begin === '') return;
    if (begin.startsWith('[') || begin.startsWith('{')) {
      const records = jsonRecords(continued(start, chunks), (line) => file.at(line));
      for await (const record of records) yield { record, isHeader: false };
    } else {
      yield* csvTable(file, start, chunks);
    }
  } finally {
    await chunks.return(undefined);
  }
}

async function* csvTable(
  file: InventoryText,
  start: string,
  chunks: AsyncGenerator<string>,
): AsyncGenerator<Listed> {
  const typeLine = TYPE_LINE.exec(start)?.[0] ?? '';
  const table = start.slice(typeLine.length);
  const at = (line: number): Place => file.at(typeLine === '' ? line : line + 1);
  const blank = table.slice(0, table.length - table.trimStart().length);
  const row = table.slice(blank.length).split('\n', 1)[0] ?? '';
  const place = at(blank.split('\n').length);
  const header = csvHeader(row);
  const record = recordOf(header?.columns ?? [], [], place);
  // A text that is no table at all reads as a single column.
  if (header === null || (header.columns.length === 1 && kindOf(record) === null)) {
    throw notAnInventory(place, `first line ${quoteName(row.trim())}`);
  }
  yield { record, isHeader: true };
  const rows = csvRecords({ text: continued(table, chunks), header, at });
  for await (const record of rows) yield { record, isHeader: false };
}

/** The text until it is long enough to hold the first lines, white space aside. */
async function readStart(chunks: AsyncGenerator<string>): Promise<string> {
  let start = '';
  while (start.length < START_UNITS) {
    const next = await chunks.next();
    if (next.done === true) break;
    start += next.value;
  }
  return start;
}

async function* continued(start: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield start;
  yield* rest;
}
