import { join } from 'node:path';
import type { NodeRow, PrincipalRow } from '@chatferry/export';
import { BlockFile } from '@chatferry/import';
import { type CategoryDraft, type DirectoryDraft, pathToRoot, type RoomDraft } from '../directory/draft.js';
import { nameKey } from '../directory/name-equality.js';
import { principalTypeMeaning } from '../directory/principals.js';
import { ticksToText } from '../messages/ticks.js';
import { csvRow, protectedCell } from './csv-cell.js';
import { fateInWords } from './fate-in-words.js';
import type { MessageSurvey, MessageTally } from './message-survey.js';
import { planKeys } from './plan-keys.js';
import {
  CATEGORIES_TABLE,
  type PlanTable,
  PRINCIPALS_TABLE,
  ROOMS_TABLE,
  TEXT_COLUMNS,
} from './plan-tables.js';
import type { PlannedActions } from './planned-actions.js';

/** What the CSV files of a plan tell. */
export interface PlanContents {
  /** After all directory rules. */
  readonly draft: DirectoryDraft;
  /** After all messages. */
  readonly survey: MessageSurvey;
  readonly actions: PlannedActions;
  readonly delimiter: ',' | ';';
}

const BYTE_ORDER_MARK = '\ufeff';
const PATH_JOINER = ' / ';

/**
 * Writes categories.csv, rooms.csv and principals.csv: UTF-8 with byte order mark, CR LF, a comment row, the header,
 * and a row for every record in the order of its id. Memory held: three blocks of 64 KiB, and one text a category.
 *
 * @returns the userIds that have messages and no row in tblPrincipal, ascending.
 * @throws RunFailure `output-unwritable`
 */
export function writePlanTables(folder: string, contents: PlanContents): number[] {
  const keys = planKeys(contents.draft.source);
  const strangers = contents.survey.authors().filter((id) => !keys.principals.has(id));
  write(folder, CATEGORIES_TABLE, { contents, rows: categoryRows([...keys.categories.values()], contents) });
  write(folder, ROOMS_TABLE, { contents, rows: roomRows([...keys.rooms.values()], contents) });
  const rows = principalRows([...keys.principals.values()], strangers, contents);
  write(folder, PRINCIPALS_TABLE, { contents, rows });
  return strangers;
}

type Cells<Table extends PlanTable> = Readonly<Record<Table['columns'][number], string>>;

function write<Table extends PlanTable>(
  folder: string,
  table: Table,
  { contents, rows }: { readonly contents: PlanContents; readonly rows: Iterable<Cells<Table>> },
): void {
  const { delimiter } = contents;
  const file = new BlockFile(join(folder, table.file));
  try {
    file.append(`${BYTE_ORDER_MARK}${table.comment}\r\n${csvRow(table.columns, delimiter)}`);
    const columns: readonly Table['columns'][number][] = table.columns;
    const cellOf = (cells: Cells<Table>, column: Table['columns'][number]): string =>
      TEXT_COLUMNS.has(column) ? protectedCell(cells[column]) : cells[column];
    for (const cells of rows) {
      file.append(
        csvRow(
          columns.map((column) => cellOf(cells, column)),
          delimiter,
        ),
      );
    }
  } finally {
    file.close();
  }
}

function* categoryRows(
  rows: readonly NodeRow[],
  contents: PlanContents,
): Generator<Cells<typeof CATEGORIES_TABLE>> {
  const { draft, survey, actions } = contents;
  const roomsOf = new Map<CategoryDraft, RoomDraft[]>();
  for (const room of draft.rooms.values()) {
    const siblings = roomsOf.get(room.parent);
    if (siblings === undefined) roomsOf.set(room.parent, [room]);
    else siblings.push(room);
  }
  for (const row of rows) {
    const node = ownDraft(draft.categories, row);
    const rooms = node === undefined ? [] : (roomsOf.get(node) ?? []);
    const { action, newName, reason } = actions.ofNode(row);
    yield {
      categoryGuid: row.nodeGuid,
      legacyPath: node === undefined ? '' : legacyPath(node),
      presentName: row.nodeName,
      targetName: targetName(draft, node),
      action,
      newName,
      reason: reason || fateInWords(draft, row),
      rooms: String(rooms.length),
      ...counts(sum(rooms.map((room) => survey.ofRoom(room.id)))),
    };
  }
}

