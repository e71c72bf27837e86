import type { Directory } from '@chatferry/export';
import {
  type CategoryDraft,
  carriedCategories,
  carriedRooms,
  type DirectoryDraft,
} from '../directory/draft.js';
import { carriedNodes } from '../directory/final-names.js';
import { labelNode } from '../directory/label.js';
import { nameKey } from '../directory/name-equality.js';
import { ROOT_ID } from '../directory/node-rows.js';
import { createdCategory } from '../directory/tree.js';
import { uuidV5 } from '../directory/uuid-v5.js';
import { DEFAULT_OPTIONS } from '../options.js';
import type { DirectoryRule } from '../rule.js';

/** The largest int of SQL Server. */
const INT_MAXIMUM = 2147483647;

/**
 * # room-under-root
 *
 * **Condition.** A room's parent is the root.
 *
 * **Action.** It moves to a category and keeps its own name, because the target refuses rooms directly below the root.
 * The category is created: id = the first above the highest node id that no row names (the highest free id when that is
 * no int any more), GUID = UUID version 5 of the root's GUID and the name, empty description;
 * flags, scope and creators as effective at the root, so that the same people have access. If a category or room
 * has the default name already, it is called `General_2`, `General_3` …; a category that the plan names and
 * that exists is used as it is, with its own flags and scope.
 *
 * **Option.** `rootRoomsCategory` (default `General`): the category's name.
 *
 * **Basis.** S: SDK, error NodeHierarchyViolation. O: which category, because nothing is documented.
 *
 * **Severity.** warning
 *
 * **Remedy.** Move the rooms at the source, or name another category.
 *
 * **Example.** Room `Lobby` below the root -> `Lobby` in the new category `General`
 */
export const roomUnderRoot: DirectoryRule = {
  id: 'room-under-root',
  severities: ['warning'],
  basis: ['S', 'O'],
  option: 'rootRoomsCategory',
  apply(draft, options, voice) {
    const { root } = draft;
    const rooms = carriedRooms(draft).filter((room) => room.category === root);
    if (root === null || rooms.length === 0) return;
    const wanted = options.rootRoomsCategory;
    const existing = wanted === DEFAULT_OPTIONS.rootRoomsCategory ? undefined : categoryNamed(draft, wanted);
    const category = existing ?? createCategory(draft, root, wanted);
    const did = `moved it to the ${existing === undefined ? 'new' : 'existing'} ${labelNode(category)}`;
    for (const room of rooms) {
      voice.say(room.source.place, {
        message: `Unexpected ${labelNode(room)} directly below the root, expected it in a category; ${did}.`,
        seen: `parentID ${root.id}, the root`,
        expected: 'a room in a category',
        did,
        remedy:
          'If another category is wanted, name it in the option rootRoomsCategory or move the room at the source.',
      });
      room.category = category;
      voice.changed(room.source);
    }
  },
};

function categoryNamed(draft: DirectoryDraft, name: string): CategoryDraft | undefined {
  return carriedCategories(draft).find((category) => nameKey(category.name) === nameKey(name));
}

function createCategory(draft: DirectoryDraft, root: CategoryDraft, wanted: string): CategoryDraft {
  const taken = new Set(carriedNodes(draft).map((node) => nameKey(node.name)));
  let name = wanted;
  for (let number = 2; taken.has(nameKey(name)); number++) name = `${wanted}_${number}`;
  const id = freeNodeId(draft.source);
  const category = createdCategory(id, uuidV5(root.guid, name), name);
  draft.categories.set(id, category);
  return category;
}

/**
 * Refused rows count too, and rows of nodes that are not there: what hangs on an id must not come to hang on the new
 * category.
 */
function freeNodeId({ nodes, principalRoles, scopePrincipals, lastChatIds }: Directory): number {
  const used = new Set<number>();
  for (const { nodeID, parentID, scopeDefinerId, roleDefinerId } of nodes) {
    for (const id of [nodeID, parentID, scopeDefinerId, roleDefinerId]) if (id !== null) used.add(id);
  }
  for (const { prinRoleNodeID } of principalRoles) used.add(prinRoleNodeID);
  for (const { scopeNodeID } of scopePrincipals) used.add(scopeNodeID);
  for (const { nodeID } of lastChatIds) used.add(nodeID);
  let highest = ROOT_ID;
  for (const { nodeID } of nodes) highest = Math.max(highest, nodeID);
  if (highest < INT_MAXIMUM) {
    for (let id = highest + 1; id <= INT_MAXIMUM; id++) if (!used.has(id)) return id;
  }
  let id = INT_MAXIMUM;
  while (used.has(id)) id -= 1;
  return id;
}
