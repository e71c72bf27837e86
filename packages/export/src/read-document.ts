import type { Buffer } from 'node:buffer';
import type { ExportDocument } from './input/export-document.js';
import { bytesPassed } from './memory/collect-garbage.js';
import { ROW_LIMIT_BYTES, RowReader, type RowToken, type SkippedRows } from './rows/row-reader.js';
import { notWellFormed } from './well-formed-failure.js';
import { XmlFault } from './xml/xml-fault.js';
import { XmlScanner } from './xml/xml-scanner.js';

/** The rows that became readable with the bytes pushed last. */
export interface RowWindow {
  /** Holds the row that `rows` has yielded last. */
  readonly reader: RowReader;
  /** Yields what kind of row `reader` holds; ends when more bytes are needed. To be read to its end. */
  readonly rows: Iterable<Exclude<RowToken, 'more' | 'done'>>;
  /** Changes whenever the bytes that values point to have moved. */
  readonly windowId: number;
  /** Bytes of this document (in UTF-8) read so far. */
  readonly bytesRead: number;
  /** Where the document could be cut once `rows` is at its end: behind the last whole row. */
  border(): RowBorder;
}

/** A place between rows. */
export interface RowBorder {
  /** Bytes of the document (in UTF-8) before it. */
  readonly offset: number;
  /** Names of the elements that are open there, the outermost first. */
  readonly openElements: readonly string[];
}

/**
 * Reads one document window by window. Bytes are pushed until the unfinished row at the window's end has at least
 * doubled, so that a row of any size is scanned a bounded number of times.
 *
 * Memory: one chunk and the largest row. Throws `RunFailure` with the place of what is not well-formed.
 */
export async function* readRowWindows(
  document: ExportDocument,
  options: SkippedRows & {
    readonly isStrict?: boolean;
    /** See `XmlScannerOptions`. */
    readonly readsTokensOnly?: boolean;
  } = {},
): AsyncGenerator<RowWindow> {
  const scanner = new XmlScanner({
    file: document.name,
    forbidden: 'report',
    allowsFragment: true,
    mayHoldSurrogates: document.mayHoldSurrogates,
    holdsRecoverableFaults: options.isStrict !== true,
    readsTokensOnly: options.readsTokensOnly === true,
  });
  const reader = new RowReader(scanner, document.name, options);
  let bytesRead = 0;
  let unread = 0;
  let wanted = 0;
  const borderAt = (read: number) => (): RowBorder => ({
    offset: read - scanner.pendingBytes,
    openElements: scanner.openElements,
  });
  const window = (): RowWindow => ({
    reader,
    rows: rowsOf(reader, bytesRead),
    windowId: scanner.windowId,
    bytesRead,
    border: borderAt(bytesRead),
  });
  for await (const chunk of document.open()) {
    pushInto(scanner, chunk, bytesRead);
    bytesPassed(chunk.length);
    bytesRead += chunk.length;
    unread += chunk.length;
    if (unread < wanted) continue;
    yield window();
    unread = 0;
    // What is too long is not waited for.
    wanted = Math.min(scanner.pendingBytes, Math.max(0, ROW_LIMIT_BYTES + 1 - scanner.pendingBytes));
  }
  scanner.finish();
  yield window();
}

function pushInto(scanner: XmlScanner, chunk: Buffer, bytesRead: number): void {
  try {
    scanner.push(chunk);
  } catch (error) {
    throw error instanceof XmlFault ? notWellFormed(error, bytesRead) : error;
  }
}

function* rowsOf(reader: RowReader, bytesRead: number): Generator<Exclude<RowToken, 'more' | 'done'>> {
  try {
    for (;;) {
      const token = reader.next();
      if (token === 'more' || token === 'done') return;
      yield token;
    }
  } catch (error) {
    throw error instanceof XmlFault ? notWellFormed(error, bytesRead) : error;
  }
}
