import type { Check } from '../check.js';

/**
 * # add-in-resolves
 *
 * **Must hold.** The add-in of a room is in the package.
 *
 * **Basis.** Database schema, tblNode.siopID refers to tblSiopWhiteList.
 *
 * **Severity.** error
 *
 * **Remedy.** Carry the add-in too, or drop the room's link to it.
 *
 * **Memory.** Nothing beyond the directory.
 */
export const addInResolves: Check = {
  id: 'add-in-resolves',
  severities: ['error'],
  needs: ['addIn'],
  sees: ['room'],
  begin: ({ directory }) => ({
    directory(say) {
      for (const room of directory.rooms) {
        if (room.addInId === null || directory.addInById.has(room.addInId)) continue;
        say({
          place: directory.placeOf(room),
          message: `Unexpected add-in ${room.addInId} of room ${room.id}, expected an add-in of the package`,
        });
      }
    },
  }),
};
