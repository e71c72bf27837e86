import { type FaultReport, shown } from '../check.js';
import type { PackageDirectory } from '../read-package/package-directory.js';
import type { Privacy, RoomType, TargetPrincipal } from '../target-record.js';
import type { Decisions } from './decisions.js';
import type { ListedExceptions } from './listed-exceptions.js';
import { sayDifference } from './say-difference.js';
import { inForce, PRINCIPAL_TEXTS, type SourceDirectory, type SourcePrincipal } from './source-directory.js';

export interface Directories {
  readonly source: SourceDirectory;
  readonly target: PackageDirectory;
  readonly listed: ListedExceptions;
  /** Whether rooms may lie in a part that is not at hand. */
  readonly isPart: boolean;
  readonly decisions: Decisions;
}

/** By prinTypeID; federated users (7) have none. */
export const PRINCIPAL_KINDS: Readonly<Record<number, TargetPrincipal['principalKind']>> = {
  4: 'system',
  5: 'user',
  8: 'domain',
  9: 'group',
  10: 'folder',
};

/** Federated users and types that are not known are active in no package. */
export function isActiveRow({ typeId, disabled }: SourcePrincipal): boolean {
  return disabled === 0 && typeId !== null && typeId in PRINCIPAL_KINDS;
}

/** The ids of the package of whom the export has an active record: of one that was recorded twice any counts. */
export function activeIds({ source, listed }: Pick<Directories, 'source' | 'listed'>): ReadonlySet<number> {
  const same = source.sameAs(listed.remappedPrincipals);
  const active = new Set<number>();
  for (const [id, row] of source.principals) if (isActiveRow(row)) active.add(same.get(id) ?? id);
  return active;
}

const PRIVACIES: Readonly<Record<number, Privacy>> = { 2: 'Secret', 3: 'Closed', 6: 'Open' };
const TYPES: Readonly<Record<number, RoomType>> = { 4: 'Normal', 5: 'Auditorium' };
const LIST_OF_ROLE = { member: 'members', manager: 'managers', voiced: 'presenters' } as const;

type Pair = readonly [what: string, seen: unknown, expected: unknown];

/**
 * Records of the directory that the ledger does not list must be in the package as they were: principals, add-ins,
 * nodes with names and places, roles of rooms, scopes of categories, affiliations and counters. Privacy and type of a
 * room must be what the export gives it, by itself or from above, whatever else was changed of it. Memory: nothing
 * beyond both directories.
 */
export function compareDirectory(directories: Directories, fault: FaultReport): void {
  comparePrincipals(directories, fault);
  compareAddIns(directories, fault);
  compareNodes(directories, fault);
  compareRooms(directories, fault);
  compareMemberships(directories, fault);
  compareCounters(directories, fault);
}

function comparePrincipals({ source, target, listed }: Directories, fault: FaultReport): void {
  for (const [id, row] of source.principals) {
    const principal = target.principalById.get(id);
    if (listed.lists('tblPrincipal', `principal ${id}`)) {
      // Whatever was changed of it: this is what ties it to a person.
      if (principal !== undefined) sayPairs(fault, `principal ${id}`, [['GUID', principal.guid, row.guid]]);
      continue;
    }
    sayPairs(fault, `principal ${id}`, principal === undefined ? null : principalPairs(principal, row));
  }
  for (const { id } of target.principals) {
    if (!source.principals.has(id)) sayStranger(fault, `principal ${id}`);
  }
}

function principalPairs(
  principal: TargetPrincipal,
  { guid, typeId, disabled, texts }: SourcePrincipal,
): Pair[] {
  const kind = typeId === null ? undefined : PRINCIPAL_KINDS[typeId];
  return [
    ['GUID', principal.guid, guid],
    ['kind', principal.principalKind, kind ?? principal.principalKind],
    ['state', principal.disabled, disabled ?? principal.disabled],
    ...(Object.keys(PRINCIPAL_TEXTS) as (keyof typeof PRINCIPAL_TEXTS)[]).map(
      (field): Pair => [field, principal[field] ?? '', texts[field]],
    ),
  ];
}

/** No rule changes an add-in, so what is there is as it was, whatever the ledger lists of it. */
function compareAddIns({ source, target, listed }: Directories, fault: FaultReport): void {
  for (const [id, row] of source.addIns) {
    const addIn = target.addInById.get(id);
    if (addIn === undefined && listed.lists('tblSiopWhiteList', `add-in ${id}`)) continue;
    const pairs =
      addIn === undefined ? null : [pair('name', addIn.name, row.name), pair('URL', addIn.url, row.url)];
    sayPairs(fault, `add-in ${id}`, pairs);
  }
  for (const { id } of target.addIns) if (!source.addIns.has(id)) sayStranger(fault, `add-in ${id}`);
}

