import { carriedRooms } from '../directory/draft.js';
import { labelNode } from '../directory/label.js';
import { ownInvitations } from '../directory/room-invitations.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # invitation-inherits
 *
 * **Condition.** A room's invite is NULL or 0, or 1 in a category with invitations on.
 *
 * **Action.** NULL becomes Inherit and 0 becomes False, which mean the same and are not reported. 1 becomes Inherit,
 * because the target's rooms have no value On: nothing changes for people as long as the category's invitations stay
 * on.
 *
 * **Option.** None.
 *
 * **Basis.** G: migration guide, "Migration process details", item on invitations. S: cmdlet help,
 * Set-CsPersistentChatRoom: rooms are False or Inherit.
 *
 * **Severity.** note
 *
 * **Remedy.** None needed.
 *
 * **Example.** Category invite 1, room invite 1 -> room Inherit
 */
export const invitationInherits: DirectoryRule = {
  id: 'invitation-inherits',
  severities: ['note'],
  basis: ['G', 'S'],
  option: null,
  apply(draft, options, voice) {
    for (const room of carriedRooms(draft)) {
      const own = ownInvitations(room, options.forcedSettings);
      if (own === true && !room.category.invitations) continue;
      room.invitations = own === false ? 'False' : 'Inherit';
      if (own !== true) continue;
      voice.changed(room.source);
      voice.say(room.source.place, {
        message: `Unexpected invite 1 of ${labelNode(room)}, expected 0 or NULL; set it to Inherit from category ${room.category.id}, which has invitations on.`,
        seen: 'invite 1',
        expected: '0 or NULL',
        did: 'set it to Inherit',
      });
    }
  },
};
