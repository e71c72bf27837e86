import type { MessageRule } from '../messages/message-rule.js';
import { countPerRoom, labelRoom } from '../messages/room-count.js';
import { isInstant, ticksToText } from '../messages/ticks.js';

/**
 * # message-before-cutoff
 *
 * **Condition.** The chatDate of a message is earlier than the first instant of the plan's date range.
 *
 * **Action.** The message is excluded and counted on its room. A chatDate that is no instant at all is left
 * to `message-date-unusable`.
 *
 * **Option.** `since` (default: no limit): messages before this instant stay behind.
 *
 * **Basis.** G: migration guide (TechNet JJ205264): choose the date up to which content is taken;
 * `Export-CsPersistentChatData -StartDate`.
 *
 * **Severity.** note, one a room, with the count
 *
 * **Remedy.** Change `since` in the plan if these messages are wanted.
 *
 * **Example.** `since` 2010-01-01T00:00:00Z: a message of that very instant is carried, one of the tick
 * before is excluded.
 */
export const messageBeforeCutoff: MessageRule = {
  id: 'message-before-cutoff',
  severities: ['note'],
  basis: ['G'],
  option: 'since',
  begin({ options }, voice) {
    const { since } = options;
    if (since === null) return null;
    return countPerRoom(voice, {
      ruling: 'excluded',
      ordinary: { from: since },
      counts: ({ row }) => row.chatDate < since && isInstant(row.chatDate),
      said: (messages, room) => ({
        message: `Unexpected ${messages} before ${ticksToText(since)} in ${labelRoom(room)}, expected none by the plan; excluded ${messages}.`,
        seen: messages,
        expected: `none before ${ticksToText(since)}`,
        did: `excluded ${messages}`,
      }),
    });
  },
};
