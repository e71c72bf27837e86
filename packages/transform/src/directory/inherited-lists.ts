import { categoriesTopDown, inheritsFrom, restartsMembers } from './category-order.js';
import type { CategoryDraft, DirectoryDraft, LegacyRole, RoomDraft } from './draft.js';
import type { OwnLists } from './packed-lists.js';

/** Principal ids by node id. */
export type ListsByNode = ReadonlyMap<number, ReadonlySet<number>>;

const NOBODY: ReadonlySet<number> = new Set();

/** The principals that hold a role on each node by rows of that node; nodes without such rows are absent. */
function ownLists(draft: DirectoryDraft, role: LegacyRole): ListsByNode {
  const lists = new Map<number, Set<number>>();
  for (const entry of draft.roles) {
    if (entry.role !== role) continue;
    const list = lists.get(entry.nodeId);
    if (list === undefined) lists.set(entry.nodeId, new Set([entry.principalId]));
    else list.add(entry.principalId);
  }
  return lists;
}

/** Who holds an inherited role, node by node. */
export interface InheritedLists {
  ofCategory(category: CategoryDraft): ReadonlySet<number>;
  /** Computed when asked for, from the list of the room's legacy parent and the room's own. */
  ofRoom(room: RoomDraft): ReadonlySet<number>;
}

/**
 * The effective lists of a role: the union down the path; the list of members starts anew where overrideMember is
 * 1, the list of managers never does (TechNet GG398730, GG615024).
 * Memory: a node that adds nothing shares the set of its parent, so a large list is held once however many rooms
 * inherit it.
 *
 * @param own what each node adds; by default what the rules have left of its rows.
 */
export function inheritedLists(
  draft: DirectoryDraft,
  role: 'Member' | 'Manager',
  own: OwnLists = ownLists(draft, role),
): InheritedLists {
  const lists = new Map<CategoryDraft, ReadonlySet<number>>();
  const listOf = (node: CategoryDraft | RoomDraft, parent: CategoryDraft | null): ReadonlySet<number> => {
    const cut = parent === null || (role === 'Member' && restartsMembers(node));
    return unionOf(own.get(node.id) ?? NOBODY, cut ? NOBODY : (lists.get(parent) ?? NOBODY));
  };
  for (const category of categoriesTopDown(draft)) {
    lists.set(category, listOf(category, inheritsFrom(draft, category)));
  }
  return {
    ofCategory: (category) => lists.get(category) ?? NOBODY,
    ofRoom: (room) => listOf(room, room.parent),
  };
}

/** Both sets in one; one of the two themselves when it holds all. */
export function unionOf(one: ReadonlySet<number>, other: ReadonlySet<number>): ReadonlySet<number> {
  const [smaller, larger] = one.size < other.size ? [one, other] : [other, one];
  let union: Set<number> | null = null;
  for (const id of smaller) {
    if (larger.has(id)) continue;
    union ??= new Set(larger);
    union.add(id);
  }
  return union ?? larger;
}
