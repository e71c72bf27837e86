import type { Place } from '@chatferry/export';
import { countOf, quoteName } from '../directory/label.js';
import type { Said } from '../rule.js';
import type { RoomFacts } from './message-context.js';
import type { MessageDraft } from './message-draft.js';
import type { MessageVoice, OrdinaryTerms, Ruling } from './message-rule.js';

/** What a count needs to know of a message. */
export interface CountedMessage {
  readonly room: RoomFacts;
  readonly row: { readonly place: Place };
}

/** What a rule counts, and what it says of a room about it. */
interface RoomCount<Message> {
  /** Given to every message that counts. */
  readonly ruling: Ruling;
  counts(message: Message): boolean;
  /** What makes sure that an ordinary message does not count; without it every message is looked at. */
  readonly ordinary?: OrdinaryTerms;
  /** @param messages `1 message`, `12 messages`. */
  said(messages: string, room: RoomFacts): Said;
}

/** A `MessageRun`, of what needs less of a message. */
interface CountingRun<Message> {
  readonly ordinary?: OrdinaryTerms;
  apply(message: Message): Ruling;
  endRoom(room: RoomFacts): void;
}

/**
 * A run that says one finding a room, with a count, at the place of the room or, when there is no such room, of
 * the first message that counted. Memory held: one count, because messages come room by room.
 */
export function countPerRoom<Message extends CountedMessage = MessageDraft>(
  voice: Pick<MessageVoice, 'say'>,
  rule: RoomCount<Message>,
): CountingRun<Message> {
  let count = 0;
  let firstPlace: Place | null = null;
  return {
    ...(rule.ordinary === undefined ? {} : { ordinary: rule.ordinary }),
    apply(message) {
      if (!rule.counts(message)) return undefined;
      if (count === 0) firstPlace = message.room.place ?? message.row.place;
      count += 1;
      return rule.ruling;
    },
    endRoom(room) {
      if (count === 0) return;
      voice.say(firstPlace, rule.said(countOf(count, 'message'), room));
      count = 0;
    },
  };
}

/** `room 5 "Ops"`. */
export function labelRoom(room: RoomFacts): string {
  return `room ${room.channelID} ${quoteName(room.name)}`;
}
