import type { NodeRow } from '@chatferry/export';
import { labelRow } from '../directory/label.js';
import {
  childrenByParent,
  ROOT_ID,
  refusedWith,
  refuseSubtrees,
  standingNodes,
} from '../directory/node-rows.js';
import type { DirectoryRule } from '../rule.js';

/** Levels of categories below the root. Names of 256 units hold no more than 128 of them. */
const DEEPEST_LEVEL = 1_000;

/**
 * # category-too-deep
 *
 * **Condition.** A category lies more than 1,000 levels below the root.
 *
 * **Action.** It is refused with everything below it: the nodes, their roles, scope entries and messages. One finding a
 * category of the first level that is too deep.
 *
 * **Option.** None.
 *
 * **Basis.** S: database schema, tblNode: no limit of levels is documented. O: the limit. A name is made of the names
 * of all levels and holds 256 UTF-16 units, so that no tree that people made comes near it; a damaged one would take
 * time and memory without bound.
 *
 * **Severity.** error
 *
 * **Remedy.** Move the category to a higher level at the source.
 *
 * **Example.** Category 2001 on level 1,001 -> refused with its rooms; category 2000 above it is carried.
 */
export const categoryTooDeep: DirectoryRule = {
  id: 'category-too-deep',
  severities: ['error'],
  basis: ['S', 'O'],
  option: null,
  apply(draft, _options, voice) {
    const tops = categoriesBelowLevel(standingNodes(draft), DEEPEST_LEVEL);
    const below = refuseSubtrees(draft, voice, tops);
    tops.forEach((row, index) => {
      const did = refusedWith(below[index] as number);
      voice.say(row.place, {
        message: `Unexpected ${labelRow(row)} on level ${DEEPEST_LEVEL + 1}, expected at most ${DEEPEST_LEVEL} levels below the root; ${did}.`,
        seen: `level ${DEEPEST_LEVEL + 1}`,
        expected: `at most ${DEEPEST_LEVEL} levels below the root`,
        did,
        remedy: 'Move the category to a higher level at the source.',
      });
    });
  },
};

/** The categories of the first level below `level`, by levels from the root, in export order within one. */
function categoriesBelowLevel(nodes: ReadonlyMap<number, NodeRow>, level: number): NodeRow[] {
  const children = childrenByParent(nodes);
  let rows = children.get(ROOT_ID) ?? [];
  for (let at = 1; at <= level && rows.length > 0; at++) {
    rows = rows.flatMap((row) => (row.nodeType ? (children.get(row.nodeID) ?? []) : []));
  }
  return rows.filter((row) => row.nodeType);
}
