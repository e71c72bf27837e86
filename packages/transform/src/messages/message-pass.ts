import { Buffer } from 'node:buffer';
import { type ChatRow, type HeldMessages, TextValue } from '@chatferry/export';
import type { JsonValue, TargetMessage } from '@chatferry/import';
import type { Ledger } from '../ledger/ledger.js';
import type { LedgerException } from '../ledger/ledger-exceptions.js';
import type { HashedMessage } from '../ledger/message-digest.js';
import type { RoomLedger } from '../ledger/room-ledger.js';
import {
  type AuthorFacts,
  type MessageContext,
  missingRoom,
  type RoomFacts,
  UNREADABLE_ROOM,
} from './message-context.js';
import { MessageDraft } from './message-draft.js';
import type { MessageRule, PassedMessages } from './message-rule.js';
import { OrderBroken } from './message-window.js';
import { admitOrdinary, type OrdinaryMessages, type StretchOutput } from './ordinary-messages.js';
import { RuleRuns, type RuleSinks } from './rule-runs.js';

/** Where the outcome of a pass goes. */
export interface PassSinks extends RuleSinks {
  readonly ledger: Ledger;
  /** Receives every message that is not simply carried, with what the rules left of it; valid during the call. */
  readonly exceptions: { row(exception: LedgerException, message: MessageDraft): void };
  /** Receives the messages that are written, by ascending room and id. Texts are valid during the call. */
  readonly messages: { message(message: TargetMessage): void };
  /** Where messages go that pass many at a time; none do without it. */
  readonly stretches?: StretchOutput | null;
  /** For a pass that does not carry the messages of all rooms. */
  readonly turns?: RoomTurns | null;
}

/** Says whose turn it is. Other messages are counted, and hold the order, and that is all. */
export interface RoomTurns {
  /** Whether the messages that come now are to be carried; also those that belong to no room. */
  readonly isOwn: boolean;
  /** The messages that follow are those of another room; the one before has ended. */
  begin(channelID: number): void;
}

/** A pass between two rooms, beside what stands in the ledger. JSON can hold it. */
export interface PassState {
  /** Messages taken. */
  readonly messages: number;
  /** The last room; null when there was none. */
  readonly channelID: number | null;
  readonly rules: Readonly<Record<string, JsonValue>>;
}

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };

/**
 * One pass over the messages: each is judged by the rules, settled in the ledger in exactly one state and, when it
 * lives, hashed and written. Memory held: one draft, the rules' memory, one id a room.
 */
export class MessagePass {
  /** Highest chatID written, by room. */
  readonly highestIds = new Map<number, bigint>();
  readonly runs: RuleRuns;
  /** Messages taken. */
  count = 0;
  readonly #context: MessageContext;
  readonly #sinks: PassSinks;
  readonly #turns: RoomTurns | null;
  readonly #draft = new MessageDraft();
  #room: RoomFacts | null = null;
  #isRoomEnded = false;
  #account: RoomLedger | null = null;
  #lastId: bigint | null = null;
  readonly #ordinary: OrdinaryMessages | null;
  #isOrdinaryRoom = false;
  /** Whether all rules have seen the last message, so that others may pass behind it. */
  #isWritten = false;
  readonly #written: Mutable<TargetMessage> = emptyMessage();
  readonly #hashed: Mutable<HashedMessage> = emptyHashedMessage();

  constructor(rules: readonly MessageRule[], context: MessageContext, sinks: PassSinks) {
    this.#context = context;
    this.#sinks = sinks;
    this.#turns = sinks.turns ?? null;
    this.runs = new RuleRuns(rules, context, sinks);
    const { stretches = null } = sinks;
    this.#ordinary = stretches === null ? null : admitOrdinary(this.runs.terms, stretches);
  }

  /** @param windowId of the window that the following rows stand in. */
  beginWindow(windowId: number): void {
    this.#draft.windowId = windowId;
  }

