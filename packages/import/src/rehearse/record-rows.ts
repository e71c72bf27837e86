import type { TargetDirectoryRecord, TargetMessage, TargetPrincipal, TargetRoom } from '../target-record.js';
import type { FilledTable } from './target-tables.js';

export type SqlValue = number | bigint | string | null;

/** A row of the target: columns in a fixed order a table. */
export interface TableRow {
  readonly table: FilledTable;
  readonly values: Readonly<Record<string, SqlValue>>;
}

const PRINCIPAL_TYPE: Readonly<Record<TargetPrincipal['principalKind'], number>> = {
  system: 4,
  user: 5,
  domain: 8,
  group: 9,
  folder: 10,
};
const BEHAVIOR: Readonly<Record<TargetRoom['type'], number>> = { Normal: 4, Auditorium: 5 };
const VISIBILITY: Readonly<Record<TargetRoom['privacy'], number>> = { Secret: 2, Closed: 3, Open: 6 };
/** Ids of tblRoleType are not documented; the rehearsal's own. */
const ROLE = { member: 1, manager: 2, presenter: 3, creator: 4 } as const;
const ROOT = 1;
/** tblNode wants both of a category as well, but the pages speak of rooms only. */
const OF_CATEGORIES = { behavior: 4, visibility: 3 } as const;
/** Every principal but system users belongs to itself, at this index; the server adds it. */
const SELF_INDEX = -1;

/** The rows that an import would make of a record. The root is there already. */
export function rowsOfRecord(record: TargetDirectoryRecord): TableRow[] {
  switch (record.kind) {
    case 'principal':
      return [principalRow(record), ...selfAffiliation(record)];
    case 'affiliation':
      return record.groupIds.map((affiliationID, at) => ({
        table: 'tblPrincipalAffiliations',
        values: { principalID: record.principalId, affiliationID, index: at + 1 },
      }));
    case 'addIn':
      return [
        {
          table: 'tblSiopWhiteList',
          values: { siopID: record.id, siopName: record.name, siopUrl: record.url },
        },
      ];
    case 'category':
      return [
        {
          table: 'tblNode',
          values: {
            ...nodeValues(record, ROOT),
            nodeType: 1,
            invite: Number(record.invitations),
            logged: Number(record.chatHistory),
            filePost: Number(record.fileUpload),
            disabled: 0,
            ...OF_CATEGORIES,
            siopID: null,
          },
        },
        ...scopeRows(record.id, record.allowed, 0),
        ...scopeRows(record.id, record.denied, 1),
        ...roleRows(record.id, record.creators, ROLE.creator),
      ];
    case 'room':
      return [
        {
          table: 'tblNode',
          values: {
            ...nodeValues(record, record.categoryId),
            nodeType: 0,
            invite: record.invitations === 'Inherit' ? null : 0,
            logged: null,
            filePost: null,
            disabled: Number(record.disabled),
            behavior: BEHAVIOR[record.type],
            visibility: VISIBILITY[record.privacy],
            siopID: record.addInId,
          },
        },
        ...roleRows(record.id, record.members, ROLE.member),
        ...roleRows(record.id, record.managers, ROLE.manager),
        ...roleRows(record.id, record.presenters, ROLE.presenter),
      ];
    case 'lastChatId':
      return [{ table: 'tblLastChatId', values: { nodeID: record.roomId, lastChatID: record.id } }];
  }
}

/** Columns of a message, in the order of `messageValues`. */
export const MESSAGE_COLUMNS = [
  'channelId',
  'chatId',
  'chatDate',
  'userId',
  'isAlert',
  'content',
  'rtf',
] as const;

export function messageValues(message: TargetMessage): SqlValue[] {
  const { roomId, id, date, userId, alert, content, rtf } = message;
  return [roomId, id, date, userId, Number(alert), content.toString(), rtf === null ? null : rtf.toString()];
}

function principalRow(record: TargetPrincipal): TableRow {
  return {
    table: 'tblPrincipal',
    values: {
      prinID: record.id,
      prinGuid: record.guid,
      prinUri: record.uri,
      prinName: record.name,
      prinDisplayName: record.displayName,
      prinCompanyName: record.company,
      prinEmail: record.email,
      prinADPath: record.adPath,
      prinADUserPrincipalName: record.userPrincipalName,
      prinDisabled: record.disabled,
      prinTypeID: PRINCIPAL_TYPE[record.principalKind],
    },
  };
}

function selfAffiliation({ id, principalKind }: TargetPrincipal): TableRow[] {
  if (principalKind === 'system') return [];
  const values = { principalID: id, affiliationID: id, index: SELF_INDEX };
  return [{ table: 'tblPrincipalAffiliations', values }];
}

type Node = Extract<TargetDirectoryRecord, { kind: 'category' | 'room' }>;

function nodeValues(record: Node, parentID: number): Record<string, SqlValue> {
  return {
    nodeID: record.id,
    nodeGuid: record.guid,
    parentID,
    nodeName: record.name,
    nodeDesc: record.description,
    nodeAddedBy: record.addedBy ?? 1,
    nodeAddedOn: record.addedOn ?? 0n,
    nodeUpdatedBy: record.updatedBy ?? 1,
    nodeUpdatedOn: record.updatedOn ?? 0n,
  };
}

function scopeRows(scopeNodeID: number, ids: readonly number[], scopeIsDenied: 0 | 1): TableRow[] {
  return ids.map((scopePrinID) => ({
    table: 'tblScopePrincipal',
    values: { scopeNodeID, scopePrinID, scopeIsDenied },
  }));
}

function roleRows(prinRoleNodeID: number, ids: readonly number[], prinRoleTypeID: number): TableRow[] {
  return ids.map((prinRolePrinID) => ({
    table: 'tblPrincipalRole',
    values: { prinRoleNodeID, prinRolePrinID, prinRoleTypeID },
  }));
}
