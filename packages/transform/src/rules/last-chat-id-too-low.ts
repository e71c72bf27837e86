import type { MessageRule } from '../messages/message-rule.js';
import { labelRoom } from '../messages/room-count.js';

/**
 * # last-chat-id-too-low
 *
 * **Condition.** The message counter of a room (LastChatId) is missing, or lower than the chatID of a
 * message that is written.
 *
 * **Action.** It is raised to the highest chatID that is written: the server issues the next message the
 * number after the counter, and would else issue one that is taken. A counter that is higher stays.
 *
 * **Option.** None.
 *
 * **Basis.** S: LastChatId table (Lync Server 2010) and tblLastChatId of the target: the sequence from which
 * chatID is issued; (channelId, chatId) is the primary key of messages.
 *
 * **Severity.** note
 *
 * **Remedy.** None is needed.
 *
 * **Example.** Counter 6 in a room whose last message is 7: raised to 7.
 */
export const lastChatIdTooLow: MessageRule = {
  id: 'last-chat-id-too-low',
  severities: ['note'],
  basis: ['S'],
  option: null,
  begin(_context, voice) {
    let highest: bigint | null = null;
    return {
      ordinary: {
        passed(stretch) {
          highest = stretch.lastId;
        },
      },
      apply({ row }) {
        highest = row.chatID;
        return undefined;
      },
      endRoom(room) {
        const id = highest;
        highest = null;
        if (id === null || (room.counter !== null && room.counter.lastChatID >= id)) return;
        const seen =
          room.counter === null ? 'missing message counter' : `message counter ${room.counter.lastChatID}`;
        const where = room.counter?.place ?? room.place;
        voice.say(where, {
          message: `Unexpected ${seen} of ${labelRoom(room)}, expected at least ${id}; raised it to ${id}.`,
          seen,
          expected: `at least ${id}`,
          did: `raised it to ${id}`,
        });
        if (room.counter !== null) voice.changed(room.counter);
      },
    };
  },
};
