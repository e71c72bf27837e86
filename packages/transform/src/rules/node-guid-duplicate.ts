import type { NodeRow } from '@chatferry/export';
import { labelRow } from '../directory/label.js';
import { ROOT_ID, refusedWith, refuseSubtrees, standingNodes } from '../directory/node-rows.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # node-guid-duplicate
 *
 * **Condition.** Two nodes with different ids have one nodeGuid.
 *
 * **Action.** The later node (in export order; the root is never the later one) is refused with everything below it:
 * room addresses (`ma-chan://…`) and the ledger tell rooms apart by this GUID.
 *
 * **Option.** None.
 *
 * **Basis.** S: database schema, tblNode: nodeGuid identifies the node. O: which of the two stays.
 *
 * **Severity.** error
 *
 * **Remedy.** Find out which node is the true one and correct the other at the source.
 *
 * **Example.** Rooms 5 and 9 with one GUID -> room 9 is refused with its messages.
 */
export const nodeGuidDuplicate: DirectoryRule = {
  id: 'node-guid-duplicate',
  severities: ['error'],
  basis: ['S', 'O'],
  option: null,
  apply(draft, _options, voice) {
    const nodes = standingNodes(draft);
    const firsts = new Map<string, NodeRow>();
    const root = nodes.get(ROOT_ID);
    if (root !== undefined) firsts.set(root.nodeGuid, root);
    const later: NodeRow[] = [];
    for (const row of nodes.values()) {
      const first = firsts.get(row.nodeGuid);
      if (first === undefined) firsts.set(row.nodeGuid, row);
      else if (first !== row) later.push(row);
    }
    const below = refuseSubtrees(draft, voice, later);
    later.forEach((row, index) => {
      const did = refusedWith(below[index] as number);
      voice.say(row.place, {
        message: `Unexpected GUID of ${labelRow(firsts.get(row.nodeGuid) as NodeRow)} on ${labelRow(row)}, expected another; ${did}.`,
        seen: row.nodeGuid,
        expected: 'another nodeGuid',
        did,
        remedy: 'Find out which of the two nodes is the true one and correct the other at the source.',
      });
    });
  },
};
