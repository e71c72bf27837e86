import type { PrincipalRoleRow } from '@chatferry/export';
import { countOf } from '../directory/label.js';
import { followFate, principalsLeftBehind } from '../directory/left-behind.js';
import { type RowTally, tally } from '../directory/row-tally.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # role-principal-missing
 *
 * **Condition.** A role row names a principal that the export does not hold.
 *
 * **Action.** The row is refused: nobody can tell who lost the role. Roles of a principal that was itself refused are
 * refused under that principal's rule, without a finding of their own.
 *
 * **Option.** None.
 *
 * **Basis.** S: prinRolePrinID is a key of tblPrincipal (database schema, tblPrincipalRole).
 *
 * **Severity.** error (one for each missing principal)
 *
 * **Remedy.** Export tblPrincipal and tblPrincipalRole at the same moment, with the services stopped.
 *
 * **Example.** Member 900 of room 7, no principal 900 -> the role is refused.
 */
export const rolePrincipalMissing: DirectoryRule = {
  id: 'role-principal-missing',
  severities: ['error'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    const behind = principalsLeftBehind(draft);
    const missing = new Map<number, RowTally<PrincipalRoleRow>>();
    draft.roles = draft.roles.filter(({ row, principalId }) => {
      if (draft.principals.has(principalId)) return true;
      if (followFate(draft, row, behind.get(principalId))) return false;
      voice.refused(row);
      tally(missing, principalId, row);
      return false;
    });
    for (const [id, { first, rows }] of missing) {
      const did = `refused ${countOf(rows, 'role')}`;
      voice.say(first.place, {
        message: `Unexpected principal ${id} in tblPrincipalRole, expected a principal of the export; ${did}.`,
        seen: `principal ${id}`,
        expected: 'a principal of the export',
        did,
        remedy: 'Export tblPrincipal and tblPrincipalRole at the same moment.',
      });
    }
  },
};
