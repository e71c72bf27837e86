import type { MessageRule } from '../messages/message-rule.js';
import { countPerRoom, labelRoom } from '../messages/room-count.js';

/**
 * # message-room-excluded
 *
 * **Condition.** The room of a message stays behind, because it is disabled or because the plan says so.
 *
 * **Action.** The message is excluded with its room and counted on it.
 *
 * **Option.** None here; the rule that excluded the room has one.
 *
 * **Basis.** O: a message cannot be imported without its room.
 *
 * **Severity.** note, one a room, with the count
 *
 * **Remedy.** Carry the room if its history is wanted: `disabledRooms`, or its line in rooms.csv.
 *
 * **Example.** Room 12 is disabled: its 340 messages are excluded.
 */
export const messageRoomExcluded: MessageRule = {
  id: 'message-room-excluded',
  severities: ['note'],
  basis: ['O'],
  option: null,
  begin(_context, voice) {
    return countPerRoom(voice, {
      ruling: 'excluded',
      ordinary: { isRoom: (room) => room.state !== 'excluded' },
      counts: ({ room }) => room.state === 'excluded',
      said: (messages, room) => ({
        message: `Unexpected ${messages} in ${labelRoom(room)}, expected none in a room excluded by ${room.decidedBy}; excluded ${messages} with it.`,
        seen: messages,
        expected: `none in a room excluded by ${room.decidedBy}`,
        did: `excluded ${messages}`,
      }),
    });
  },
};
