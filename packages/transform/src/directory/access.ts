import type { CategoryDraft, DirectoryDraft, RoomDraft } from './draft.js';
import { legacyRights } from './legacy-rights.js';
import { type People, peopleOf } from './people.js';

/**
 * What a principal may do at a node: enter, manage or present in a room; create rooms in a category, or be let into its
 * rooms at all.
 */
export type AccessRole = 'member' | 'manager' | 'presenter' | 'creator' | 'allowed member' | 'denied member';

/** Who held a role at a node in the source, as it applied there, and who holds it in the package. Ids of `People`. */
export interface RoleHolders {
  readonly role: AccessRole;
  readonly before: ReadonlySet<number>;
  readonly after: ReadonlySet<number>;
}

/** Who may do what, before and after, node by node. */
export interface Access {
  readonly people: People;
  /** Members, managers, presenters. */
  ofRoom(room: RoomDraft): readonly RoleHolders[];
  /** Creators, allowed and denied members. */
  ofCategory(category: CategoryDraft): readonly RoleHolders[];
}

const NOBODY: ReadonlySet<number> = new Set();

/**
 * After all directory rules have run. Memory: what `legacyRights` and `peopleOf` state; the sets of a node are made
 * when it is asked for.
 */
export function accessOf(draft: DirectoryDraft): Access {
  const people = peopleOf(draft);
  const legacy = legacyRights(draft, people);
  return {
    people,
    ofRoom: (room) => [
      { role: 'member', before: legacy.membersOf(room), after: room.members },
      { role: 'manager', before: legacy.managersOf(room), after: room.managers },
      { role: 'presenter', before: legacy.presentersOf(room), after: room.presenters },
    ],
    ofCategory: (category) => [
      { role: 'creator', before: legacy.creatorsOf(category), after: category.creators },
      { role: 'allowed member', before: legacy.allowedIn(category), after: category.allowed },
      { role: 'denied member', before: NOBODY, after: category.denied },
    ],
  };
}

/** Those of `one` who are not in `other`, ascending. */
export function missingFrom(one: ReadonlySet<number>, other: ReadonlySet<number>): number[] {
  if (one === other) return [];
  const missing: number[] = [];
  for (const id of one) if (!other.has(id)) missing.push(id);
  return missing.sort((a, b) => a - b);
}
