import type { PrincipalRoleRow } from '@chatferry/export';
import { countOf } from '../directory/label.js';
import { followFate, nodesLeftBehind } from '../directory/left-behind.js';
import { type RowTally, tally } from '../directory/row-tally.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # role-node-missing
 *
 * **Condition.** A role row names a node that the export does not hold.
 *
 * **Action.** The row is refused. Roles of a node that was itself refused, or of a room that stays behind, share the
 * fate of that node, without a finding of their own.
 *
 * **Option.** None.
 *
 * **Basis.** S: prinRoleNodeID is a key of tblNode (database schema, tblPrincipalRole).
 *
 * **Severity.** error (one for each missing node)
 *
 * **Remedy.** Export tblNode and tblPrincipalRole at the same moment, with the services stopped.
 *
 * **Example.** Member 12 of node 900, no node 900 -> the role is refused.
 */
export const roleNodeMissing: DirectoryRule = {
  id: 'role-node-missing',
  severities: ['error'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    const behind = nodesLeftBehind(draft);
    const missing = new Map<number, RowTally<PrincipalRoleRow>>();
    draft.roles = draft.roles.filter(({ row, nodeId }) => {
      if (followFate(draft, row, behind.get(nodeId))) return false;
      if (draft.categories.has(nodeId) || draft.rooms.has(nodeId)) return true;
      voice.refused(row);
      tally(missing, nodeId, row);
      return false;
    });
    for (const [id, { first, rows }] of missing) {
      const did = `refused ${countOf(rows, 'role')}`;
      voice.say(first.place, {
        message: `Unexpected node ${id} in tblPrincipalRole, expected a node of the export; ${did}.`,
        seen: `node ${id}`,
        expected: 'a node of the export',
        did,
        remedy: 'Export tblNode and tblPrincipalRole at the same moment.',
      });
    }
  },
};