/** Of nodes that the ledger does not list. */
function compareNodes({ source, target, listed, isPart }: Directories, fault: FaultReport): void {
  for (const [id, row] of source.nodes) {
    if (id === row.parentId || listed.lists('tblNode', `node ${id}`)) continue;
    const room = target.roomById.get(id);
    const node = room ?? target.categoryById.get(id);
    if (node === undefined && isPart) continue;
    const pairs =
      node === undefined
        ? null
        : [
            pair('name', node.name, row.name),
            pair('description', node.description, row.description),
            ...(room === undefined
              ? []
              : [
                  pair('category', room.categoryId, row.parentId),
                  pair('add-in', room.addInId ?? '', row.siopId),
                  pair('invitations', room.invitations, row.invite === 0 ? 'False' : 'Inherit'),
                ]),
          ];
    sayPairs(fault, node === undefined ? `node ${id}` : `${node.kind} ${id}`, pairs);
  }
}

/** Of every room, whatever the ledger lists of it: who may see it must not depend on a list. */
function compareRooms({ source, target }: Directories, fault: FaultReport): void {
  for (const room of target.rooms) {
    const row = source.nodes.get(room.id);
    if (row === undefined) {
      sayStranger(fault, `room ${room.id}`);
      continue;
    }
    const nodes = source.upwards(room.id).flatMap((id) => source.nodes.get(id) ?? []);
    // An unknown number became the narrowest, here and of the type.
    const privacies = inForce(nodes, 'visibility').map((visibility) => PRIVACIES[visibility] ?? 'Secret');
    sayPairs(fault, `room ${room.id}`, [
      ['GUID', room.guid, row.guid],
      ['state', room.disabled, row.isDisabled],
      // One that is not in the package is left out of its rooms.
      ['add-in', room.addInId ?? '', target.addInById.has(row.siopId) ? row.siopId : ''],
      ['privacy', room.privacy, privacies.includes(room.privacy) ? room.privacy : privacies[0]],
      ['type', room.type, TYPES[row.behavior ?? 0] ?? 'Auditorium'],
    ]);
  }
}

function compareMemberships({ source, target, listed }: Directories, fault: FaultReport): void {
  for (const role of ['member', 'manager', 'voiced'] as const) {
    for (const { type, byNode } of source.rolesOf(role)) {
      for (const [nodeId, ids] of byNode) {
        const room = target.roomById.get(nodeId);
        if (room === undefined) continue;
        const has = new Set(room[LIST_OF_ROLE[role]]);
        for (const id of ids) {
          const key = `role ${type} of principal ${id} on node ${nodeId}`;
          if (!has.has(id) && !listed.lists('tblPrincipalRole', key)) sayAbsent(fault, `${key} (${role})`);
        }
      }
    }
  }
  for (const [nodeId, ids] of source.scopes) {
    const category = target.categoryById.get(nodeId);
    // What is in force there instead is seen by `compareRights`.
    if (category === undefined || isOverruled(source, nodeId)) continue;
    const allowed = new Set(category.allowed);
    for (const id of ids) {
      const key = `scope of node ${nodeId}: principal ${id}`;
      if (!allowed.has(id) && !listed.lists('tblScopePrincipal', key)) sayAbsent(fault, key);
    }
  }
  const groups = new Map(target.affiliations.map(({ principalId, groupIds }) => [principalId, groupIds]));
  for (const [principalId, ids] of source.affiliations) {
    const has = new Set(groups.get(principalId));
    for (const id of ids) {
      const key = `affiliation of principal ${principalId} to ${id}`;
      if (!has.has(id) && !listed.lists('tblPrincipalAffiliations', key)) sayAbsent(fault, key);
    }
  }
}

/** Whether a category has the scope of one above that its definer names, with somebody active in it, not its own. */
function isOverruled(source: SourceDirectory, categoryId: number): boolean {
  const definer = source.nodes.get(categoryId)?.scopeDefiner ?? categoryId;
  if (definer === categoryId || !source.upwards(categoryId).includes(definer)) return false;
  return [...(source.scopes.get(definer) ?? [])].some((id) => {
    const principal = source.principals.get(id);
    return principal !== undefined && isActiveRow(principal);
  });
}

function compareCounters({ source, target, listed }: Directories, fault: FaultReport): void {
  const counters = new Map(target.lastChatIds.map(({ roomId, id }) => [roomId, id]));
  for (const [roomId, expected] of source.lastChatIds) {
    const key = `last chat id of node ${roomId}`;
    if (!target.roomById.has(roomId) || listed.lists('tblLastChatId', key)) continue;
    sayPairs(fault, `room ${roomId}`, [pair('message counter', counters.get(roomId) ?? 'none', expected)]);
  }
}

function pair(what: string, seen: unknown, expected: unknown): Pair {
  return [what, seen, expected];
}

/** `pairs` null: the record is not there. */
function sayPairs(fault: FaultReport, record: string, pairs: readonly Pair[] | null): void {
  if (pairs === null) sayAbsent(fault, record);
  for (const [what, seen, expected] of pairs ?? []) {
    if (seen === expected) continue;
    sayDifference(fault, `Unexpected ${what} of ${record} in the package, expected what the export has`, {
      seen: shown(String(seen)),
      expected: shown(String(expected)),
    });
  }
}

function sayAbsent(fault: FaultReport, record: string): void {
  sayDifference(
    fault,
    `Unexpected absence of ${record} in the package, expected it as in the export, because the ledger does not list it`,
  );
}

function sayStranger(fault: FaultReport, record: string): void {
  sayDifference(fault, `Unexpected ${record} in the package, expected only what the export has`);
}
