import type { Buffer } from 'node:buffer';
import {
  ByteSink,
  type ChatRow,
  type ExportDocument,
  RunFailure,
  readRowWindows,
  type TextValue,
  XmlScanner,
} from '@chatferry/export';

/** How a document is read; see `readRowWindows`. */
export interface RowsRead {
  readonly isStrict?: boolean;
  readonly skipsMessages?: boolean;
  readonly readsTokensOnly?: boolean;
  readonly mayHoldSurrogates?: boolean;
}

/** A document whose bytes come in these chunks. */
export function documentOf(chunks: readonly Buffer[], mayHoldSurrogates = false): ExportDocument {
  return {
    name: 'export.xml',
    sizeInBytes: null,
    encoding: 'utf-8',
    mayHoldSurrogates,
    async *open() {
      yield* chunks;
    },
    sha256: () => null,
    readSoFar: () => null,
    expectSame: () => undefined,
    guessSize: async () => chunks.reduce((bytes, chunk) => bytes + chunk.length, 0),
  };
}

/** All that a reader tells about a document, an entry a row, window and failure, in plain words. */
export async function rowsRead(chunks: readonly Buffer[], options: RowsRead = {}): Promise<string[]> {
  const told: string[] = [];
  const document = documentOf(chunks, options.mayHoldSurrogates === true);
  try {
    for await (const { reader, rows, windowId, bytesRead } of readRowWindows(document, options)) {
      told.push(`window ${windowId} ${bytesRead}`);
      for (const token of rows) {
        const { line, column } = reader.place();
        const what = `${token} ${reader.tableName} ${reader.table?.name} ${line}:${column}`;
        if (token === 'chat')
          told.push(options.skipsMessages === true ? what : `${what} ${inWords(reader.chat)}`);
        else told.push(`${what} ${JSON.stringify(token === 'row' ? [...reader.columns] : reader.damage)}`);
      }
    }
  } catch (error) {
    told.push(failureInWords(error));
  }
  return told;
}

export function failureInWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message } = error;
  return `${name} ${message} ${JSON.stringify(error instanceof RunFailure ? [error.code, error.place, error.remedy] : null)}`;
}

const sink = new ByteSink();
const scratch = new ByteSink();

function inWords(row: ChatRow): string {
  const { channelID, chatID, chatDate, userId, isAlert, defects, extra, place } = row;
  const key = `${channelID} ${chatID} ${chatDate} ${userId} ${isAlert} ${place.record}`;
  const texts = `${textInWords(row.content)} ${textInWords(row.rtf)}`;
  return `${key} ${texts} ${JSON.stringify([defects, [...extra]])}`;
}

/** Raw, decoded and canonical bytes of a value, and what is known of it. */
export function textInWords(value: TextValue | null): string {
  if (value === null) return 'null';
  const { bytes, start, end, form, traits } = value;
  sink.clear();
  value.appendDecoded(sink);
  const decoded = sink.bytes.toString('latin1', 0, sink.length);
  sink.clear();
  value.appendEscaped(sink, scratch);
  const escaped = sink.bytes.toString('latin1', 0, sink.length);
  return `${form} ${traits} ${JSON.stringify([bytes.toString('latin1', start, end), decoded, escaped])}`;
}

/** Counts the records that the kernel takes from now on, in all scanners of this thread. */
export function watchKernel(): { taken: number } {
  const seen = { taken: 0 };
  const { records } = XmlScanner.prototype;
  XmlScanner.prototype.records = function (shape, into) {
    const count = records.call(this, shape, into);
    seen.taken += count;
    return count;
  };
  return seen;
}

/** Where two tellings part; null: they do not. */
export function difference(told: readonly string[], expected: readonly string[]): string | null {
  const length = Math.max(told.length, expected.length);
  for (let i = 0; i < length; i++) {
    if (told[i] !== expected[i]) return `entry ${i}:\n  kernel ${told[i]}\n  tokens ${expected[i]}`;
  }
  return null;
}
