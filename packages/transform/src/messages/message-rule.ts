import type { DirectoryRow, Place } from '@chatferry/export';
import type { AuthorTally, FileLinkPlace, JsonValue, MessageStretch } from '@chatferry/import';
import type { DirectoryRule, Said } from '../rule.js';
import type { MessageContext, RoomFacts } from './message-context.js';
import type { MessageDraft } from './message-draft.js';

type RuleFacts = Omit<DirectoryRule, 'apply'>;

/** The only way by which a message rule reports. */
export interface MessageVoice {
  /** Reports at a message's or a room's place. */
  say(place: Place | null, said: Said): void;
  /** A directory row lives on with altered content. */
  changed(row: DirectoryRow): void;
  /** Lists the files to which a message's decoded text links. */
  fileLinks(place: FileLinkPlace, text: string): void;
}

/**
 * What a rule decides about a message: `excluded` and `refused` end its way; `changed` says that the draft's
 * author, content or rtf is no longer what was read; nothing lets it pass.
 */
export type Ruling = 'changed' | 'excluded' | 'refused' | undefined;

/**
 * What a rule says in advance of ordinary messages (`OrdinaryMessages` in the import room says which these are): that
 * it lets them all pass without a word, if they fulfil what is asked for here. They then pass many at a time, and
 * `apply` is not called.
 */
export interface OrdinaryTerms {
  /** Dates that are asked for, inclusive; ticks. */
  readonly from?: bigint;
  readonly to?: bigint;
  /** What the decoded text must not hold. */
  readonly markers?: readonly string[];
  /** Whether messages of the room can be ordinary; default: yes. */
  isRoom?(room: RoomFacts): boolean;
  /** Told of what has passed, behind a message that `apply` has seen; for rules that remember the message before. */
  passed?(stretch: Readonly<PassedMessages>): void;
  /** Told who has written what has passed, at the end of a room at the latest. */
  passedBy?(author: AuthorTally): void;
}

/** Ordinary messages of a room that have passed one behind the other. Their ids and dates ascend. */
export type PassedMessages = Omit<MessageStretch, 'records' | 'hashed' | 'isFull'>;

/** A rule at work in one pass over the messages. Memory lives in its closure and does not grow with the rooms. */
export interface MessageRun {
  /** Called for every message that earlier rules let pass. Hot: no allocation in the usual case. */
  apply(message: MessageDraft): Ruling;
  /** Without it every message must come to `apply`, of this rule and of all others. */
  readonly ordinary?: OrdinaryTerms;
  /** Called after the last message of each room that has messages; for findings that count. */
  endRoom?(room: RoomFacts): void;
  /** Called after the last room, for findings about several rooms. */
  end?(): void;
  /**
   * What is remembered from one room to the next, for a run that another process goes on with; with `end`, or it must
   * say why not.
   */
  save?(): JsonValue;
  /** Takes over what `save` gave. */
  restore?(saved: JsonValue): void;
}

/**
 * A rule about messages. Messages come by ascending channelID and chatID, equal ones in file order.
 * Rules run in the order of `rules/messages.ts`.
 */
export interface MessageRule extends RuleFacts {
  /** Begins a pass; null when the options leave the rule nothing to do. */
  begin(context: MessageContext, voice: MessageVoice): MessageRun | null;
}
