import type { NodeRow } from '@chatferry/export';
import { labelRow, listIds } from '../directory/label.js';
import {
  childrenByParent,
  ROOT_ID,
  refuseSubtrees,
  rowsBelow,
  standingNodes,
} from '../directory/node-rows.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # node-parent-cycle
 *
 * **Condition.** Following the parents of a node leads back to the node; the root, its own parent, is the only
 * exception.
 *
 * **Action.** The nodes of the cycle and everything below them are refused with their roles, scope entries and
 * messages: they hang on nothing, so what they inherit cannot be told. One finding a cycle, at its lowest node id.
 *
 * **Option.** None.
 *
 * **Basis.** S: database schema, tblNode: a tree whose root alone is its own parent.
 *
 * **Severity.** error
 *
 * **Remedy.** Give one node of the cycle its true parent at the source.
 *
 * **Example.** Category 5 with parent 6, category 6 with parent 5 -> both refused, and the rooms in them.
 */
export const nodeParentCycle: DirectoryRule = {
  id: 'node-parent-cycle',
  severities: ['error'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    const nodes = standingNodes(draft);
    const cycles = findCycles(nodes);
    const members = cycles.flat();
    const below = refuseSubtrees(draft, voice, members);
    const belowOf = new Map(members.map((row, index) => [row, below[index] as number]));
    for (const cycle of cycles) {
      const lowest = cycle.reduce((a, b) => (b.nodeID < a.nodeID ? b : a));
      const seen = `cycle of nodes ${listIds(cycle.map((row) => row.nodeID))}`;
      const count = cycle.reduce((sum, row) => sum + (belowOf.get(row) as number), 0);
      const did = `refused the nodes of the cycle (${cycle.length}) and those below them (${count})`;
      voice.say(lowest.place, {
        message: `Unexpected ${seen} at ${labelRow(lowest)}, expected parents that lead to the root; ${did}.`,
        seen,
        expected: 'parents that lead to the root',
        did,
        remedy: 'Give one node of the cycle its true parent at the source.',
      });
    }
  },
};

/** The cycles among the nodes that do not hang on the root, in export order of their first member met. */
function findCycles(nodes: ReadonlyMap<number, NodeRow>): NodeRow[][] {
  const settled = new Set([ROOT_ID, ...rowsBelow(childrenByParent(nodes), ROOT_ID).map((row) => row.nodeID)]);
  const cycles: NodeRow[][] = [];
  for (const start of nodes.values()) {
    const walk: NodeRow[] = [];
    const walked = new Set<number>();
    let at: NodeRow | undefined = start;
    while (at !== undefined && !settled.has(at.nodeID) && !walked.has(at.nodeID)) {
      walked.add(at.nodeID);
      walk.push(at);
      at = nodes.get(at.parentID as number);
    }
    if (at !== undefined && walked.has(at.nodeID)) cycles.push(walk.slice(walk.indexOf(at)));
    for (const id of walked) settled.add(id);
  }
  return cycles;
}
