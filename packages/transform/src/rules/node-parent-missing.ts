import { labelRow } from '../directory/label.js';
import { ROOT_ID, refusedWith, refuseSubtrees, standingNodes } from '../directory/node-rows.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # node-parent-missing
 *
 * **Condition.** A node's parentID is NULL or names no node.
 *
 * **Action.** The node is refused with everything below it, and with their roles, scope entries and messages: without
 * the parent nobody can tell who had access. A node below a refused node falls under that node's rule.
 *
 * **Option.** None.
 *
 * **Basis.** S: database schema, tblNode: parentID is a key of tblNode.
 *
 * **Severity.** error
 *
 * **Remedy.** Export the whole of tblNode; if the parent is gone, move the node at the source.
 *
 * **Example.** Room 12 with parentID 99, no node 99 -> room 12 is refused.
 */
export const nodeParentMissing: DirectoryRule = {
  id: 'node-parent-missing',
  severities: ['error'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    const nodes = standingNodes(draft);
    const orphans = [...nodes.values()].filter(
      (row) => row.nodeID !== ROOT_ID && (row.parentID === null || !nodes.has(row.parentID)),
    );
    const below = refuseSubtrees(draft, voice, orphans);
    orphans.forEach((row, index) => {
      const seen = `parentID ${row.parentID ?? 'NULL'}`;
      const did = refusedWith(below[index] as number);
      voice.say(row.place, {
        message: `Unexpected ${seen} of ${labelRow(row)}, expected the id of a node; ${did}.`,
        seen,
        expected: 'the id of a node',
        did,
        remedy: 'Export the whole of tblNode; if the parent is gone, move the node at the source.',
      });
    });
  },
};
