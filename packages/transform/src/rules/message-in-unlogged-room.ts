import { quoteName } from '../directory/label.js';
import type { MessageRule } from '../messages/message-rule.js';
import { countPerRoom, labelRoom } from '../messages/room-count.js';

/**
 * # message-in-unlogged-room
 *
 * **Condition.** A room has messages, and the category in which it will live keeps no chat history.
 *
 * **Action.** The messages are carried: they were written while history was on. In the target no new ones
 * will be kept, and what the server does with the old ones is not documented.
 *
 * **Option.** None.
 *
 * **Basis.** O: chat history is a setting of the category in the target (new features page of Lync Server
 * 2013); nothing is documented for messages that are there already.
 *
 * **Severity.** warning, one a room, with the count
 *
 * **Remedy.** Accept it; or have history on for the category: at the source before a new export, by `categorySettings`
 * where its rooms have it on, or on the target after the import. A room that is excluded in rooms.csv leaves its
 * messages behind.
 *
 * **Example.** Room 40 in category *Ops* with chat history off, 200 messages: carried, one warning.
 */
export const messageInUnloggedRoom: MessageRule = {
  id: 'message-in-unlogged-room',
  severities: ['warning'],
  basis: ['O'],
  option: null,
  begin(_context, voice) {
    return countPerRoom(voice, {
      ruling: undefined,
      ordinary: { isRoom: (room) => room.chatHistory },
      counts: ({ room }) => !room.chatHistory,
      said: (messages, room) => ({
        message: `Unexpected ${messages} in ${labelRoom(room)}, expected none where the category, ${quoteName(room.categoryName)}, keeps no chat history; carried ${messages}.`,
        seen: `${messages} below category ${quoteName(room.categoryName)}`,
        expected: 'no messages where chat history is off',
        did: `carried ${messages}`,
        remedy:
          'Accept it, or switch chat history on for the category: at the source, by categorySettings where its rooms have it on, or on the target after the import.',
      }),
    });
  },
};
