import {
  CHAT_TABLE,
  countUnknownColumns,
  type Directory,
  type DirectoryRow,
  directoryOf,
  type ExportDocument,
  keepDirectoryRow,
  type OpenedExport,
  type PrincipalRow,
  type Progress,
  type Report,
  type RowWindow,
  readRowWindows,
  reportDamage,
  type SourceKind,
  TableCounts,
  tableOfFile,
} from '@chatferry/export';
import { principalTypeMeaning } from '../directory/principals.js';
import { type DocumentShape, shapeOf, watchStart } from './document-shape.js';
import { MessageCounts } from './message-counts.js';

/** A document and what was found in it. */
export interface DocumentReading {
  readonly document: ExportDocument;
  readonly shape: DocumentShape | null;
  /** Rows by table name; '' for text between rows. */
  readonly rows: ReadonlyMap<string, number>;
}

/** What one pass over an export has found. */
export interface ExportReading {
  readonly directory: Directory;
  readonly counts: TableCounts;
  readonly messages: MessageCounts;
  /** In the order of names. */
  readonly documents: readonly DocumentReading[];
}

export interface ReadOnceOptions {
  /** Receives `record-not-well-formed`. */
  readonly report: Report;
  /** The date of the export, in ticks; null when it is not known. */
  readonly asOf: bigint | null;
  /** Bytes (UTF-8) of all documents read so far; called once a window. */
  readonly progress: (bytes: number) => void;
}

/** What the rows of the pass go into. */
interface Pass {
  readonly report: Report;
  readonly counts: TableCounts;
  readonly rows: Map<SourceKind, DirectoryRow[]>;
  readonly authors: Set<number>;
  readonly messages: MessageCounts;
}

/**
 * Reads every document once. Documents that their name makes messages come last, so that authors are known when
 * their messages are counted; with messages before the directory, every author of a room costs a counter.
 *
 * Memory: the directory, one chunk, the largest row, and what `MessageCounts` states. Throws `RunFailure` for what
 * cannot be read.
 */
export async function readOnce(opened: OpenedExport, options: ReadOnceOptions): Promise<ExportReading> {
  const authors = new Set<number>();
  const pass: Pass = {
    report: options.report,
    counts: new TableCounts(),
    rows: new Map(),
    authors,
    messages: new MessageCounts(authors, options.asOf),
  };
  const documents: DocumentReading[] = [];
  const progress = summed(options.progress);
  for (const document of messagesLast(opened.documents)) {
    documents.push(await readDocument(document, pass, progress));
  }
  documents.sort((a, b) => (a.document.name < b.document.name ? -1 : 1));
  return { directory: directoryOf(pass.rows), counts: pass.counts, messages: pass.messages, documents };
}

function messagesLast(documents: readonly ExportDocument[]): ExportDocument[] {
  const isMessages = (document: ExportDocument): boolean => tableOfFile(document.name) === CHAT_TABLE;
  return [...documents.filter((each) => !isMessages(each)), ...documents.filter(isMessages)];
}

async function readDocument(
  document: ExportDocument,
  pass: Pass,
  progress: Progress,
): Promise<DocumentReading> {
  const watched = watchStart(document);
  const rows = new Map<string, number>();
  for await (const window of readRowWindows(watched.document)) {
    progress(window.bytesRead, document);
    readWindow(window, document, { ...pass, documentRows: rows });
  }
  return { document, shape: shapeOf(watched.start()), rows };
}

function readWindow(
  { reader, rows, windowId }: RowWindow,
  document: ExportDocument,
  pass: Pass & { readonly documentRows: Map<string, number> },
): void {
  const { messages, documentRows } = pass;
  let chats = 0;
  messages.beginWindow(windowId);
  for (const token of rows) {
    if (token === 'chat') {
      chats += 1;
      messages.take(reader.chat);
      if (reader.chat.extra.size > 0)
        countUnknownColumns(reader.chat.extra, pass.counts.of(CHAT_TABLE, CHAT_TABLE.name, document.name));
    } else if (token === 'damaged' && reader.table === CHAT_TABLE) {
      chats += 1;
      pass.counts.of(CHAT_TABLE, CHAT_TABLE.name, document.name).damaged += 1;
      reportDamage(reader, pass.report);
    } else {
      keepDirectoryRow(token, reader, document, pass);
      add(documentRows, reader.tableName, 1);
      if (token === 'row' && reader.table?.kind === 'principal') noteAuthor(pass);
    }
  }
  messages.endWindow();
  if (chats === 0) return;
  pass.counts.of(CHAT_TABLE, CHAT_TABLE.name, document.name).rows += chats;
  add(documentRows, CHAT_TABLE.name, chats);
}

/** Remembers the principal read last, unless a rule may refuse it. */
function noteAuthor({ rows, authors }: Pass): void {
  const principal = rows.get('principal')?.at(-1) as PrincipalRow;
  if (principal.defects.length > 0 || principalTypeMeaning(principal.prinTypeID) === undefined) return;
  authors.add(principal.prinID);
}

function add(rows: Map<string, number>, table: string, count: number): void {
  rows.set(table, (rows.get(table) ?? 0) + count);
}

/** Bytes of the documents before, plus those of the one that is being read. */
function summed(progress: (bytes: number) => void): Progress {
  let before = 0;
  let bytes = 0;
  let current: ExportDocument | null = null;
  return (bytesRead, document) => {
    if (document !== current) {
      before += bytes;
      current = document;
    }
    bytes = bytesRead;
    progress(before + bytes);
  };
}
