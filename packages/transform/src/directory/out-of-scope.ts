import type { TransformOptions } from '../options.js';
import type { Voice } from '../rule.js';
import { categoriesTopDown, inheritsFrom } from './category-order.js';
import {
  type CategoryDraft,
  carriedCategories,
  carriedRooms,
  type DirectoryDraft,
  type RoleEntry,
  type RoomDraft,
} from './draft.js';
import { makesCreators, reachesUp } from './role-reach.js';
import type { InScope } from './scope-closure.js';

/** Principals that hold a role in a category or its rooms and are outside its scope, ascending. */
export type Outsiders = ReadonlyMap<CategoryDraft, readonly number[]>;

/** Finds them. Lists that rooms of one category share are looked at once. */
export function outsidersOf(draft: DirectoryDraft, inScope: InScope): Outsiders {
  const lists = new Map<CategoryDraft, Set<ReadonlySet<number>>>();
  for (const category of carriedCategories(draft)) lists.set(category, new Set([category.creators]));
  for (const { category, members, managers, presenters } of carriedRooms(draft)) {
    lists.get(category)?.add(members).add(managers).add(presenters);
  }
  const outsiders = new Map<CategoryDraft, readonly number[]>();
  for (const [category, sets] of lists) {
    const outside = new Set<number>();
    for (const set of sets) {
      for (const id of set) if (!inScope(id, category.allowed, category.denied)) outside.add(id);
    }
    if (outside.size > 0)
      outsiders.set(
        category,
        [...outside].sort((one, other) => one - other),
      );
  }
  return outsiders;
}

/** Adds the outsiders to the scope of their category. */
export function widenScopes(outsiders: Outsiders): void {
  for (const [category, ids] of outsiders) category.allowed = new Set([...category.allowed, ...ids]);
}

/**
 * Takes the outsiders out of the lists of their category and its rooms. A role row stays behind when it takes effect
 * nowhere any more; one on a category may still reach rooms whose category allows the principal.
 */
export function dropOutsiders(
  draft: DirectoryDraft,
  outsiders: Outsiders,
  options: TransformOptions,
  voice: Voice,
): void {
  const outside = new Map([...outsiders].map(([category, ids]) => [category, new Set(ids)] as const));
  const without = withoutShared(outside);
  for (const category of outside.keys()) category.creators = without(category, category.creators);
  for (const room of carriedRooms(draft)) {
    room.members = without(room.category, room.members);
    room.managers = without(room.category, room.managers);
    room.presenters = without(room.category, room.presenters);
  }
  const dropped = new Set([...outsiders.values()].flat());
  const targetsOf = targetsByNode(draft, options);
  draft.roles = draft.roles.filter((entry) => {
    if (!dropped.has(entry.principalId)) return true;
    const targets = targetsOf(entry);
    const isEffective = targets.some((category) => !outside.get(category)?.has(entry.principalId));
    if (!isEffective) voice.excluded(entry.row);
    return isEffective;
  });
}

type Without = (category: CategoryDraft, list: ReadonlySet<number>) => ReadonlySet<number>;

/** Lists without the outsiders of a category; rooms that shared a list share the shorter one. */
function withoutShared(outside: ReadonlyMap<CategoryDraft, ReadonlySet<number>>): Without {
  const shortened = new Map<CategoryDraft, Map<ReadonlySet<number>, ReadonlySet<number>>>();
  return (category, list) => {
    const ids = outside.get(category);
    if (ids === undefined || list.size === 0) return list;
    const known = shortened.get(category) ?? new Map<ReadonlySet<number>, ReadonlySet<number>>();
    shortened.set(category, known);
    const shorter = known.get(list) ?? new Set([...list].filter((id) => !ids.has(id)));
    known.set(list, shorter);
    return shorter;
  };
}

/** The categories of the target in which an entry takes effect, in its rooms or among its creators. */
function targetsByNode(
  draft: DirectoryDraft,
  options: TransformOptions,
): (entry: RoleEntry) => readonly CategoryDraft[] {
  const members = targetsByCategory(draft, 'Member', options);
  const managers = targetsByCategory(draft, 'Manager', options);
  return ({ nodeId, role }) => {
    const room = draft.rooms.get(nodeId);
    if (room !== undefined) return [room.category];
    return [...((role === 'Manager' ? managers : members).get(nodeId) ?? [])];
  };
}

function targetsByCategory(
  draft: DirectoryDraft,
  role: 'Member' | 'Manager',
  options: TransformOptions,
): ReadonlyMap<number, ReadonlySet<CategoryDraft>> {
  const targets = new Map<number, Set<CategoryDraft>>();
  const add = (node: CategoryDraft, category: CategoryDraft): void => {
    const known = targets.get(node.id);
    if (known === undefined) targets.set(node.id, new Set([category]));
    else known.add(category);
  };
  const takesFromParent = (room: RoomDraft): boolean => reachesUp(room, role);
  for (const room of carriedRooms(draft).filter(takesFromParent)) add(room.parent, room.category);
  for (const category of carriedCategories(draft)) {
    if (makesCreators(category, role, options)) add(category, category);
  }
  for (const category of categoriesTopDown(draft).reverse()) {
    const parent = inheritsFrom(draft, category);
    if (parent === null || !reachesUp(category, role)) continue;
    for (const target of targets.get(category.id) ?? []) add(parent, target);
  }
  return targets;
}

/** The first role row of each principal, as the place to look at. */
export function firstRoles(draft: DirectoryDraft): ReadonlyMap<number, RoleEntry> {
  const first = new Map<number, RoleEntry>();
  for (const entry of draft.roles) if (!first.has(entry.principalId)) first.set(entry.principalId, entry);
  return first;
}
