import type { ChatRow } from '@chatferry/export';
import type { MessageDraft } from '../messages/message-draft.js';
import { MessageMonths } from '../messages/message-months.js';
import type { MessageRule } from '../messages/message-rule.js';
import { isInstant } from '../messages/ticks.js';

/** Messages as the export holds them, whatever becomes of them. */
export interface MessageTally {
  messages: number;
  /** UTF-8 bytes of content and rtf, decoded. */
  textBytes: number;
  /** Ticks of the latest message with a usable date; null when there is none. */
  last: bigint | null;
}

/** What a survey has counted of a room or an author. JSON can hold it. */
export interface SavedTally {
  readonly of: 'room' | 'author';
  readonly id: number;
  readonly messages: number;
  readonly textBytes: number;
  /** Ticks, decimal. */
  readonly last: string | null;
}

interface OpenTally extends MessageTally {
  isSaved: boolean;
}

const NO_MESSAGES: Readonly<MessageTally> = { messages: 0, textBytes: 0, last: null };

/**
 * Counts messages by room, by author and by month while the message rules work. Memory held: one tally a room, an
 * author and a month; nothing grows with messages.
 */
export class MessageSurvey {
  readonly #rooms = new Map<number, OpenTally>();
  readonly #authors = new Map<number, OpenTally>();
  #rtf = 0;
  /** By month, for the reports. */
  readonly months = new MessageMonths();
  /** The room of the last message, because messages mostly come room by room. */
  #channelID = Number.NaN;
  #room: OpenTally = { ...NO_MESSAGES, isSaved: false };

  /** A rule that looks and never rules; to be put before all others. Each pass counts anew. */
  readonly rule: MessageRule = {
    id: 'message-survey',
    severities: ['note'],
    basis: ['O'],
    option: null,
    begin: () => {
      this.#rooms.clear();
      this.#authors.clear();
      this.#rtf = 0;
      this.months.clear();
      this.#channelID = Number.NaN;
      return {
        ordinary: {
          passed: (passed) => {
            const { messages, textBytes, lastDate } = passed;
            addAll(this.#room, { messages, textBytes, last: lastDate });
            this.months.readAll(passed);
          },
          passedBy: ({ userId, ...written }) => addAll(tallyOf(this.#authors, userId), written),
        },
        apply: (message) => {
          this.#take(message);
          return undefined;
        },
        save: () => this.#rtf,
        restore: (saved) => {
          this.#rtf = saved as number;
        },
      };
    },
  };

  /** Messages with rich text. */
  get rtf(): number {
    return this.#rtf;
  }

  ofRoom(channelID: number): Readonly<MessageTally> {
    return this.#rooms.get(channelID) ?? NO_MESSAGES;
  }

  ofAuthor(userId: number): Readonly<MessageTally> {
    return this.#authors.get(userId) ?? NO_MESSAGES;
  }

  /** Every userId that has messages, ascending. */
  authors(): number[] {
    return [...this.#authors.keys()].sort((a, b) => a - b);
  }

  /** What has changed since the last call, each tally as it is now. */
  *changes(): Generator<SavedTally> {
    for (const [of, tallies] of [['room', this.#rooms] as const, ['author', this.#authors] as const]) {
      for (const [id, tally] of tallies) {
        if (tally.isSaved) continue;
        tally.isSaved = true;
        const { messages, textBytes, last } = tally;
        yield { of, id, messages, textBytes, last: last === null ? null : String(last) };
      }
    }
  }

  /**
   * Takes over what `changes` gave to another process, once the pass has begun; of two for one tally the last counts.
   */
  restore({ of, id, messages, textBytes, last }: SavedTally): void {
    const tally = tallyOf(of === 'room' ? this.#rooms : this.#authors, id);
    Object.assign(tally, { messages, textBytes, last: last === null ? null : BigInt(last), isSaved: true });
  }

  /** Adds what the `changes` of another survey have counted of other messages. */
  add({ of, id, messages, textBytes, last }: SavedTally): void {
    const tally = tallyOf(of === 'room' ? this.#rooms : this.#authors, id);
    addAll(tally, { messages, textBytes, last: last === null ? null : BigInt(last) });
  }

  addRtf(messages: number): void {
    this.#rtf += messages;
  }

  #take(message: MessageDraft): void {
    const { row } = message;
    const bytes = message.textBytesRead;
    this.months.read(row.chatDate);
    if (row.rtf !== null) this.#rtf += 1;
    if (row.defects.length === 0 || isReadable(row, 'channelID')) {
      if (row.channelID !== this.#channelID) {
        this.#channelID = row.channelID;
        this.#room = tallyOf(this.#rooms, row.channelID);
      }
      add(this.#room, row, bytes);
    }
    if (row.defects.length === 0 || isReadable(row, 'userId')) {
      add(tallyOf(this.#authors, row.userId), row, bytes);
    }
  }
}

function isReadable(row: ChatRow, column: string): boolean {
  return !row.defects.some((defect) => defect.column === column);
}

function tallyOf(tallies: Map<number, OpenTally>, key: number): OpenTally {
  let tally = tallies.get(key);
  if (tally === undefined) {
    tally = { ...NO_MESSAGES, isSaved: false };
    tallies.set(key, tally);
  }
  return tally;
}

function addAll(tally: OpenTally, { messages, textBytes, last }: Readonly<MessageTally>): void {
  tally.messages += messages;
  tally.textBytes += textBytes;
  if (last !== null && (tally.last === null || last > tally.last)) tally.last = last;
  tally.isSaved = false;
}

function add(tally: OpenTally, { chatDate }: ChatRow, bytes: number): void {
  tally.messages += 1;
  tally.isSaved = false;
  tally.textBytes += bytes;
  if ((tally.last === null || chatDate > tally.last) && isInstant(chatDate)) tally.last = chatDate;
}
