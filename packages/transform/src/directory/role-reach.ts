import type { TransformOptions } from '../options.js';
import { categoriesTopDown, inheritsFrom, restartsMembers } from './category-order.js';
import {
  type CategoryDraft,
  carriedCategories,
  carriedRooms,
  type DirectoryDraft,
  type RoomDraft,
} from './draft.js';

/** Where in the target an entry on a category takes effect. */
export interface Reach {
  /** Rooms whose lists it enters. */
  readonly rooms: number;
  /** Categories whose creators it joins. */
  readonly creators: number;
}

type InheritedRole = 'Member' | 'Manager';
const NOWHERE: Reach = { rooms: 0, creators: 0 };

/**
 * How far entries of a role on each category reach down to rooms and categories of the package, by category id.
 * Managers reach everything below; members reach down to the next restart of the list. Linear in the tree.
 */
export function roleReach(
  draft: DirectoryDraft,
  role: InheritedRole,
  options: TransformOptions,
): (categoryId: number) => Reach {
  const rooms = new Map<CategoryDraft, number>();
  for (const room of carriedRooms(draft)) {
    if (reachesUp(room, role)) rooms.set(room.parent, (rooms.get(room.parent) ?? 0) + 1);
  }
  const creators = new Map<CategoryDraft, number>();
  for (const category of carriedCategories(draft)) {
    if (makesCreators(category, role, options)) creators.set(category, 1);
  }
  for (const category of categoriesTopDown(draft).reverse()) {
    const parent = inheritsFrom(draft, category);
    if (parent === null || !reachesUp(category, role)) continue;
    rooms.set(parent, (rooms.get(parent) ?? 0) + (rooms.get(category) ?? 0));
    creators.set(parent, (creators.get(parent) ?? 0) + (creators.get(category) ?? 0));
  }
  return (categoryId) => {
    const category = draft.categories.get(categoryId);
    if (category === undefined) return NOWHERE;
    return { rooms: rooms.get(category) ?? 0, creators: creators.get(category) ?? 0 };
  };
}

/** Whether holders of a role in a category become its creators (rule `creator-derived`). */
export function makesCreators(
  category: CategoryDraft,
  role: InheritedRole,
  options: TransformOptions,
): boolean {
  if (options.creators === 'none') return false;
  if (role === 'Manager') return true;
  return options.creators === 'legacy' && membersMayCreate(category);
}

/** restrictChildCreate as the database documents it: true allows members to create. The root starts with true. */
export function membersMayCreate(category: CategoryDraft): boolean {
  return category.settings?.restrictChildCreate ?? true;
}

/** Whether a node takes entries of the role from above. */
export function reachesUp(node: CategoryDraft | RoomDraft, role: InheritedRole): boolean {
  return role === 'Manager' || !restartsMembers(node);
}
