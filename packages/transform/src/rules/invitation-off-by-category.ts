import { carriedRooms } from '../directory/draft.js';
import { labelNode } from '../directory/label.js';
import { ownInvitations } from '../directory/room-invitations.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # invitation-off-by-category
 *
 * **Condition.** A room has invite 1 while invitations of its category are off.
 *
 * **Action.** The room gets False, because the target's rooms can only switch invitations off: people no longer receive
 * invitations when they are added to the room. A value that an ancestor overrules falls under
 * setting-forced-by-category alone.
 *
 * **Option.** None.
 *
 * **Basis.** G: migration guide, "Migration process details", item on invitations: the import warns and sets false.
 *
 * **Severity.** warning
 *
 * **Remedy.** Switch invitations on for the category at the source, and off for the rooms that should not have them.
 *
 * **Example.** Category invite 0, room invite 1 -> room False
 */
export const invitationOffByCategory: DirectoryRule = {
  id: 'invitation-off-by-category',
  severities: ['warning'],
  basis: ['G'],
  option: null,
  apply(draft, options, voice) {
    for (const room of carriedRooms(draft)) {
      if (room.category.invitations || ownInvitations(room, options.forcedSettings) !== true) continue;
      room.invitations = 'False';
      voice.changed(room.source);
      voice.say(room.source.place, {
        message: `Unexpected invite 1 of ${labelNode(room)}, expected 0 or NULL, as category ${room.category.id} has invitations off; set it to False.`,
        seen: 'invite 1',
        expected: '0 or NULL',
        did: 'set it to False',
        remedy:
          'Switch invitations on for the category at the source, off for the rooms that should not have them.',
      });
    }
  },
};
