import { textLines } from '@chatferry/import';
import type { LedgerException } from '../ledger/ledger-exceptions.js';

const KEY = '"key":"';

/**
 * What ledger.ndjson lists of messages that live on, by keys such as `40#7`; one that it does not list was carried as it was.
 * Memory: one chunk of the file, and a line a key.
 *
 * @throws RunFailure `input-unreadable`; the errors of the file system as they are.
 */
export async function readListedMessages(
  path: string,
  keys: ReadonlySet<string>,
): Promise<ReadonlyMap<string, LedgerException>> {
  const changed = new Map<string, LedgerException>();
  for await (const line of textLines(path)) {
    // Of very many lines few are wanted, so that most need not be parsed.
    const start = line.indexOf(KEY) + KEY.length;
    const key = line.slice(start, line.indexOf('"', start));
    if (!keys.has(key)) continue;
    const exception = JSON.parse(line) as LedgerException;
    if (exception.table === 'tblChat' && exception.state === 'changed') changed.set(key, exception);
  }
  return changed;
}
