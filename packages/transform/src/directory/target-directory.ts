import type {
  Audit,
  TargetAddIn,
  TargetAffiliation,
  TargetCategory,
  TargetDirectory,
  TargetLastChatId,
  TargetPrincipal,
  TargetRoom,
} from '@chatferry/import';
import {
  type CategoryDraft,
  carriedCategories,
  carriedRooms,
  type DirectoryDraft,
  isCarried,
  type PrincipalDraft,
  type RoomDraft,
} from './draft.js';
import { withoutForbidden } from './principal-text.js';
import { principalInPlaceOf } from './principals.js';

/**
 * The directory as the package writer takes it, after all directory rules: lists ascending by id, add-ins by GUID.
 * Message counters are those of the source; the pipeline raises them when messages go higher.
 * Memory: one record each; rooms that share a list of principals share the sorted list.
 */
export function toTargetDirectory(draft: DirectoryDraft): TargetDirectory {
  const ascending = ascendingLists();
  const principals = carriedPrincipals(draft);
  return {
    principals: principals.map(toPrincipal),
    affiliations: toAffiliations(draft, new Set(principals.map((principal) => principal.id))),
    addIns: toAddIns(draft),
    categories: byId(carriedCategories(draft).map((category) => toCategory(category, draft, ascending))),
    rooms: byId(carriedRooms(draft).map((room) => toRoom(room, draft, ascending))),
    lastChatIds: toLastChatIds(draft),
  };
}

type Ascending = (ids: ReadonlySet<number>) => readonly number[];

function ascendingLists(): Ascending {
  const lists = new Map<ReadonlySet<number>, readonly number[]>();
  return (ids) => {
    const known = lists.get(ids) ?? [...ids].sort((one, other) => one - other);
    lists.set(ids, known);
    return known;
  };
}

function byId<Row extends { readonly id: number }>(rows: Row[]): Row[] {
  return rows.sort((one, other) => one.id - other.id);
}

function carriedPrincipals(draft: DirectoryDraft): PrincipalDraft[] {
  const stands = (principal: PrincipalDraft): boolean =>
    principal.mergedInto === null && isCarried(draft, principal.source);
  return byId([...draft.principals.values()].filter(stands));
}

function toPrincipal({
  id,
  source,
  uri,
  displayName,
  principalKind,
  disabled,
}: PrincipalDraft): TargetPrincipal {
  return {
    kind: 'principal',
    id,
    guid: source.prinGuid,
    uri: withoutForbidden(uri),
    principalKind,
    name: withoutForbidden(source.prinName),
    displayName: withoutForbidden(displayName),
    company: withoutForbidden(source.prinCompanyName),
    email: withoutForbidden(source.prinEmail),
    adPath: withoutForbidden(source.prinADPath),
    userPrincipalName: withoutForbidden(source.prinADUserPrincipalName),
    disabled,
  };
}

function toAffiliations(draft: DirectoryDraft, carried: ReadonlySet<number>): TargetAffiliation[] {
  const groups = new Map<number, { group: number; index: number }[]>();
  for (const row of draft.source.principalAffiliations) {
    if (!isCarried(draft, row)) continue;
    const member = principalInPlaceOf(draft, row.principalID)?.id ?? row.principalID;
    const group = principalInPlaceOf(draft, row.affiliationID)?.id ?? row.affiliationID;
    if (member === group || !carried.has(member) || !carried.has(group)) continue;
    const known = groups.get(member) ?? [];
    if (known.length === 0) groups.set(member, known);
    known.push({ group, index: row.index ?? Number.MAX_SAFE_INTEGER });
  }
  const principalIds = [...groups.keys()].sort((one, other) => one - other);
  return principalIds.map((principalId) => ({
    kind: 'affiliation',
    principalId,
    groupIds: inIndexOrder(groups.get(principalId) ?? []),
  }));
}

/** Each group once, by its lowest index; without an index last; of equal indexes the lower id first. */
function inIndexOrder(groups: readonly { group: number; index: number }[]): number[] {
  const ordered = [...groups].sort((one, other) => one.index - other.index || one.group - other.group);
  return [...new Set(ordered.map(({ group }) => group))];
}

function toAddIns(draft: DirectoryDraft): TargetAddIn[] {
  return [...draft.addIns.values()]
    .filter((addIn) => isCarried(draft, addIn.source))
    .map(({ id, name, url }): TargetAddIn => ({ kind: 'addIn', id, name, url }))
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}

function toCategory(category: CategoryDraft, draft: DirectoryDraft, ascending: Ascending): TargetCategory {
  const { id, guid, name, description, invitations, chatHistory, fileUpload } = category;
  return {
    kind: 'category',
    ...{ id, guid, name, description, invitations, chatHistory, fileUpload },
    allowed: ascending(category.allowed),
    denied: ascending(category.denied),
    creators: ascending(category.creators),
    ...auditOf(category, draft),
  };
}

function toRoom(room: RoomDraft, draft: DirectoryDraft, ascending: Ascending): TargetRoom {
  const { id, guid, name, description, disabled, type, privacy, invitations, addInId } = room;
  return {
    kind: 'room',
    ...{ id, guid, categoryId: room.category.id, name, description },
    ...{ disabled, type, privacy, invitations, addInId },
    managers: ascending(room.managers),
    members: ascending(room.members),
    presenters: ascending(room.presenters),
    ...auditOf(room, draft),
  };
}

/** Ids of merged principals are followed; one that the export does not hold stays as it is, for the record. */
function auditOf({ source }: CategoryDraft | RoomDraft, draft: DirectoryDraft): Audit {
  const idOf = (id: number | null): number | null =>
    id === null ? null : (principalInPlaceOf(draft, id)?.id ?? id);
  return {
    addedBy: idOf(source?.nodeAddedBy ?? null),
    addedOn: source?.nodeAddedOn ?? null,
    updatedBy: idOf(source?.nodeUpdatedBy ?? null),
    updatedOn: source?.nodeUpdatedOn ?? null,
  };
}

function toLastChatIds(draft: DirectoryDraft): TargetLastChatId[] {
  const counters: TargetLastChatId[] = [];
  for (const row of draft.source.lastChatIds) {
    const room = draft.rooms.get(row.nodeID);
    if (room === undefined || !isCarried(draft, row) || !isCarried(draft, room.source)) continue;
    counters.push({ kind: 'lastChatId', roomId: row.nodeID, id: row.lastChatID });
  }
  return counters.sort((one, other) => one.roomId - other.roomId);
}
