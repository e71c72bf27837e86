import { carriedRooms } from '../directory/draft.js';
import { unionOf } from '../directory/inherited-lists.js';
import { countOf, labelNode, listIds } from '../directory/label.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # presenter-not-member
 *
 * **Condition.** A presenter of an auditorium is not himself in the room's list of members.
 *
 * **Action.** He is also made a member: the target takes only members as presenters. Membership through a group does not
 * count there. He could read and post in the room before, so he gains nothing.
 *
 * **Option.** None.
 *
 * **Basis.** S: PresenterNotInMemList, error 23 of the Persistent Chat SDK.
 *
 * **Severity.** warning (one for each room)
 *
 * **Remedy.** None needed.
 *
 * **Example.** Auditorium 7 with presenter 12, members {group 30} -> members {12, group 30}.
 */
export const presenterNotMember: DirectoryRule = {
  id: 'presenter-not-member',
  severities: ['warning'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    for (const room of carriedRooms(draft)) {
      const strangers = [...room.presenters].filter((id) => !room.members.has(id));
      if (strangers.length === 0) continue;
      room.members = unionOf(room.members, new Set(strangers));
      const seen = `${countOf(strangers.length, 'presenter')} who are no members`;
      voice.say(room.source.place, {
        message: `Unexpected ${seen} in ${labelNode(room)}, expected presenters to be members; made members of ${listIds(strangers)}.`,
        seen,
        expected: 'presenters to be members',
        did: `made members of principals ${listIds(strangers)}`,
      });
    }
  },
};
