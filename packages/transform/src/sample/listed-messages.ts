import { textLines } from '@chatferry/import';
import type { LedgerException } from '../ledger/ledger-exceptions.js';
import { placeKey } from '../trace/place-key.js';

/** What the ledger lists of the rows that have the key of one message of the package. */
export interface ListedMessage {
  /** The row that lives on, when it was changed. */
  changed: LedgerException | null;
  /** `placeKey` of rows that stayed behind and may stand before it. */
  readonly gone: Set<string>;
  /** Whether there are more of these than are remembered. */
  isCrowded: boolean;
}

/** Rows of one key that are remembered; the key should stand once. */
const MOST_GONE = 20;
/** What it lets stay behind stands behind the row that lives on. */
const SECOND_ROW = 'message-id-duplicate';
const KEY = '"key":"';

/**
 * What ledger.ndjson lists of messages, by keys such as `40#7`; a message that it does not list was carried as it was.
 * Memory: one chunk of the file, and 20 places a key.
 *
 * @throws RunFailure `input-unreadable`; the errors of the file system as they are.
 */
export async function readListedMessages(
  path: string,
  keys: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ListedMessage>> {
  const listed = new Map<string, ListedMessage>();
  for await (const line of textLines(path)) {
    // Of very many lines few are wanted, so that most need not be parsed.
    const start = line.indexOf(KEY) + KEY.length;
    const key = line.slice(start, line.indexOf('"', start));
    if (!keys.has(key)) continue;
    const exception = JSON.parse(line) as LedgerException;
    if (exception.table !== 'tblChat') continue;
    const of = listed.get(key) ?? { changed: null, gone: new Set(), isCrowded: false };
    listed.set(key, of);
    take(of, exception);
  }
  return listed;
}

function take(of: ListedMessage, exception: LedgerException): void {
  const { place, rule, state } = exception;
  if (state === 'changed') of.changed ??= exception;
  else if (rule === SECOND_ROW || place === null) return;
  else if (of.gone.size < MOST_GONE) of.gone.add(placeKey(place));
  else of.isCrowded = true;
}
