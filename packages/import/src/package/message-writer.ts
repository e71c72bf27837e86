import { Buffer } from 'node:buffer';
import { ByteSink, RunFailure, TextValue } from '@chatferry/export';
import type { Layout } from '../layout/layout.js';
import type { TargetMessage } from '../target-record.js';
import { escapeAttributeInto } from './attribute-escape.js';
import { appendBigInt, appendInteger } from './decimal.js';
import { compileSteps, type MessageStep, STEP } from './message-steps.js';
import { XML_DECLARATION } from './xml-element.js';

/** Where the documents of the messages begin and end. */
export interface MessageDocuments {
  /** Whether the current document is as large as it may be; asked before each room. */
  isFull(): boolean;
  /** The sink holds a whole document (or the rest of one); what follows belongs to the next. */
  next(): void;
}

/** Where a writer stands between two messages. JSON can hold it. */
export interface MessageWriterState {
  /** The room whose element is open; null when none is. */
  readonly roomId: number | null;
  readonly isFresh: boolean;
}

/** All of a message that what stands around a room's messages may show. */
const ROOM_ONLY: TargetMessage = {
  kind: 'message',
  roomId: 0,
  id: 0n,
  date: 0n,
  userId: 0,
  alert: false,
  content: TextValue.from(''),
  rtf: null,
};

const ONE_DOCUMENT: MessageDocuments = { isFull: () => false, next: () => undefined };

/**
 * Writes `Messages.xml` by the layout into a sink: call `message` for every message, all messages of a room one after
 * another, then `end`. The bytes equal what xmlbuilder2 writes through `serialiseElement`; text in canonical form is
 * copied as it stands. The caller empties the sink between messages whenever it likes.
 *
 * Memory held: the literals of the layout, one decoded text, one number for each room written.
 */
export class MessageWriter {
  readonly #sink: ByteSink;
  readonly #documents: MessageDocuments;
  readonly #scratch = new ByteSink(1 << 12);
  readonly #roomSteps: readonly MessageStep[];
  readonly #messageSteps: readonly MessageStep[];
  readonly #head: Buffer;
  readonly #openList: Buffer;
  readonly #closeRoom: Buffer;
  readonly #emptyTail: Buffer;
  readonly #tail: Buffer;
  readonly #seenRooms = new Set<number>();
  #roomId: number | null = null;
  #state: 'fresh' | 'open' | 'ended' = 'fresh';

  constructor(layout: Layout, sink: ByteSink, documents: MessageDocuments = ONE_DOCUMENT) {
    const document = layout.documents.find(({ kind }) => kind === 'message');
    if (!document?.group) throw new TypeError('The layout has no document for messages.');
    const { path, group, record } = document;
    const list = path.at(-1) ?? '';
    const outer = path.slice(0, -1);
    const close = [...outer]
      .reverse()
      .map((name) => `</${name}>`)
      .join('');
    this.#sink = sink;
    this.#documents = documents;
    this.#head = Buffer.from(XML_DECLARATION + outer.map((name) => `<${name}>`).join(''));
    this.#openList = Buffer.from(`<${list}>`);
    this.#roomSteps = compileSteps({ ...group, children: [], tail: '' });
    this.#messageSteps = compileSteps({ ...record, tail: `</${record.name}>` });
    this.#closeRoom = Buffer.from(`</${group.name}>`);
    this.#emptyTail = Buffer.from(`<${list}/>${close}`);
    this.#tail = Buffer.from(`</${list}>${close}`);
  }

