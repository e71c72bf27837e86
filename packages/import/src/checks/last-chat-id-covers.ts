import type { Check } from '../check.js';

/**
 * # last-chat-id-covers
 *
 * **Must hold.** Every room with messages has one counter, at least as high as its highest message id; every counter
 * belongs to a room. Otherwise the server would issue an id that is taken.
 *
 * **Basis.** Database schema, tblLastChatId.
 *
 * **Severity.** error
 *
 * **Remedy.** Write the package again; the transform raises counters that are too low.
 *
 * **Memory.** One counter for each room.
 */
export const lastChatIdCovers: Check = {
  id: 'last-chat-id-covers',
  severities: ['error'],
  needs: ['room', 'lastChatId'],
  sees: ['message'],
  begin: ({ directory, tallies }) => ({
    end(say) {
      const counters = new Map<number, bigint>();
      for (const counter of directory.lastChatIds) {
        const place = directory.placeOf(counter);
        if (counters.has(counter.roomId)) {
          say({ place, message: `Unexpected second counter of room ${counter.roomId}, expected one` });
        } else if (!directory.roomById.has(counter.roomId)) {
          say({
            place,
            message: `Unexpected counter of room ${counter.roomId}, expected a room of the package`,
          });
        }
        counters.set(counter.roomId, counter.id);
      }
      for (const { roomId, highestId } of tallies.tallies.values()) {
        const room = directory.roomById.get(roomId);
        const counter = counters.get(roomId);
        if (room === undefined || highestId === null || (counter !== undefined && counter >= highestId))
          continue;
        say({
          place: directory.placeOf(room),
          message: `Unexpected message counter ${counter ?? 'absent'} of room ${roomId}, expected at least ${highestId}`,
        });
      }
    },
  }),
};