function* roomRows(rows: readonly NodeRow[], contents: PlanContents): Generator<Cells<typeof ROOMS_TABLE>> {
  const { draft, survey, actions } = contents;
  const paths = new Map<CategoryDraft, string>();
  for (const row of rows) {
    const node = ownDraft(draft.rooms, row);
    let path = node === undefined ? '' : paths.get(node.parent);
    if (path === undefined) {
      path = legacyPath((node as RoomDraft).parent);
      paths.set((node as RoomDraft).parent, path);
    }
    const { action, newName, newCategory, reason } = actions.ofNode(row);
    yield {
      roomGuid: row.nodeGuid,
      category: path,
      presentName: row.nodeName,
      targetName: targetName(draft, node),
      action,
      newName,
      newCategory,
      reason: reason || fateInWords(draft, row),
      ...counts(survey.ofRoom(row.nodeID)),
    };
  }
}

function* principalRows(
  rows: readonly PrincipalRow[],
  strangers: readonly number[],
  { draft, survey, actions }: PlanContents,
): Generator<Cells<typeof PRINCIPALS_TABLE>> {
  const owners = new Map<string, number>();
  for (const row of rows) {
    const { reason, ...edited } = actions.ofPrincipal(row.prinID);
    const uri = nameKey(row.prinUri);
    const owner = owners.get(uri);
    if (owner === undefined) owners.set(uri, row.prinID);
    const clash =
      owner === undefined || uri === '' ? '' : `same prinUri as principal ${owner}: merge when they are one`;
    yield {
      prinID: String(row.prinID),
      prinGuid: row.prinGuid,
      presentUri: row.prinUri,
      presentName: row.prinDisplayName || row.prinName || '',
      type: typeInWords(row.prinTypeID),
      ...edited,
      reason: reason || fateInWords(draft, row) || clash,
      ...counts(survey.ofAuthor(row.prinID)),
    };
  }
  for (const id of strangers) {
    const { reason, ...edited } = actions.ofPrincipal(id);
    yield {
      prinID: String(id),
      ...{ prinGuid: '', presentUri: '', presentName: '', type: 'no row in tblPrincipal' },
      ...edited,
      reason: reason || 'its messages have no author: map it to the principal that becomes it',
      ...counts(survey.ofAuthor(id)),
    };
  }
}

/** The draft of a row, unless a rule refused it or another row has its id. */
function ownDraft<Node extends CategoryDraft | RoomDraft>(
  drafts: ReadonlyMap<number, Node>,
  row: NodeRow,
): Node | undefined {
  const node = drafts.get(row.nodeID);
  return node?.source === row ? node : undefined;
}

function legacyPath(category: CategoryDraft): string {
  return pathToRoot(category)
    .slice(0, -1)
    .map((node) => node.source?.nodeName ?? node.name)
    .reverse()
    .join(PATH_JOINER);
}

function targetName(draft: DirectoryDraft, node: CategoryDraft | RoomDraft | undefined): string {
  if (node === undefined || node.source === null) return '';
  const { state } = draft.fates.of(node.source);
  return state === 'carried' || state === 'changed' ? node.name : '';
}

function typeInWords(prinTypeID: number): string {
  const meaning = principalTypeMeaning(prinTypeID);
  if (meaning === undefined) return `unknown type ${prinTypeID}`;
  return meaning.federated ? `federated ${meaning.kind}` : meaning.kind;
}

function counts({ messages, textBytes, last }: Readonly<MessageTally>) {
  return {
    messages: String(messages),
    textBytes: String(textBytes),
    lastMessage: last === null ? '' : ticksToText(last),
  };
}

function sum(tallies: readonly Readonly<MessageTally>[]): MessageTally {
  const total: MessageTally = { messages: 0, textBytes: 0, last: null };
  for (const { messages, textBytes, last } of tallies) {
    total.messages += messages;
    total.textBytes += textBytes;
    if (last !== null && (total.last === null || last > total.last)) total.last = last;
  }
  return total;
}
