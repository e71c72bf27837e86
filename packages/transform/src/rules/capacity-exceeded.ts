import { affiliationsOf } from '../directory/affiliations.js';
import { accessEntries, invitations } from '../directory/capacity.js';
import type { DirectoryRule, Voice } from '../rule.js';

const MOST = 2_000_000;

/**
 * # capacity-exceeded
 *
 * **Condition.** The package holds more than 2,000,000 access control entries, or inviting everybody would make more
 * than 2,000,000 invitations. Entries: members of rooms that are not open, presenters of auditoriums, managers of all
 * rooms, a group counting as one. Invitations: for each room that invites, the active users who can enter it: the
 * members, or everybody in scope when the room is open, groups counted by their users.
 *
 * **Action.** Carried. The target was not tested beyond these figures; it slows down.
 *
 * **Option.** None.
 *
 * **Basis.** S: capacity planning for Persistent Chat Server (both figures; the sums are ours and reproduce the page's
 * totals).
 *
 * **Severity.** warning
 *
 * **Remedy.** Use groups in place of users in member lists, turn invitations off where rooms are large, exclude dead
 * rooms.
 *
 * **Example.** 50,000 rooms with 60 members each -> a warning about 3,000,000 entries.
 */
export const capacityExceeded: DirectoryRule = {
  id: 'capacity-exceeded',
  severities: ['warning'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    const entries = accessEntries(draft);
    if (entries > MOST) sayTooMany(`${entries} access control entries`, voice);
    const invited = invitations(draft, affiliationsOf(draft), MOST);
    if (invited > MOST) sayTooMany(`more than ${MOST} invitations`, voice);
  },
};

function sayTooMany(seen: string, voice: Voice): void {
  voice.say(null, {
    message: `Unexpected ${seen} in the package, expected at most ${MOST}; carried them.`,
    seen,
    expected: `at most ${MOST}`,
    did: 'carried them',
    remedy: 'Use groups in member lists, turn invitations off in large rooms, or exclude dead rooms.',
  });
}
