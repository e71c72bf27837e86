import { type ChatRow, type ColumnDefect, type Finding, TextValue } from '@chatferry/export';
import type { FileLinkPlace, LedgerDocument } from '@chatferry/import';
import {
  carryMessages,
  DEFAULT_OPTIONS,
  Ledger,
  type LedgerException,
  type MessageContext,
  type MessageRule,
  type MessageWindow,
  type RoomFacts,
  type TransformOptions,
} from '@chatferry/transform';
import { NO_DIRECTORY } from '../../support/no-directory.js';
import { guid } from './directory.js';

/** 2010-09-14T14:26:17Z in ticks: the date of a message that gives none. */
export const NOON = 634_200_711_770_000_000n;

/** What a test says about a message; texts may be given as strings. */
export interface GivenMessage {
  readonly channelID?: number;
  readonly chatID?: bigint | number;
  readonly chatDate?: bigint;
  readonly userId?: number;
  readonly isAlert?: boolean;
  readonly content?: string | TextValue | null;
  readonly rtf?: string | TextValue | null;
  readonly defects?: readonly ColumnDefect[];
  readonly extra?: ReadonlyMap<string, string | null>;
  readonly line?: number;
}

/** A message of room 40 by principal 5 unless told otherwise. */
export function chat(given: GivenMessage = {}): ChatRow {
  const channelID = given.channelID ?? 40;
  const chatID = BigInt(given.chatID ?? 1);
  return {
    kind: 'chat',
    place: {
      file: 'tblChat.xml',
      line: given.line ?? 1,
      column: 1,
      record: `message ${channelID}#${chatID}`,
    },
    extra: given.extra ?? new Map(),
    defects: given.defects ?? [],
    channelID,
    chatID,
    chatDate: given.chatDate ?? NOON,
    userId: given.userId ?? 5,
    isAlert: given.isAlert ?? false,
    content: given.content === undefined ? TextValue.from('hello') : textOf(given.content),
    rtf: given.rtf === undefined ? null : textOf(given.rtf),
  };
}

function textOf(text: string | TextValue | null): TextValue | null {
  return typeof text === 'string' ? TextValue.from(text) : text;
}

/** A value as it stands escaped in a document. */
export function raw(
  text: string,
  traits = 0,
  form: 'element' | 'attribute' | 'cdata' = 'element',
): TextValue {
  const value = TextValue.from(text);
  value.set(value.bytes, 0, value.end, form, traits);
  return value;
}

/** A carried room with history and a counter of 1000, named `Room<id>`. */
export function roomFacts(channelID: number, more: Partial<RoomFacts> = {}): RoomFacts {
  return {
    channelID,
    state: 'carried',
    guid: guid(channelID),
    name: `Room${channelID}`,
    place: { file: 'tblNode.xml', line: channelID, column: 1, record: `node ${channelID}` },
    decidedBy: null,
    hasAccount: true,
    chatHistory: true,
    categoryName: 'Ops',
    counter: counter(channelID, 1000n),
    ...more,
  };
}

export function counter(nodeID: number, lastChatID: bigint): NonNullable<RoomFacts['counter']> {
  const place = { file: 'tblLastChatId.xml', line: nodeID, column: 1, record: `counter ${nodeID}` };
  return { kind: 'lastChatId', place, extra: new Map(), defects: [], nodeID, lastChatID };
}

/** Rooms 40 and 41 and principals 5 and 6 unless told otherwise. */
export function context(
  given: {
    rooms?: readonly RoomFacts[];
    authors?: readonly number[];
    options?: Partial<TransformOptions>;
  } = {},
): MessageContext {
  const rooms = given.rooms ?? [roomFacts(40), roomFacts(41)];
  return {
    options: { ...DEFAULT_OPTIONS, ...given.options },
    rooms: new Map(rooms.map((room) => [room.channelID, room])),
    authors: new Map(
      (given.authors ?? [5, 6]).map((id) => [
        id,
        { id, guid: Buffer.from(guid(0x100000 + id)), mergedBy: null },
      ]),
    ),
    roomStates: new Map(rooms.filter((room) => room.hasAccount).map((room) => [room.guid, room.state])),
  };
}

/** A message as it was handed to the writer. */
export interface Written {
  readonly key: string;
  readonly date: bigint;
  readonly userId: number;
  readonly alert: boolean;
  readonly content: string;
  readonly rtf: string | null;
}

export interface Carried {
  readonly findings: readonly Finding[];
  readonly written: readonly Written[];
  readonly exceptions: readonly string[];
  readonly fileLinks: readonly { readonly place: FileLinkPlace; readonly text: string }[];
  readonly ledger: LedgerDocument;
  /** `<record> <state> <rule>` of directory rows that were settled. */
  readonly settled: readonly string[];
  readonly lastChatIds: ReadonlyMap<number, bigint>;
  readonly messagesRead: number;
}

export interface Carrying {
  readonly rules: readonly MessageRule[];
  readonly context?: MessageContext;
}

/** Carries messages that all stand in one window. */
export async function carry(rows: Iterable<ChatRow>, carrying: Carrying): Promise<Carried> {
  return await carryWindows([{ rows, windowId: 0 }], carrying);
}

export async function carryWindows(windows: Iterable<MessageWindow>, carrying: Carrying): Promise<Carried> {
  const findings: Finding[] = [];
  const written: Written[] = [];
  const exceptions: string[] = [];
  const fileLinks: { place: FileLinkPlace; text: string }[] = [];
  const ledger = new Ledger();
  const settled: string[] = [];
  const { lastChatIds, messagesRead } = await carryMessages({
    windows: asynchronous(windows),
    rules: carrying.rules,
    context: carrying.context ?? context(),
    ledger,
    report: (finding) => findings.push(finding),
    exceptions: {
      row: ({ table, key, state, rule }: LedgerException) =>
        exceptions.push(`${table} ${key} ${state} ${rule}`),
    },
    fileLinks: { message: (place, text) => fileLinks.push({ place, text }) },
    fates: { settle: (row, state, rule) => settled.push(`${row.place.record} ${state} ${rule}`) },
    output: {
      messages: {
        message: ({ roomId, id, date, userId, alert, content, rtf }) =>
          written.push({
            key: `${roomId}#${id}`,
            date,
            userId,
            alert,
            content: content.toString(),
            rtf: rtf === null ? null : rtf.toString(),
          }),
      },
      flush: async () => undefined,
    },
  });
  ledger.messagesRead(messagesRead);
  return {
    findings,
    written,
    exceptions,
    fileLinks,
    ledger: ledger.toDocument(NO_DIRECTORY),
    settled,
    lastChatIds,
    messagesRead,
  };
}

/** Windows as a reader delivers them. */
export async function* asynchronous<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

/** Values for all of a message's texts in one buffer, as in a reader's window. */
export function inOneBuffer(texts: readonly string[], traits = 0): TextValue[] {
  const bytes = Buffer.from(texts.join('|'), 'utf8');
  let at = 0;
  return texts.map((text) => {
    const value = new TextValue();
    const end = at + Buffer.byteLength(text);
    value.set(bytes, at, end, 'element', traits);
    at = end + 1;
    return value;
  });
}
