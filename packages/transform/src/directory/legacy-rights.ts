import type { CategoryDraft, DirectoryDraft, LegacyRole, RoomDraft } from './draft.js';
import { ROOM_TYPES } from './enum-meaning.js';
import { inheritedLists, unionOf } from './inherited-lists.js';
import { type OwnLists, packLists } from './packed-lists.js';
import type { People } from './people.js';
import { roleMeaning } from './role-meaning.js';
import { membersMayCreate } from './role-reach.js';
import { scopesInForce } from './scopes-in-force.js';

/** Who had which right in the source, as it applied there: own rows and inherited ones. Sets may be shared by nodes. */
export interface LegacyRights {
  /** Down from the root; never cut off (`manager-inherited`). */
  managersOf(room: RoomDraft): ReadonlySet<number>;
  /**
   * Down from the nearest overrideMember (`member-inherited`), and the presenters, who could read and post
   * (`presenter-not-member`).
   */
  membersOf(room: RoomDraft): ReadonlySet<number>;
  /** The Voiced of an auditorium itself (`presenter-on-normal-room`). */
  presentersOf(room: RoomDraft): ReadonlySet<number>;
  /**
   * Managers, and members where these could create rooms (`creator-derived`), whatever the option `creators` makes of
   * them.
   */
  creatorsOf(category: CategoryDraft): ReadonlySet<number>;
  /** The scope in force (`scope-inherited`). There were no deny lists. */
  allowedIn(category: CategoryDraft): ReadonlySet<number>;
}

const NOBODY: ReadonlySet<number> = new Set();

/**
 * The rights of the source after all directory rules have run, from the rows of the export and not from what the rules
 * left of them: what a rule took from a disabled, federated or mapped principal was in force before. Rows that cannot
 * be read, whose role type nobody knows or whose principal the export does not hold are left out: the rules refuse
 * them, and there is nobody to name. What a category has that a rule made is what the root had.
 *
 * Memory: 8 bytes for each role and scope row, one record for each node that has any, and the sets of categories that
 * add to their parent's.
 */
export function legacyRights(draft: DirectoryDraft, people: People): LegacyRights {
  const own = roleLists(draft, people);
  const managers = inheritedLists(draft, 'Manager', own.Manager);
  const members = inheritedLists(draft, 'Member', own.Member);
  const voiced = own.Voiced;
  const presentersOf = (room: RoomDraft): ReadonlySet<number> =>
    isAuditorium(room) ? (voiced.get(room.id) ?? NOBODY) : NOBODY;
  return {
    managersOf: managers.ofRoom,
    membersOf: (room) => unionOf(members.ofRoom(room), presentersOf(room)),
    presentersOf,
    creatorsOf(category) {
      const fromMembers = membersMayCreate(category) ? members.ofCategory(category) : NOBODY;
      return unionOf(fromMembers, managers.ofCategory(category));
    },
    allowedIn: allowedLists(draft, people),
  };
}

/** As `visibility-mapped` has it, which does not look at rooms that stay behind. */
function isAuditorium({ source }: RoomDraft): boolean {
  return (ROOM_TYPES.get(source.behavior) ?? 'Auditorium') === 'Auditorium';
}

const ROLES: readonly LegacyRole[] = ['Member', 'Manager', 'Voiced'];

/** All roles in one go, because walking millions of rows is what takes the time. */
function roleLists(draft: DirectoryDraft, people: People): Readonly<Record<LegacyRole, OwnLists>> {
  const placeOf = rolePlaces(draft);
  const packed = packLists((take) => {
    for (const row of draft.source.principalRoles) {
      const place = placeOf.get(row.prinRoleTypeID);
      if (place === undefined || row.defects.length > 0) continue;
      const id = people.idOf(row.prinRolePrinID);
      if (id !== null) take(row.prinRoleNodeID * ROLES.length + place, id);
    }
  });
  const listsOf = (role: LegacyRole): OwnLists => ({
    get: (nodeId) => packed.get(nodeId * ROLES.length + ROLES.indexOf(role)),
  });
  return { Member: listsOf('Member'), Manager: listsOf('Manager'), Voiced: listsOf('Voiced') };
}

/**
 * Role types by their places in `ROLES`; of several rows of one type the first that stands, as `role-unknown` has it.
 */
function rolePlaces(draft: DirectoryDraft): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  for (const type of draft.source.roleTypes) {
    const { state } = draft.fates.of(type);
    const role = roleMeaning(type)?.role;
    if (state === 'refused' || role === undefined || places.has(type.rtypeID)) continue;
    places.set(type.rtypeID, ROLES.indexOf(role));
  }
  return places;
}

/** A scope is in force by its rows, also when nobody is left of whom they name. */
function allowedLists(
  draft: DirectoryDraft,
  people: People,
): (category: CategoryDraft) => ReadonlySet<number> {
  const rows = draft.source.scopePrincipals.filter(({ defects }) => defects.length === 0);
  const scopes = scopesInForce(draft, new Set(rows.map((row) => row.scopeNodeID)));
  const lists = packLists((take) => {
    for (const { scopeNodeID, scopePrinID } of rows) {
      const id = people.idOf(scopePrinID);
      if (id !== null) take(scopeNodeID, id);
    }
  });
  return (category) => {
    const definer = scopes.get(category)?.definer ?? null;
    return definer === null ? NOBODY : (lists.get(definer.id) ?? NOBODY);
  };
}