  /** @throws OrderBroken before anything of the row is settled. */
  take(row: ChatRow): void {
    const isPlaced = row.defects.length === 0 || !hasDefect(row, 'channelID');
    if (isPlaced) this.#placeInOrder(row);
    this.count += 1;
    this.#isWritten = false;
    if (this.#turns !== null && !this.#turns.isOwn) return;
    const room = isPlaced ? (this.#room as RoomFacts) : UNREADABLE_ROOM;
    const account = isPlaced ? (this.#account as RoomLedger) : accountOf(this.#sinks.ledger, room);

    const draft = this.#draft;
    draft.begin(row, room, this.#context.authors.get(row.userId) ?? null);
    const state = this.runs.judge(draft);
    const { rule } = this.runs;
    if (rule === null || state === 'carried' || state === 'changed') {
      this.#write(account, rule ?? draft.author?.mergedBy ?? null);
      return;
    }
    account[state](rule, draft.textBytesRead);
    this.#sinks.exceptions.row(exceptionOf(row, state, rule), draft);
  }

  /** Whether ordinary messages may pass behind the last one, by `takeHeld`. */
  get mayTakeHeld(): boolean {
    return this.#isWritten && this.#isOrdinaryRoom;
  }

  /** Takes ordinary messages behind the last one, all at once; returns how many. @param passed told of their dates. */
  takeHeld(held: HeldMessages, passed: (dates: PassedMessages) => void): number {
    const { row, room } = this.#draft;
    const account = this.#account;
    if (!this.mayTakeHeld || this.#ordinary === null || account === null) return 0;
    const last = { roomId: room.channelID, id: row.chatID, date: row.chatDate };
    const taken = this.#ordinary.take(held, last, (stretch) => {
      account.carriedAll(stretch);
      account.hashMessages(stretch.hashed, stretch.messages);
      passed(stretch);
    });
    if (taken === 0) return 0;
    this.count += taken;
    this.#lastId = last.id;
    this.highestIds.set(room.channelID, last.id);
    return taken;
  }

  /** Whether the row begins another room, so that all before it can be settled. */
  beginsRoom(row: ChatRow): boolean {
    if (row.defects.length > 0 && hasDefect(row, 'channelID')) return false;
    return this.#room !== null && row.channelID > this.#room.channelID;
  }

  /** Settles all messages so far, after the last one of a room. */
  save(): PassState {
    this.#endRoom();
    return { messages: this.count, channelID: this.#room?.channelID ?? null, rules: this.runs.save() };
  }

  /** Goes on where another pass was saved, whose ledger has been restored. */
  resume({ messages, channelID, rules }: PassState): void {
    this.count = messages;
    this.#room = channelID === null ? null : this.#roomOf(channelID);
    this.#isRoomEnded = true;
    for (const [id, highest] of highestIdsIn(this.#sinks.ledger, this.#context)) {
      this.highestIds.set(id, highest);
    }
    this.runs.restore(rules);
    this.#sinks.ledger.forgetChanges();
  }

  /** Ends the last room, and the rules. */
  end(): void {
    this.#endRoom();
    this.#room = null;
    this.runs.end();
  }

  #placeInOrder(row: ChatRow): void {
    const room = this.#room;
    const isReadable = row.defects.length === 0 || !hasDefect(row, 'chatID');
    if (room !== null && row.channelID === room.channelID) {
      if (!isReadable) return;
      if (this.#lastId !== null && row.chatID < this.#lastId) throw new OrderBroken();
      this.#lastId = row.chatID;
      return;
    }
    if (room !== null) {
      if (row.channelID < room.channelID) throw new OrderBroken();
      this.#endRoom();
    }
    const next = this.#roomOf(row.channelID);
    this.#room = next;
    this.#isRoomEnded = false;
    this.#turns?.begin(next.channelID);
    this.#account = this.#turns?.isOwn === false ? null : accountOf(this.#sinks.ledger, next);
    this.#lastId = isReadable ? row.chatID : null;
    this.#isOrdinaryRoom = this.#ordinary?.isRoom(next) ?? false;
  }

  #roomOf(channelID: number): RoomFacts {
    return this.#context.rooms.get(channelID) ?? missingRoom(channelID);
  }

  #endRoom(): void {
    if (this.#room === null || this.#isRoomEnded) return;
    this.#isRoomEnded = true;
    this.#ordinary?.writer.tellAll();
    this.runs.endRoom(this.#room);
    this.#account?.endMessages();
  }

  /** @param changedBy null when the message is simply carried. */
  #write(account: RoomLedger, changedBy: string | null): void {
    const draft = this.#draft;
    const { row, room, text } = draft;
    const author = draft.author as AuthorFacts;
    if (changedBy === null) {
      account.carried(row.chatID, row.chatDate, draft.textBytes);
    } else {
      const sizes = { bytesRead: draft.textBytesRead, bytesWritten: draft.textBytes };
      account.changed(changedBy, { id: row.chatID, date: row.chatDate }, sizes);
      const { changedFields: fields } = draft;
      this.#sinks.exceptions.row({ ...exceptionOf(row, 'changed', changedBy), fields }, draft);
    }
    const hashed = this.#hashed;
    hashed.id = row.chatID;
    hashed.date = row.chatDate;
    hashed.authorGuid = author.guid;
    hashed.alert = row.isAlert;
    hashed.content = text;
    hashed.rtf = draft.rtfText;
    hashed.digits = row.digits ?? null;
    account.hashMessage(hashed);

    const written = this.#written;
    written.roomId = room.channelID;
    written.id = row.chatID;
    written.date = row.chatDate;
    written.userId = author.id;
    written.alert = row.isAlert;
    written.content = draft.writableContent;
    written.rtf = draft.rtf;
    written.digits = row.digits ?? null;
    this.#sinks.messages.message(written);
    this.highestIds.set(room.channelID, row.chatID);
    this.#isWritten = true;
    if (changedBy === null)
      this.#ordinary?.writer.know({ userId: row.userId, id: author.id, guid: author.guid });
  }
}

/** The ledger's account for the messages of a room. */
export function accountOf(ledger: Ledger, room: RoomFacts): RoomLedger {
  return room.hasAccount ? ledger.room(room.guid, room.name) : ledger.unplaced(room.channelID);
}

/** The highest chatID written, by room, of the rooms that have any. */
export function highestIdsIn(ledger: Ledger, { rooms }: MessageContext): Map<number, bigint> {
  const highestIds = new Map<number, bigint>();
  for (const room of rooms.values()) {
    const highest = room.hasAccount ? accountOf(ledger, room).highestId : null;
    if (highest !== null) highestIds.set(room.channelID, highest);
  }
  return highestIds;
}

function exceptionOf(row: ChatRow, state: LedgerException['state'], rule: string): LedgerException {
  return { table: 'tblChat', key: `${row.channelID}#${row.chatID}`, place: row.place, state, rule };
}

function hasDefect(row: ChatRow, column: string): boolean {
  return row.defects.some((defect) => defect.column === column);
}

function emptyMessage(): Mutable<TargetMessage> {
  return {
    kind: 'message',
    roomId: 0,
    id: 0n,
    date: 0n,
    userId: 0,
    alert: false,
    content: TextValue.from(''),
    rtf: null,
  };
}

function emptyHashedMessage(): Mutable<HashedMessage> {
  return { id: 0n, date: 0n, authorGuid: Buffer.alloc(0), alert: false, content: TextValue.from('') };
}
