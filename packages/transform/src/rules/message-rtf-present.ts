import type { MessageRule } from '../messages/message-rule.js';
import { countPerRoom, labelRoom } from '../messages/room-count.js';

/**
 * # message-rtf-present
 *
 * **Condition.** A message has a column rtf that is not NULL.
 *
 * **Action.** The rich text is carried beside the plain text; counted on the room.
 *
 * **Option.** `rtf` (default `carry`): `carry` or `drop`; a message whose rtf is dropped counts as changed.
 *
 * **Basis.** S: the Chat table (Lync Server 2010, gg615031) has no such column; tblChat of the target has,
 * NULL when the client sent none.
 *
 * **Severity.** note, one a room, with the count
 *
 * **Remedy.** None is needed. The column shows that the export comes from a database that was upgraded.
 *
 * **Example.** Three messages of room 40 with rtf: carried, one note.
 */
export const messageRtfPresent: MessageRule = {
  id: 'message-rtf-present',
  severities: ['note'],
  basis: ['S'],
  option: 'rtf',
  begin({ options }, voice) {
    const isDropped = options.rtf === 'drop';
    const did = isDropped ? 'dropped it' : 'carried it';
    const count = countPerRoom(voice, {
      ruling: isDropped ? 'changed' : undefined,
      ordinary: {},
      counts: ({ rtf }) => rtf !== null,
      said: (messages, room) => ({
        message: `Unexpected rtf in ${messages} of ${labelRoom(room)}, expected none in this schema; ${did}.`,
        seen: `rtf in ${messages}`,
        expected: 'none in this schema',
        did,
      }),
    });
    if (!isDropped) return count;
    return {
      ...count,
      apply(message) {
        const ruling = count.apply(message);
        message.rtf = null;
        return ruling;
      },
    };
  },
};
