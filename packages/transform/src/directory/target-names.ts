import type { TargetInventory, TargetItem } from '../inventory/target-inventory.js';
import type { CategoryDraft, RoomDraft } from './draft.js';
import { suffixName } from './final-names.js';
import { quoteName } from './label.js';
import { nameKey } from './name-equality.js';

/** An item of the target that has a node's name. */
export interface TargetMatch {
  readonly kind: 'room' | 'category';
  readonly item: TargetItem;
  /** False when the list shows `?` where the node's name has characters outside ASCII. */
  readonly isCertain: boolean;
}

/** The names of the target, and how to avoid them. */
export interface TargetNames {
  /** The item that is in a node's way; of several, one of the other kind, then the first listed. */
  match(node: CategoryDraft | RoomDraft): TargetMatch | null;
  /** The name with the first number from 2 that is free on both sides; no two calls give one name. */
  propose(name: string): string;
}

/** UTF-16 units outside of ASCII. */
const NOT_ASCII = /[\u0080-\uffff]/g;

/** Indexes the target's names by `nameKey`. `carried` are the names that the import brings. */
export function targetNames(inventory: TargetInventory, carried: Iterable<string>): TargetNames {
  const certain = { category: new Map<string, TargetItem>(), room: new Map<string, TargetItem>() };
  const doubtful = { category: new Map<string, TargetItem>(), room: new Map<string, TargetItem>() };
  index(inventory.categories, certain.category, doubtful.category);
  index(inventory.rooms, certain.room, doubtful.room);
  const taken = new Set([...certain.category.keys(), ...certain.room.keys()]);
  for (const name of carried) taken.add(nameKey(name));
  const numbers = new Map<string, number>();
  return {
    match({ kind, name }) {
      const replaced = name.replace(NOT_ASCII, '?');
      for (const [items, text] of [
        [certain, name],
        [doubtful, replaced],
      ] as const) {
        if (items === doubtful && replaced === name) return null;
        for (const side of kind === 'room'
          ? (['category', 'room'] as const)
          : (['room', 'category'] as const)) {
          const item = items[side].get(nameKey(text));
          if (item !== undefined) return { kind: side, item, isCertain: items === certain };
        }
      }
      return null;
    },
    propose(name) {
      const key = nameKey(name);
      for (let number = numbers.get(key) ?? 2; ; number++) {
        const candidate = suffixName(name, `_${number}`);
        if (taken.has(nameKey(candidate))) continue;
        taken.add(nameKey(candidate));
        numbers.set(key, number + 1);
        return candidate;
      }
    },
  };
}

/** `category "Ops" of the target (categories.json:12)`. */
export function labelMatch({ kind, item }: TargetMatch): string {
  return `${kind} ${quoteName(item.name)} of the target (${item.place.file}:${item.place.line})`;
}

function index(
  items: readonly TargetItem[],
  certain: Map<string, TargetItem>,
  doubtful: Map<string, TargetItem>,
): void {
  for (const item of items) {
    const key = nameKey(item.name);
    if (!certain.has(key)) certain.set(key, item);
    if (item.mayHoldReplaced && !doubtful.has(key)) doubtful.set(key, item);
  }
}
