import type { MessageRule } from '../messages/message-rule.js';
import { countPerRoom, labelRoom } from '../messages/room-count.js';

/**
 * # message-alert
 *
 * **Condition.** A message is an alert: of high importance (isAlert = 1).
 *
 * **Action.** It is carried as an alert. Counted on the room, so that the numbers can be compared after the
 * import.
 *
 * **Option.** None.
 *
 * **Basis.** S: Chat table (Lync Server 2010, gg615031), and tblChat of the target: isAlert is a bit with
 * the same meaning.
 *
 * **Severity.** note, one a room, with the count
 *
 * **Remedy.** None is needed.
 *
 * **Example.** Five alerts in room 40: carried, one note that counts 5.
 */
export const messageAlert: MessageRule = {
  id: 'message-alert',
  severities: ['note'],
  basis: ['S'],
  option: null,
  begin(_context, voice) {
    return countPerRoom(voice, {
      ruling: undefined,
      ordinary: {},
      counts: ({ row }) => row.isAlert,
      said: (messages, room) => ({
        message: `Unexpected high importance in ${messages} of ${labelRoom(room)}, expected either kind; carried it.`,
        seen: `high importance in ${messages}`,
        expected: 'either kind',
        did: 'carried it',
      }),
    });
  },
};
