import type { MessageRule } from '../messages/message-rule.js';
import { countPerRoom, labelRoom } from '../messages/room-count.js';
import { isInstant, ticksToText } from '../messages/ticks.js';

/**
 * # message-after-cutoff
 *
 * **Condition.** The chatDate of a message is at or later than the last instant of the plan's date range.
 *
 * **Action.** The message is excluded and counted on its room. A chatDate that is no instant at all is left
 * to `message-date-unusable`.
 *
 * **Option.** `until` (default: no limit): messages at or after this instant stay behind.
 *
 * **Basis.** G: migration guide (TechNet JJ205264): content is taken by date; the upper limit serves a first
 * run before the weekend of the move.
 *
 * **Severity.** note, one a room, with the count
 *
 * **Remedy.** Change `until` in the plan if these messages are wanted.
 *
 * **Example.** `until` 2013-01-01T00:00:00Z: a message of that very instant is excluded, one of the tick
 * before is carried.
 */
export const messageAfterCutoff: MessageRule = {
  id: 'message-after-cutoff',
  severities: ['note'],
  basis: ['G'],
  option: 'until',
  begin({ options }, voice) {
    const { until } = options;
    if (until === null) return null;
    return countPerRoom(voice, {
      ruling: 'excluded',
      ordinary: { to: until - 1n },
      counts: ({ row }) => row.chatDate >= until && isInstant(row.chatDate),
      said: (messages, room) => ({
        message: `Unexpected ${messages} at or after ${ticksToText(until)} in ${labelRoom(room)}, expected none by the plan; excluded ${messages}.`,
        seen: messages,
        expected: `none at or after ${ticksToText(until)}`,
        did: `excluded ${messages}`,
      }),
    });
  },
};
