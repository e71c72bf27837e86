import type {
  Directory,
  DirectoryRow,
  NodeRow,
  PrincipalRoleRow,
  PrincipalRow,
  ScopePrincipalRow,
  SiopWhiteListRow,
} from '@chatferry/export';
import type { PrincipalKind, Privacy, RoomInvitations, RoomType } from '@chatferry/import';
import type { TargetInventory } from '../inventory/target-inventory.js';
import { type Decisions, NO_DECISIONS } from '../plan/decisions.js';
import { Fates } from './fates.js';

/** The inheritable settings of a node after inheritance; null until `setting-inherited` has run. */
export interface EffectiveSettings {
  visibility: number;
  invite: boolean;
  logged: boolean;
  filePost: boolean;
  restrictChildCreate: boolean;
}

interface NodeDraft {
  readonly id: number;
  readonly guid: string;
  /** The name so far: rules clean it, prefix it, shorten it. */
  name: string;
  description: string;
  settings: EffectiveSettings | null;
}

/** A category on its way. In the target all categories stand side by side; `parent` remembers the legacy tree. */
export interface CategoryDraft extends NodeDraft {
  readonly kind: 'category';
  /** null for a category that a rule creates. */
  readonly source: NodeRow | null;
  /** null for the root and for created categories. */
  parent: CategoryDraft | null;
  invitations: boolean;
  chatHistory: boolean;
  fileUpload: boolean;
  /** Principal ids. Nodes may share these sets: a rule puts a new set in place and never alters one. */
  allowed: ReadonlySet<number>;
  denied: ReadonlySet<number>;
  creators: ReadonlySet<number>;
}

/** A room on its way. `category` is its legacy parent until `room-under-root` moves it. */
export interface RoomDraft extends NodeDraft {
  readonly kind: 'room';
  readonly source: NodeRow;
  /** The legacy parent, for inheritance. */
  readonly parent: CategoryDraft;
  /** Where the room will live in the target. */
  category: CategoryDraft;
  disabled: boolean;
  type: RoomType;
  privacy: Privacy;
  invitations: RoomInvitations;
  addInId: string | null;
  /** Principal ids. Rooms may share these sets: a rule puts a new set in place and never alters one. */
  managers: ReadonlySet<number>;
  members: ReadonlySet<number>;
  presenters: ReadonlySet<number>;
}

/** A principal on its way. */
export interface PrincipalDraft {
  readonly id: number;
  readonly source: PrincipalRow;
  principalKind: PrincipalKind;
  /** Those of the source unless the plan gives others. */
  uri: string;
  displayName: string | null;
  disabled: 0 | 1 | 2;
  /** Whether it may hold roles and scope entries in the target. */
  mayHoldRights: boolean;
  /** The principal that takes its place in roles, scopes and authorship; null when it stands for itself. */
  mergedInto: number | null;
}

/** The legacy role names of tblRoleType. */
export type LegacyRole = 'Member' | 'Manager' | 'Voiced';

/** An explicit legacy role whose node, principal and type exist. Dropped entries leave the list. */
export interface RoleEntry {
  readonly row: PrincipalRoleRow;
  readonly nodeId: number;
  principalId: number;
  readonly role: LegacyRole;
}

/** An entry of a legacy scope whose node and principal exist. */
export interface ScopeEntry {
  readonly row: ScopePrincipalRow;
  readonly nodeId: number;
  principalId: number;
}

export interface AddInDraft {
  readonly id: string;
  readonly source: SiopWhiteListRow;
  readonly name: string;
  readonly url: string;
}

/**
 * The directory while the rules work on it. Rules run in order and see what earlier rules did.
 * Refused nodes, principals, roles and add-ins are taken out of the maps and lists; `fates` remembers why.
 * Excluded rooms stay in `rooms` so that names and links can be explained; ask `isCarried`.
 */
export interface DirectoryDraft {
  readonly source: Directory;
  /** Set by the tree rules; the run ends when it stays null. */
  root: CategoryDraft | null;
  /** Categories by node id, the root among them, ascending. Created categories come last. */
  readonly categories: Map<number, CategoryDraft>;
  /** Rooms by node id, ascending. */
  readonly rooms: Map<number, RoomDraft>;
  /** Principals by id, ascending. */
  readonly principals: Map<number, PrincipalDraft>;
  /** Filled by the role rules. */
  roles: RoleEntry[];
  /** Filled by the scope rules. */
  scopes: ScopeEntry[];
  /** Add-ins by GUID. */
  readonly addIns: Map<string, AddInDraft>;
  readonly fates: Fates;
  /** What the target holds already; null when the administrator gave no list of it. */
  readonly inventory: TargetInventory | null;
  /** What the plan says about single records; nothing without a plan. */
  readonly decisions: Decisions;
}

/** What the rules may look at besides the export. */
export interface DraftExtras {
  readonly inventory?: TargetInventory | null;
  readonly decisions?: Decisions;
}

/** An empty draft over a directory: the tree, principal, role and add-in rules fill it. */
export function startDraft(source: Directory, extras: DraftExtras = {}): DirectoryDraft {
  return {
    source,
    root: null,
    categories: new Map(),
    rooms: new Map(),
    principals: new Map(),
    roles: [],
    scopes: [],
    addIns: new Map(),
    fates: new Fates(),
    inventory: extras.inventory ?? null,
    decisions: extras.decisions ?? NO_DECISIONS,
  };
}

/** Whether a row is still going to be in the package. */
export function isCarried(draft: DirectoryDraft, row: DirectoryRow): boolean {
  const state = draft.fates.of(row).state;
  return state === 'carried' || state === 'changed';
}

/** The rooms that will be in the package, ascending by id. */
export function carriedRooms(draft: DirectoryDraft): RoomDraft[] {
  return [...draft.rooms.values()].filter((room) => isCarried(draft, room.source));
}

/** The categories that will be in the package: all but the root and those excluded, ascending by id. */
export function carriedCategories(draft: DirectoryDraft): CategoryDraft[] {
  return [...draft.categories.values()].filter(
    (category) => category !== draft.root && (category.source === null || isCarried(draft, category.source)),
  );
}

/** The node, its parent, and so on up to and including the root. */
export function pathToRoot(node: CategoryDraft | RoomDraft): (CategoryDraft | RoomDraft)[] {
  const path: (CategoryDraft | RoomDraft)[] = [];
  for (let at: CategoryDraft | RoomDraft | null = node; at !== null; at = at.parent) path.push(at);
  return path;
}
