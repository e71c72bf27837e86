import type { Check } from '../check.js';

/**
 * # message-key-unique
 *
 * **Must hold.** Every room's messages stand together and once, with strictly ascending ids. This is what makes keys
 * unique without remembering them.
 *
 * **Basis.** Database schema, tblChat (primary key channelId, chatId; chatId is issued in sequence).
 *
 * **Severity.** error
 *
 * **Remedy.** Write the package again; the transform sorts messages and refuses duplicates.
 *
 * **Memory.** One id for each room.
 */
export const messageKeyUnique: Check = {
  id: 'message-key-unique',
  severities: ['error'],
  needs: [],
  begin: () => {
    const seen = new Set<number>();
    let roomId = Number.NaN;
    let lastId = 0n;
    return {
      message(message, say) {
        if (message.roomId !== roomId) {
          roomId = message.roomId;
          if (seen.has(roomId)) {
            say({ message: `Unexpected return to room ${roomId}, expected its messages in one place` });
          }
          seen.add(roomId);
        } else if (message.id <= lastId) {
          say({
            message: `Unexpected message ${message.id} after ${lastId} in room ${roomId}, expected a higher id`,
          });
        }
        lastId = message.id;
      },
    };
  },
};
