import type { MessageRule } from '../messages/message-rule.js';
import { lastChatIdTooLow } from './last-chat-id-too-low.js';
import { messageAfterCutoff } from './message-after-cutoff.js';
import { messageAlert } from './message-alert.js';
import { messageAuthorMissing } from './message-author-missing.js';
import { messageBeforeCutoff } from './message-before-cutoff.js';
import { messageColumnUndecodable } from './message-column-undecodable.js';
import { messageContentForbiddenCharacter } from './message-content-forbidden-character.js';
import { messageContentLoneSurrogate } from './message-content-lone-surrogate.js';
import { messageContentMissing } from './message-content-missing.js';
import { messageDateOutOfOrder } from './message-date-out-of-order.js';
import { messageDateUnusable } from './message-date-unusable.js';
import { messageFileLink } from './message-file-link.js';
import { messageIdDuplicate } from './message-id-duplicate.js';
import { messageInUnloggedRoom } from './message-in-unlogged-room.js';
import { messageRoomExcluded } from './message-room-excluded.js';
import { messageRoomLink } from './message-room-link.js';
import { messageRoomMissing } from './message-room-missing.js';
import { messageRtfPresent } from './message-rtf-present.js';
import { messageStory } from './message-story.js';

/**
 * The message rules in running order. Rules that let a message stay behind come first and those that only look
 * come last, so that what is counted and listed is what is written.
 */
export const MESSAGE_RULES: readonly MessageRule[] = [
  // which messages belong to the package
  messageRoomMissing,
  messageRoomExcluded,
  messageColumnUndecodable,
  messageBeforeCutoff,
  messageAfterCutoff,
  messageIdDuplicate,

  // what a message must have
  messageAuthorMissing,
  messageDateUnusable,
  messageContentMissing,

  // its text; surrogates first, so that no two of them meet when something between them is removed
  messageRtfPresent,
  messageContentLoneSurrogate,
  messageContentForbiddenCharacter,

  // what people should know
  messageDateOutOfOrder,
  messageFileLink,
  messageRoomLink,
  messageInUnloggedRoom,
  messageStory,
  messageAlert,
  lastChatIdTooLow,
];
