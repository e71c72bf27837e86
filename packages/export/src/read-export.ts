import type { Place, Report } from './finding.js';
import type { ExportDocument } from './input/export-document.js';
import type { OpenedExport } from './input/open-export.js';
import { EXPORT_RECIPE } from './input/recipes.js';
import { type RowWindow, readRowWindows } from './read-document.js';
import type { MessagesTaker } from './rows/chat-batch.js';
import { decodeDirectoryRow } from './rows/decode-row.js';
import type { RowReader } from './rows/row-reader.js';
import { CHAT_TABLE, tableOfFile } from './rows/tables.js';
import { RunFailure } from './run-failure.js';
import type { ChatRow, Directory, DirectoryRow, SourceKind } from './source-record.js';
import { reportTables, reportUnknownColumns, type TableCount, TableCounts } from './table-counts.js';

/** Tells how far a pass has come; called once a window. */
export type Progress = (bytesRead: number, document: ExportDocument) => void;

/** A row that ends in the reader: no rule will see it, but the ledger must. */
export interface EndedRow {
  /** Physical name, or the name in the export when no documented table has it. */
  readonly table: string;
  readonly place: Place;
  readonly state: 'refused' | 'excluded';
  readonly rule: 'record-not-well-formed' | 'table-left-behind' | 'table-unknown';
}

export interface ReadOptions {
  readonly report: Report;
  /** Told of every row that ends in the reader. */
  readonly ended?: (row: EndedRow) => void;
  /** End at the first row that cannot be read, instead of refusing the row. */
  readonly isStrict?: boolean;
  readonly progress?: Progress;
}

/** The directory, and what else was seen on the way to it. */
export interface DirectoryReading {
  readonly directory: Directory;
  readonly counts: TableCounts;
}

/**
 * A row of another table stood behind the first message of a document, so the directory that was read without
 * going there is not whole. Read it again with `isThorough`.
 */
export class DirectoryIncomplete extends Error {
  override readonly name = 'DirectoryIncomplete';
}

/** What nothing can be done without, and why. */
export const NEEDED: readonly (readonly [string, string])[] = [
  ['tblNode', 'it holds the categories and rooms'],
  ['tblPrincipal', 'it holds the authors and members'],
  ['tblRoleType', 'the ids of roles mean nothing without it'],
  ['tblPrincipalRole', 'it says who is member, manager or presenter'],
  ['tblScopePrincipal', 'it says who may be in the rooms of a category'],
];

/** What is missed when absent, and what follows. */
export const WANTED: readonly (readonly [string, string])[] = [
  ['tblPrincipalAffiliations', 'nobody can be found in scope through a group'],
  ['tblLastChatId', 'message counters are set to the highest message id'],
  ['tblSiopWhiteList', 'rooms lose their add-ins'],
];

/**
 * Pass 1: reads every table but tblChat. Unless `isThorough`, a document is left at its first message, for exports
 * put the directory first or the messages into documents of their own. When a table that most exports have was not
 * met so, it throws `DirectoryIncomplete`; `readMessages` does when rows stand behind messages.
 *
 * Memory: the directory. Throws `RunFailure` for what cannot be read and for a table that is missing.
 */
export async function readDirectory(
  opened: OpenedExport,
  options: ReadOptions & { readonly isThorough: boolean },
): Promise<DirectoryReading & { readonly isThorough: boolean }> {
  const reading = await readTables(opened, options);
  const isPartial = missingTables(reading.counts, opened).length > 0 || mayHaveMoreTables(reading, opened);
  if (isPartial && !options.isThorough) throw new DirectoryIncomplete();
  return finish(reading, opened, options.report, options.isThorough);
}

/** Whether a table that most exports have was not met, so that it may stand behind the messages. */
function mayHaveMoreTables({ directory, counts }: Reading, opened: OpenedExport): boolean {
  const namesAddIns = directory.nodes.some((node) => node.siopID !== null);
  return WANTED.some(
    ([name]) => !isSeen(name, counts, opened) && (name !== 'tblSiopWhiteList' || namesAddIns),
  );
}

function finish(reading: Reading, opened: OpenedExport, report: Report, isThorough: boolean) {
  const missing = missingTables(reading.counts, opened);
  if (missing.length > 0) throw missingFailure(missing, reading.counts, opened);
  for (const [name, consequence] of WANTED) {
    if (isSeen(name, reading.counts, opened)) continue;
    report({
      rule: 'table-not-exported',
      severity: 'warning',
      place: null,
      message: `Unexpected absence of ${name}, expected its rows; without it ${consequence}.`,
      seen: `no ${name}`,
      expected: 'its rows',
      did: consequence,
      remedy: `Export ${name} as well, even when it is empty.`,
    });
  }
  reportTables(reading.counts, report);
  return { directory: reading.directory, counts: reading.counts, isThorough };
}

