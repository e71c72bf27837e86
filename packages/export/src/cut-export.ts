import { Buffer } from 'node:buffer';
import type { ExportDocument } from './input/export-document.js';
import type { OpenedExport } from './input/open-export.js';
import { type RowBorder, readRowWindows } from './read-document.js';
import { CHAT_TABLE, tableOfFile } from './rows/tables.js';

/** Where one document was cut. Bytes are those of its text in UTF-8. */
export interface DocumentCut {
  readonly name: string;
  /** Before its first message; all of it when it holds none. */
  readonly directoryBytes: number;
  /** From its first message to the cut; 0 when it holds none. */
  readonly messageBytes: number;
  /** Of the whole document; a guess when it had to be cut and is packed with gzip or coded in UTF-16. */
  readonly totalBytes: number;
  readonly isWhole: boolean;
}

/** The beginning of an export, as an export of its own: well-formed, and never longer than the whole. */
export interface CutExport {
  readonly opened: OpenedExport;
  readonly cuts: readonly DocumentCut[];
}

/**
 * Cuts every document behind its first messages, about `messageBytes` of them in all, at a border between rows, and
 * closes the elements that are open there. What stands before the messages stays; what stands behind the cut is gone,
 * so tables behind the messages are, too. Hashes of cut documents are never known.
 *
 * Reads each document that may hold messages up to its cut. Memory held: one chunk and the largest row. Throws what
 * reading the documents throws. Closing the cut export closes the whole one.
 */
export async function cutExport(whole: OpenedExport, messageBytes: number): Promise<CutExport> {
  const limit = messageBytes / Math.max(1, whole.documents.filter(mayHoldMessages).length);
  const cuts: DocumentCut[] = [];
  const documents: ExportDocument[] = [];
  for (const document of whole.documents) {
    const found = mayHoldMessages(document) ? await findCut(document, limit) : wholeDocument();
    cuts.push({ ...(await sizesOf(document, found)), name: document.name });
    documents.push(found.border === null ? document : cutDocument(document, found.border));
  }
  return { opened: { documents, manifest: null, close: () => whole.close() }, cuts };
}

/** Documents that are called like another table are left alone. */
function mayHoldMessages({ name }: ExportDocument): boolean {
  const table = tableOfFile(name);
  return table === null || table === CHAT_TABLE;
}

interface FoundCut {
  /** Bytes before the first message; null when there is none. */
  readonly messagesFrom: number | null;
  /** Bytes up to the cut; all when nothing was cut, null when that was not read. */
  readonly read: number | null;
  /** null when the document ends before the limit. */
  readonly border: RowBorder | null;
}

function wholeDocument(): FoundCut {
  return { messagesFrom: null, read: null, border: null };
}

/** Borders are known between chunks only, so these are small. */
const PIECE_BYTES = 1 << 14;

function inPieces(document: ExportDocument): ExportDocument {
  return {
    ...document,
    async *open() {
      for await (const chunk of document.open()) {
        for (let at = 0; at < chunk.length; at += PIECE_BYTES) yield chunk.subarray(at, at + PIECE_BYTES);
      }
    },
  };
}

async function findCut(document: ExportDocument, limit: number): Promise<FoundCut> {
  let messagesFrom: number | null = null;
  let read = 0;
  let total = 0;
  for await (const window of readRowWindows(inPieces(document), { skipsMessages: true })) {
    for (const token of window.rows) {
      if (token === 'chat' && messagesFrom === null) messagesFrom = read;
    }
    const border = window.border();
    read = border.offset;
    total = window.bytesRead;
    if (messagesFrom !== null && read - messagesFrom >= limit) return { messagesFrom, read, border };
  }
  return { messagesFrom, read: total, border: null };
}

async function sizesOf(document: ExportDocument, { messagesFrom, read, border }: FoundCut) {
  const isWhole = border === null;
  const totalBytes = isWhole && read !== null ? read : await textBytes(document);
  return {
    directoryBytes: messagesFrom ?? totalBytes,
    messageBytes: messagesFrom === null ? 0 : (read ?? 0) - messagesFrom,
    totalBytes,
    isWhole,
  };
}

/** Enough text to tell how many bytes of UTF-8 become of one of UTF-16. */
const RATIO_BYTES = 1 << 20;

async function textBytes(document: ExportDocument): Promise<number> {
  const stored = await document.guessSize();
  if (document.encoding === 'utf-8') return stored;
  let utf8 = 0;
  let utf16 = 0;
  for await (const chunk of document.open()) {
    utf8 += chunk.length;
    utf16 += utf16Bytes(chunk);
    if (utf8 >= RATIO_BYTES) break;
  }
  return utf16 === 0 ? 0 : Math.round((stored * utf8) / utf16);
}

/** Every character begins with a byte that does not continue another; from U+10000 on it takes two units. */
function utf16Bytes(chunk: Buffer): number {
  let units = 0;
  for (const byte of chunk) units += (byte & 0xc0) === 0x80 ? 0 : byte >= 0xf0 ? 2 : 1;
  return units * 2;
}

function cutDocument(document: ExportDocument, { offset, openElements }: RowBorder): ExportDocument {
  const end = Buffer.from(
    openElements
      .map((name) => `</${name}>`)
      .reverse()
      .join(''),
  );
  return {
    ...document,
    sizeInBytes: offset + end.length,
    guessSize: async () => offset + end.length,
    sha256: () => null,
    async *open() {
      let left = offset;
      for await (const chunk of document.open()) {
        if (chunk.length >= left) {
          yield chunk.subarray(0, left);
          break;
        }
        left -= chunk.length;
        yield chunk;
      }
      yield end;
    },
  };
}
