import type { ScopePrincipalRow } from '@chatferry/export';
import { countOf } from '../directory/label.js';
import { followFate, nodesLeftBehind } from '../directory/left-behind.js';
import { type RowTally, tally } from '../directory/row-tally.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # scope-node-missing
 *
 * **Condition.** A scope row names a node that the export does not hold.
 *
 * **Action.** The row is refused. Entries of a node that was itself refused, or of a room that stays behind, share the
 * fate of that node, without a finding of their own.
 *
 * **Option.** None.
 *
 * **Basis.** S: scopeNodeID is a key of tblNode (database schema, tblScopePrincipal).
 *
 * **Severity.** error (one for each missing node)
 *
 * **Remedy.** Export tblNode and tblScopePrincipal at the same moment, with the services stopped.
 *
 * **Example.** Scope entry of node 900, no node 900 -> the entry is refused.
 */
export const scopeNodeMissing: DirectoryRule = {
  id: 'scope-node-missing',
  severities: ['error'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    const behind = nodesLeftBehind(draft);
    const missing = new Map<number, RowTally<ScopePrincipalRow>>();
    draft.scopes = draft.scopes.filter(({ row, nodeId }) => {
      if (followFate(draft, row, behind.get(nodeId))) return false;
      if (draft.categories.has(nodeId) || draft.rooms.has(nodeId)) return true;
      voice.refused(row);
      tally(missing, nodeId, row);
      return false;
    });
    for (const [id, { first, rows }] of missing) {
      const did = `refused ${countOf(rows, 'scope entry')}`;
      voice.say(first.place, {
        message: `Unexpected node ${id} in tblScopePrincipal, expected a node of the export; ${did}.`,
        seen: `node ${id}`,
        expected: 'a node of the export',
        did,
        remedy: 'Export tblNode and tblScopePrincipal at the same moment.',
      });
    }
  },
};