interface Reading extends DirectoryReading {
  readonly directory: Directory;
}

async function readTables(
  opened: OpenedExport,
  options: ReadOptions & { readonly isThorough: boolean },
): Promise<Reading> {
  const counts = new TableCounts();
  const rows = new Map<SourceKind, DirectoryRow[]>();
  for (const document of opened.documents) {
    documentRows: for await (const window of readRowWindows(document, { ...options, skipsMessages: true })) {
      options.progress?.(window.bytesRead, document);
      for (const token of window.rows) {
        if (token === 'chat' || window.reader.table === CHAT_TABLE) {
          if (options.isThorough) continue;
          break documentRows;
        }
        keepRow(token, window.reader, document, { counts, rows, ...options });
      }
    }
  }
  return { directory: directoryOf(rows), counts };
}

export interface Keeping {
  readonly counts: TableCounts;
  readonly rows: Map<SourceKind, DirectoryRow[]>;
  readonly report: Report;
  readonly ended?: (row: EndedRow) => void;
}

export function keepRow(
  token: 'row' | 'damaged',
  reader: RowReader,
  document: ExportDocument,
  keeping: Keeping,
): void {
  const count = keeping.counts.of(reader.table, reader.tableName, document.name);
  count.rows += 1;
  if (token === 'damaged') {
    count.damaged += 1;
    reportDamage(reader, keeping.report);
    endRow(reader, 'record-not-well-formed', keeping.ended);
    return;
  }
  if (reader.table?.role !== 'directory') {
    endRow(reader, reader.table === null ? 'table-unknown' : 'table-left-behind', keeping.ended);
  }
  for (const column of reader.columns.keys()) count.columns.add(column);
  const kind = reader.table?.role === 'directory' ? reader.table.kind : null;
  if (kind === null || kind === 'chat') return;
  const row = decodeDirectoryRow(kind, reader.columns, reader.place());
  for (const column of row.extra.keys())
    count.unknownColumns.set(column, (count.unknownColumns.get(column) ?? 0) + 1);
  const list = keeping.rows.get(kind);
  if (list === undefined) keeping.rows.set(kind, [row]);
  else list.push(row);
}

function endRow(
  reader: RowReader,
  rule: EndedRow['rule'],
  ended: ((row: EndedRow) => void) | undefined,
): void {
  if (ended === undefined || reader.tableName === '') return;
  const place = reader.damage?.place ?? reader.place();
  const state = rule === 'record-not-well-formed' ? 'refused' : 'excluded';
  ended({ table: reader.tableName, place, state, rule });
}

/** NULL does not count: some shapes write it and some leave the column out. */
export function countUnknown(extra: ReadonlyMap<string, string | null>, count: TableCount): void {
  for (const [column, value] of extra) {
    if (value !== null) count.unknownColumns.set(column, (count.unknownColumns.get(column) ?? 0) + 1);
  }
}

/** A row that cannot be read is lost to the run, so it is an error wherever it stands. */
export function reportDamage(reader: RowReader, report: Report): void {
  const { damage } = reader;
  if (damage === null) return;
  const isRow = reader.tableName !== '';
  const table = isRow ? ` in a row of ${reader.tableName}` : '';
  report({
    rule: 'record-not-well-formed',
    severity: 'error',
    place: { ...damage.place, record: reader.tableName === '' ? null : reader.tableName },
    message: `${damage.message}${table}; ${isRow ? 'refused the row' : 'left the text out'}.`,
    seen: damage.code,
    remedy:
      damage.code === 'record-too-long'
        ? 'Look at this row in the database; nothing that Group Chat writes is so long. Correct it there, or carry it by hand.'
        : 'Export this table again and compare the row with the database.',
  });
}

export function directoryOf(rows: ReadonlyMap<SourceKind, readonly DirectoryRow[]>): Directory {
  const of = <Kind extends DirectoryRow['kind']>(kind: Kind) =>
    (rows.get(kind) ?? []) as readonly Extract<DirectoryRow, { kind: Kind }>[];
  return {
    nodes: of('node'),
    principals: of('principal'),
    principalTypes: of('principalType'),
    roleTypes: of('roleType'),
    principalRoles: of('principalRole'),
    scopePrincipals: of('scopePrincipal'),
    siopWhiteList: of('siopWhiteList'),
    lastChatIds: of('lastChatId'),
    enumValues: of('enumValue'),
    principalAffiliations: of('principalAffiliation'),
    principalInvites: of('principalInvite'),
  };
}

function missingTables(counts: TableCounts, opened: OpenedExport): readonly (readonly [string, string])[] {
  return NEEDED.filter(([name]) => !isSeen(name, counts, opened));
}

