import type { Place } from '@chatferry/export';
import { getManyValues, isMany, none } from 'stream-chain/defs.js';
import { jsonParser, type Token } from 'stream-json/parser.js';
import { damagedInventory } from './inventory-failure.js';
import { JsonRecordFolder } from './json-record-folder.js';
import type { ListedRecord } from './listed-record.js';

/** UTF-16 units handed to the parser at once; a line is handed over in pieces of this length. */
const LONGEST_PIECE = 16 * 1024;

/**
 * The objects of a JSON text: of a list, of several lists or objects one after the other, or of the wrapper
 * `{"value": […], "Count": n}` in which Windows PowerShell hides a list. The parser gets one line at a time, so that
 * each record and each fault has its line. Memory held: one piece of a line and what is kept of one record.
 *
 * Throws `RunFailure` 'arguments' where the text is no JSON, ends early, or lists something else than objects.
 */
export async function* jsonRecords(
  text: AsyncIterable<string>,
  at: (line: number) => Place,
): AsyncGenerator<ListedRecord> {
  // A flushable function takes `none` for the end of its input; its type does not say so.
  const parse = jsonParser({ packValues: false, streamValues: true, jsonStreaming: true }) as (
    piece: string | typeof none,
  ) => unknown;
  const folder = new JsonRecordFolder(at);
  let line = 1;
  for await (const chunk of text) {
    for (const piece of pieces(chunk)) {
      for (const token of tokensOf(() => parse(piece), at(line))) {
        const record = folder.fold(token, line);
        if (record !== null) yield record;
      }
      if (piece.endsWith('\n')) line += 1;
    }
  }
  // What is left can only be a scalar, which is no record, or a fault.
  for (const token of tokensOf(() => parse(none), at(line), true)) folder.fold(token, line);
}

function tokensOf(parse: () => unknown, place: Place, isEnd = false): readonly Token[] {
  try {
    const made = parse();
    return isMany(made) ? (getManyValues(made) as readonly Token[]) : [];
  } catch (error) {
    const [seen, expected] = isEnd ? ['end of the file', 'the rest of the JSON'] : ['text', 'JSON'];
    throw damagedInventory(place, seen, expected, error);
  }
}

/** Each line with its line feed, long ones in pieces. */
function* pieces(chunk: string): Generator<string> {
  for (let start = 0; start < chunk.length; ) {
    const feed = chunk.indexOf('\n', start);
    const end = Math.min(feed === -1 ? chunk.length : feed + 1, start + LONGEST_PIECE);
    yield chunk.slice(start, end);
    start = end;
  }
}
