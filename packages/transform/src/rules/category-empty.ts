import { carriedCategories, carriedRooms } from '../directory/draft.js';
import { labelNode } from '../directory/label.js';
import { settleHangingRows } from '../directory/node-rows.js';
import { nodesInUse } from '../directory/nodes-in-use.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # category-empty
 *
 * **Condition.** No room that is carried lies directly in a category.
 *
 * **Action.** It is carried all the same; its creators can make rooms in it. With `drop` it is excluded. Roles and
 * scope entries on it stay in force for categories and rooms below; when nothing is carried below, they are excluded
 * with it.
 *
 * **Option.** `emptyCategories` (default `carry`): `carry` or `drop`.
 *
 * **Basis.** O: nothing is documented.
 *
 * **Severity.** note
 *
 * **Remedy.** Choose `drop`, or exclude single categories in categories.csv.
 *
 * **Example.** Category `Archive` whose only room is disabled -> an empty category `Archive`
 */
export const categoryEmpty: DirectoryRule = {
  id: 'category-empty',
  severities: ['note'],
  basis: ['O'],
  option: 'emptyCategories',
  apply(draft, options, voice) {
    const rooms = carriedRooms(draft);
    const filled = new Set(rooms.map((room) => room.category));
    const inUse = nodesInUse(draft);
    const gone = new Set<number>();
    for (const category of carriedCategories(draft)) {
      if (filled.has(category)) continue;
      const drops = options.emptyCategories === 'drop' && category.source !== null;
      const did = drops ? 'excluded it' : 'carried it';
      voice.say(category.source?.place ?? null, {
        message: `Unexpected empty ${labelNode(category)}, expected rooms in it; ${did}.`,
        seen: 'no room',
        expected: 'a room at least',
        did,
      });
      if (!drops || category.source === null) continue;
      voice.excluded(category.source);
      if (!inUse.has(category.id)) gone.add(category.id);
    }
    settleHangingRows(draft, gone, (row) => voice.excluded(row));
  },
};
