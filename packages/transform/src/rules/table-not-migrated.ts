import { isCarried } from '../directory/draft.js';
import { countOf } from '../directory/label.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # table-not-migrated
 *
 * **Condition.** The export holds rows of tblPrincipalInvites: invitations to rooms that people have not answered yet.
 *
 * **Action.** They are left behind, with one finding that counts them. The server makes invitations on its own from the
 * settings of rooms and categories, and old ones would point users of the old client to rooms they entered long ago.
 * The rows of tblPrincipalType, tblRoleType and tblEnumValue are not written either, but count as carried: every server
 * has its own, and what they mean lives on in each principal, role and room.
 *
 * **Option.** None.
 *
 * **Basis.** G: the migration guide names categories, rooms, their members and messages, no invitations (TechNet
 * JJ205264). O: that they stay behind.
 *
 * **Severity.** note
 *
 * **Remedy.** None needed.
 *
 * **Example.** 2,000 rows of tblPrincipalInvites -> not written, one finding.
 */
export const tableNotMigrated: DirectoryRule = {
  id: 'table-not-migrated',
  severities: ['note'],
  basis: ['G', 'O'],
  option: null,
  apply(draft, _options, voice) {
    const invites = draft.source.principalInvites.filter((row) => isCarried(draft, row));
    if (invites.length === 0) return;
    for (const row of invites) voice.excluded(row);
    const seen = `${countOf(invites.length, 'row')} of tblPrincipalInvites`;
    voice.say(null, {
      message: `Unexpected ${seen}, expected invitations to be made by the target; left ${invites.length === 1 ? 'it' : 'them'} behind.`,
      seen,
      expected: 'invitations made by the target',
      did: `left ${invites.length === 1 ? 'it' : 'them'} behind`,
    });
  },
};
