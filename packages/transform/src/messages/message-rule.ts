import type { DirectoryRow, Place } from '@chatferry/export';
import type { FileLinkPlace, JsonValue } from '@chatferry/import';
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

/** A rule at work in one pass over the messages. Memory lives in its closure and does not grow with the rooms. */
export interface MessageRun {
  /** Called for every message that earlier rules let pass. Hot: no allocation in the usual case. */
  apply(message: MessageDraft): Ruling;
  /** Called after the last message of each room that has messages; for findings that count. */
  endRoom?(room: RoomFacts): void;
  /** Called after the last room, for findings about several rooms. */
  end?(): void;
  /** What is remembered from one room to the next, for a run that another process goes on with; with `end`, or it must say why not. */
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