  /**
   * Appends one message; opens its room's element when the room changes. The text may change after the call.
   *
   * @throws RunFailure `bug` when a room comes twice or a text still holds a character that XML 1.0 forbids.
   */
  message(message: TargetMessage): void {
    if (message.roomId !== this.#roomId) this.#beginRoom(message);
    if (message.content.isForbidden || message.rtf?.isForbidden) throw forbiddenCharacter(message);
    const steps = this.#messageSteps;
    for (let i = 0; i < steps.length; i++) this.#write(steps[i] as MessageStep, message);
  }

  /**
   * Appends messages of a room as another writer with the same layout has written them, whole or in pieces; opens the
   * room's element when the room changes.
   *
   * @throws RunFailure `bug` when a room comes twice.
   */
  records(roomId: number, bytes: Buffer): void {
    if (roomId !== this.#roomId) this.#beginRoom({ ...ROOM_ONLY, roomId });
    this.#literal(bytes);
  }

  state(): MessageWriterState {
    return { roomId: this.#roomId, isFresh: this.#state === 'fresh' };
  }

  /** Goes on where another writer stopped. @param rooms that have been written. */
  resume({ roomId, isFresh }: MessageWriterState, rooms: Iterable<number>): void {
    this.#roomId = roomId;
    this.#state = isFresh ? 'fresh' : 'open';
    for (const room of rooms) this.#seenRooms.add(room);
  }

  /** Closes the last document; without any message it holds an empty list. */
  end(): void {
    if (this.#state === 'fresh') this.#literal(this.#head);
    this.#closeDocument();
    this.#state = 'ended';
  }

  #beginRoom(message: TargetMessage): void {
    if (this.#state === 'ended') throw new TypeError('The messages have ended.');
    if (this.#seenRooms.has(message.roomId)) throw roomTwice(message.roomId);
    this.#seenRooms.add(message.roomId);
    if (this.#state === 'open' && this.#documents.isFull()) {
      this.#closeDocument();
      this.#documents.next();
      this.#state = 'fresh';
    }
    if (this.#state === 'fresh') {
      this.#literal(this.#head);
      this.#literal(this.#openList);
      this.#state = 'open';
    }
    if (this.#roomId !== null) this.#literal(this.#closeRoom);
    this.#roomId = message.roomId;
    for (const step of this.#roomSteps) this.#write(step, message);
  }

  #closeDocument(): void {
    if (this.#roomId !== null) this.#literal(this.#closeRoom);
    this.#roomId = null;
    this.#literal(this.#state === 'open' ? this.#tail : this.#emptyTail);
  }

  #literal(bytes: Buffer): void {
    this.#sink.copy(bytes, 0, bytes.length);
  }

  #write(step: MessageStep, message: TargetMessage): void {
    // rtf is the only field of a message that may be NULL.
    if (step.isOptional && message.rtf === null) return;
    this.#literal(step.before);
    switch (step.value) {
      case STEP.NOTHING:
        return;
      case STEP.ROOM_ID:
        appendInteger(this.#sink, message.roomId);
        break;
      case STEP.ID:
        this.#long(message.id, message.digits?.id);
        break;
      case STEP.DATE:
        this.#long(message.date, message.digits?.date);
        break;
      case STEP.USER_ID:
        appendInteger(this.#sink, message.userId);
        break;
      case STEP.ALERT:
        this.#sink.byte(message.alert ? 0x31 : 0x30);
        break;
      case STEP.CONTENT:
        this.#text(message.content, step.isAttribute);
        break;
      case STEP.RTF:
        if (message.rtf !== null) this.#text(message.rtf, step.isAttribute);
        break;
    }
    if (step.isOptional) this.#literal(step.after);
  }

  #long(value: bigint, digits: TextValue | undefined): void {
    if (digits === undefined) appendBigInt(this.#sink, value);
    else this.#sink.copy(digits.bytes, digits.start, digits.end);
  }

  #text(text: TextValue, isAttribute: boolean): void {
    if (!isAttribute) {
      text.appendEscaped(this.#sink, this.#scratch);
      return;
    }
    this.#scratch.clear();
    text.appendDecoded(this.#scratch);
    escapeAttributeInto(this.#sink, this.#scratch.bytes, this.#scratch.length);
  }
}

function roomTwice(roomId: number): RunFailure {
  return new RunFailure(
    'bug',
    `The messages of room ${roomId} came in two pieces.`,
    'Report this: messages must reach the package writer sorted by room.',
  );
}

function forbiddenCharacter(message: TargetMessage): RunFailure {
  return new RunFailure(
    'bug',
    `Message ${message.roomId}#${message.id} holds a character that XML 1.0 forbids.`,
    'Report this: a rule should have replaced the character before it reached the package.',
  );
}
