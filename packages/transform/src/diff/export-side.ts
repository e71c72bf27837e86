import {
  type ChatRow,
  type DirectoryRow,
  type ExportDocument,
  keepDirectoryRow,
  type OpenedExport,
  type RowWindow,
  RunFailure,
  readRowWindows,
  type SourceKind,
  TableCounts,
} from '@chatferry/export';
import type { MessageWindow } from '../messages/message-window.js';
import { sortMessages } from '../messages/sort-messages.js';
import type { DiffRecord, NameLists } from './diff-record.js';
import { WHOLE_TABLE } from './differences.js';
import { directoryRowRecord } from './directory-row-record.js';
import type { Side, SideReading } from './side.js';
import { TableDigest } from './table-digest.js';

export interface ExportSideOptions extends SideReading {
  readonly isSorting: boolean;
  readonly ignoresLineEnds: boolean;
  /** Shared by both sides, so that their records compare by position. */
  readonly nameLists: NameLists;
}

/**
 * Reads an export once: delivers the messages, and keeps every other row on the way. Memory held: the directory as
 * records, one chunk, the largest row, and what the sorter states when messages are sorted.
 *
 * While reading, throws `RunFailure` for what cannot be read, a single row included: a comparison that passed over it
 * could call different exports equal.
 */
export class ExportSide implements Side {
  readonly #opened: OpenedExport;
  readonly #options: ExportSideOptions;
  readonly #counts = new TableCounts();
  readonly #records = new Map<string, DiffRecord[]>();
  readonly #digests = new Map<string, TableDigest>();
  #hasRows = false;

  constructor(opened: OpenedExport, options: ExportSideOptions) {
    this.#opened = opened;
    this.#options = options;
  }

  messages(): AsyncIterable<MessageWindow> {
    const windows = this.#read();
    return this.#options.isSorting ? sortMessages({ windows, folder: this.#options.folder }) : windows;
  }

  records(): ReadonlyMap<string, Iterable<DiffRecord>> {
    const tables = [...this.#digests].map(([table, digest]) => digest.record(table));
    return new Map([...this.#records, [WHOLE_TABLE, tables]]);
  }

  /** The sorter removes its own files. */
  async close(): Promise<void> {}

  async *#read(): AsyncGenerator<MessageWindow> {
    let windowBase = 0;
    for (const document of this.#opened.documents) {
      let bytesBefore = 0;
      let windowId = 0;
      for await (const window of readRowWindows(document)) {
        windowId = window.windowId;
        this.#options.progress(window.bytesRead - bytesBefore);
        bytesBefore = window.bytesRead;
        yield { rows: this.#take(window, document), windowId: windowBase + windowId };
      }
      windowBase += windowId + 1;
    }
    if (!this.#hasRows) throw withoutRows(this.#opened);
  }

  *#take({ reader, rows }: RowWindow, document: ExportDocument): Generator<ChatRow> {
    for (const token of rows) {
      if (token === 'chat') {
        this.#hasRows = true;
        yield reader.chat;
      } else if (token === 'damaged') {
        throw unreadableRow(reader);
      } else {
        this.#keep(reader, document);
      }
    }
  }

  #keep(reader: RowWindow['reader'], document: ExportDocument): void {
    const name = reader.table?.name ?? reader.tableName;
    if (reader.table?.role !== 'directory') {
      let digest = this.#digests.get(name);
      if (digest === undefined) {
        digest = new TableDigest();
        this.#digests.set(name, digest);
      }
      digest.add(reader.columns, this.#options.ignoresLineEnds);
      return;
    }
    this.#hasRows = true;
    const rows = new Map<SourceKind, DirectoryRow[]>();
    keepDirectoryRow('row', reader, document, { counts: this.#counts, rows, report: () => undefined });
    let records = this.#records.get(name);
    if (records === undefined) {
      records = [];
      this.#records.set(name, records);
    }
    for (const [row] of rows.values()) {
      if (row !== undefined) records.push(directoryRowRecord(row, reader.columns, this.#options.nameLists));
    }
  }
}

function unreadableRow({ damage, tableName }: RowWindow['reader']): RunFailure {
  const table = tableName === '' ? '' : ` in a row of ${tableName}`;
  const place = damage?.place;
  const where = place === undefined ? '' : ` (${place.file}:${place.line}:${place.column})`;
  return new RunFailure(
    'input-not-well-formed',
    `${damage?.message ?? 'Unexpected row'}${table}${where}`,
    'What cannot be read cannot be compared. Export this table again.',
    place === undefined ? {} : { place },
  );
}

function withoutRows(opened: OpenedExport): RunFailure {
  const names = opened.documents.map((document) => document.name).join(', ');
  return new RunFailure(
    'input-empty',
    `Unexpected export without rows of Group Chat tables (${names})`,
    'Name the export itself; `chatferry inspect` shows what a file holds.',
  );
}
