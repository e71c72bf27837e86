import { carriedRooms } from '../directory/draft.js';
import { unionOf } from '../directory/inherited-lists.js';
import { labelNode, listIds } from '../directory/label.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # presenter-not-member
 *
 * **Condition.** A presenter of an auditorium is not himself in the room's list of members.
 *
 * **Action.** He is also made a member: the target takes only members as presenters. Membership through a group does
 * not count there. He could read and post in the room before, so he gains nothing.
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
      const isOne = strangers.length === 1;
      const seen = isOne
        ? '1 presenter who is no member'
        : `${strangers.length} presenters who are no members`;
      const did = isOne
        ? `made principal ${strangers[0]} a member`
        : `made principals ${listIds(strangers)} members`;
      voice.say(room.source.place, {
        message: `Unexpected ${seen} in ${labelNode(room)}, expected presenters to be members; ${did}.`,
        seen,
        expected: 'presenters to be members',
        did,
        remedy: 'None needed: they could read and post there before.',
      });
    }
  },
};
