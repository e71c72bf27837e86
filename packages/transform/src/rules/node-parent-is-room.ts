import type { NodeRow } from '@chatferry/export';
import { labelRow } from '../directory/label.js';
import {
  childrenByParent,
  ROOT_ID,
  refusedWith,
  refuseSubtrees,
  rowsBelow,
  standingNodes,
} from '../directory/node-rows.js';
import { plantTree } from '../directory/tree.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # node-parent-is-room
 *
 * **Condition.** A node's parent is a room (nodeType 0).
 *
 * **Action.** The node is refused with everything below it, and with their roles, scope entries and messages; the room
 * above stays. One finding for the topmost node of such a subtree.
 *
 * **Option.** None.
 *
 * **Basis.** S: database schema, tblNode: only categories have children.
 *
 * **Severity.** error
 *
 * **Remedy.** Move the node below a category at the source.
 *
 * **Example.** Room 12 below room 11 -> room 12 is refused, room 11 is carried.
 */
export const nodeParentIsRoom: DirectoryRule = {
  id: 'node-parent-is-room',
  severities: ['error'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    const nodes = standingNodes(draft);
    const tops = topsBelowRooms(nodes);
    const below = refuseSubtrees(draft, voice, tops);
    tops.forEach((row, index) => {
      const did = refusedWith(below[index] as number);
      voice.say(row.place, {
        message: `Unexpected ${labelRow(nodes.get(row.parentID as number) as NodeRow)} as parent of ${labelRow(row)}, expected a category; ${did}.`,
        seen: `parentID ${row.parentID}, a room`,
        expected: 'a category',
        did,
        remedy: 'Move the node below a category at the source.',
      });
    });
    // Whatever still stands now hangs on the root by categories alone: the last tree rule plants the tree.
    plantTree(draft);
  },
};

/** Nodes whose parent is a room, none of them below another; in export order. */
function topsBelowRooms(nodes: ReadonlyMap<number, NodeRow>): NodeRow[] {
  const tops = new Set<NodeRow>();
  const misplaced = new Set<number>();
  // Level by level, so that a parent is judged before its children.
  for (const row of rowsBelow(childrenByParent(nodes), ROOT_ID)) {
    const parent = nodes.get(row.parentID as number) as NodeRow;
    if (!misplaced.has(parent.nodeID) && parent.nodeType) continue;
    if (!misplaced.has(parent.nodeID)) tops.add(row);
    misplaced.add(row.nodeID);
  }
  return [...nodes.values()].filter((row) => tops.has(row));
}