/** A table is there when it has rows, or a document of its own, or the manifest knows it. */
export function isSeen(name: string, counts: TableCounts, opened: OpenedExport): boolean {
  if ((counts.get(name)?.rows ?? 0) > 0) return true;
  return opened.documents.some((document) => tableOfFile(document.name)?.name === name);
}

function missingFailure(
  missing: readonly (readonly [string, string])[],
  counts: TableCounts,
  opened: OpenedExport,
): RunFailure {
  const rows = counts.list().reduce((sum, count) => sum + count.rows, 0);
  if (rows === 0 && missing.length === NEEDED.length) {
    const names = opened.documents.map((document) => document.name).join(', ');
    return new RunFailure(
      'input-empty',
      `Unexpected export without rows (${names}), expected the tables of Group Chat`,
      EXPORT_RECIPE,
    );
  }
  const list = missing.map(([name, why]) => `${name} (${why})`).join(', ');
  return new RunFailure('input-table-missing', `Unexpected absence of ${list}`, EXPORT_RECIPE);
}

/** Messages that became readable with the bytes read last. */
export interface MessageWindow {
  /** One view, refilled for each message. To be read to its end. */
  readonly rows: Iterable<ChatRow>;
  /** Changes whenever the bytes behind the rows' text values have moved. */
  readonly windowId: number;
  /**
   * Offers messages behind the current row at once; `rows` goes on behind those that are taken. Returns how many these
   * are.
   */
  offer(take: MessagesTaker): number;
}

/**
 * Pass 2: the messages in the order of the export. Rows that cannot be read are reported, counted in `counts` under
 * tblChat, and passed over. Unless `isThorough`, a row of another table behind a message throws `DirectoryIncomplete`.
 *
 * Memory: one chunk and the largest row. Throws `RunFailure` 'input-table-missing' when there is no tblChat at all.
 */
export async function* readMessages(
  opened: OpenedExport,
  options: ReadOptions & { readonly isThorough: boolean; readonly counts: TableCounts },
): AsyncGenerator<MessageWindow> {
  let windowBase = 0;
  const others = { rows: 0 };
  for (const document of opened.documents) {
    const count = options.counts.of(CHAT_TABLE, CHAT_TABLE.name, document.name);
    const state = { hasMessages: false, others };
    let windowId = 0;
    for await (const window of readRowWindows(document, { ...options, skipsDirectory: true })) {
      options.progress?.(window.bytesRead, document);
      windowId = window.windowId;
      yield {
        rows: messagesOf(window, { ...options, count, state }),
        windowId: windowBase + windowId,
        offer(take) {
          const taken = window.reader.offer(take);
          count.rows += taken;
          return taken;
        },
      };
    }
    windowBase += windowId + 1;
  }
  if (!isSeen(CHAT_TABLE.name, options.counts, opened)) throw missingMessages();
  checkSameRows(others.rows, options.counts);
  const messages = options.counts.get(CHAT_TABLE.name);
  if (messages !== undefined) reportUnknownColumns(messages, options.report);
}

/** Both passes read the same bytes, so a row that only one of them took for a directory row would be lost. */
function checkSameRows(others: number, counts: TableCounts): void {
  const expected = counts
    .list()
    .filter(({ table }) => table !== CHAT_TABLE)
    .reduce((sum, { rows }) => sum + rows, 0);
  if (others === expected) return;
  throw new RunFailure(
    'bug',
    `The first pass read ${expected} rows beside messages, the second ${others}`,
    'Was the export changed during the run? Otherwise this is a bug of chatferry; please report it.',
  );
}

function missingMessages(): RunFailure {
  return new RunFailure(
    'input-table-missing',
    'Unexpected absence of tblChat, expected the messages',
    `Export tblChat too. If it really has no rows, add an empty document tblChat.xml that says so: <ROOT/>. ${EXPORT_RECIPE}`,
  );
}

interface MessageReading {
  readonly report: Report;
  readonly ended?: (row: EndedRow) => void;
  readonly isThorough: boolean;
  readonly count: ReturnType<TableCounts['of']>;
  readonly state: { hasMessages: boolean; readonly others: { rows: number } };
}

function* messagesOf(window: RowWindow, reading: MessageReading): Generator<ChatRow> {
  const { reader } = window;
  for (const token of window.rows) {
    if (reader.table !== CHAT_TABLE) {
      if (reading.state.hasMessages && !reading.isThorough) throw new DirectoryIncomplete();
      reading.state.others.rows += 1;
      continue;
    }
    reading.state.hasMessages = true;
    reading.count.rows += 1;
    if (token === 'chat') {
      countUnknown(reader.chat.extra, reading.count);
      yield reader.chat;
    } else {
      reading.count.damaged += 1;
      reportDamage(reader, reading.report);
      endRow(reader, 'record-not-well-formed', reading.ended);
    }
  }
}
