import type { MessageRule } from '../messages/message-rule.js';
import { countPerRoom, labelRoom } from '../messages/room-count.js';

/**
 * # message-date-out-of-order
 *
 * **Condition.** A message is earlier than the message with the next lower chatID in its room.
 *
 * **Action.** It is carried as it is: chatID defines the order in the room, the date is what the server's
 * clock said. Counted on the room.
 *
 * **Option.** None.
 *
 * **Basis.** O: Chat table (Lync Server 2010, gg615031): chatID defines the order of messages in a room;
 * nothing is said of chatDate.
 *
 * **Severity.** note, one a room, with the count
 *
 * **Remedy.** None is needed. Many such messages in all rooms point to clocks of several servers that
 * disagreed.
 *
 * **Example.** 40#7 of 10:00:05 and 40#8 of 10:00:02: both carried in this order, one counted.
 */
export const messageDateOutOfOrder: MessageRule = {
  id: 'message-date-out-of-order',
  severities: ['note'],
  basis: ['O'],
  option: null,
  begin(_context, voice) {
    let previous = 0n;
    const count = countPerRoom(voice, {
      ruling: undefined,
      counts({ row }) {
        const isEarlier = row.chatDate < previous;
        previous = row.chatDate;
        return isEarlier;
      },
      said: (messages, room) => ({
        message: `Unexpected ${messages} earlier than the message before in ${labelRoom(room)}, expected dates to ascend with chatID; carried ${messages} with the dates as they are.`,
        seen: `${messages} earlier than the message before`,
        expected: 'dates to ascend with chatID',
        did: `carried ${messages} with the dates as they are`,
      }),
    });
    return {
      ordinary: {
        passed(stretch) {
          previous = stretch.lastDate;
        },
      },
      apply: count.apply,
      endRoom(room) {
        count.endRoom?.(room);
        previous = 0n;
      },
    };
  },
};
