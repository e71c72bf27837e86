import type { Check } from '../check.js';

/**
 * # presenter-is-member
 *
 * **Must hold.** Every presenter of an auditorium stands himself in the room's list of members.
 *
 * **Basis.** SDK error PresenterNotInMemList 23; "Setting who can post messages in an auditorium
 * chat room".
 *
 * **Severity.** error
 *
 * **Remedy.** Add the presenter to the members.
 *
 * **Memory.** The members of one room.
 */
export const presenterIsMember: Check = {
  id: 'presenter-is-member',
  severities: ['error'],
  needs: [],
  sees: ['room'],
  begin: ({ directory }) => ({
    directory(say) {
      for (const room of directory.rooms) {
        if (room.type !== 'Auditorium' || room.presenters.length === 0) continue;
        const members = new Set(room.members);
        for (const id of room.presenters) {
          if (members.has(id)) continue;
          say({
            place: directory.placeOf(room),
            message: `Unexpected presenter ${id} of room ${room.id}, expected a member of the room`,
          });
        }
      }
    },
  }),
};
