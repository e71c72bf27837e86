import { documentedTable, type ExportModel, guidOf, modelOf, type Row, ticksOf } from './export-model.js';
import { ROLE_TYPE, ROLE_TYPE_ROWS } from './sample-tree.js';

const CATEGORIES = 10;
/** Ids: 1 root, 2 and up categories, from here on rooms. */
export const FIRST_ROOM_ID = 100;
/** Ids: 1 system, 2 the domain, from here on users. */
export const FIRST_USER_ID = 10;
const DOMAIN_ID = 2;
const NODE_FAMILY = 0x4f;
const PRINCIPAL_FAMILY = 0x51;

interface Size {
  readonly rooms: number;
  readonly users: number;
  /** The highest chatID of each room; 0 when it has no message. */
  readonly lastChatIds: readonly number[];
}

/** The GUID of a generated room, by its number from 0. */
export function generatedGuid(room: number): string {
  return guidOf(NODE_FAMILY, FIRST_ROOM_ID + room);
}

/** A directory without any condition: one domain as scope, categories below the root, every user a member somewhere. */
export function generatedDirectory({ rooms, users, lastChatIds }: Size): ExportModel {
  const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);
  return modelOf([
    documentedTable('tblRoleType', ROLE_TYPE_ROWS),
    documentedTable('tblPrincipal', [
      principal(1, 4, 'system', null),
      principal(DOMAIN_ID, 8, 'contoso.example', 'DC=contoso,DC=example'),
      ...numbers(users).map(userRow),
    ]),
    documentedTable(
      'tblPrincipalAffiliations',
      numbers(users).map((user) => ({
        principalID: FIRST_USER_ID + user,
        affiliationID: DOMAIN_ID,
        index: 0,
        updatedBy: 1,
      })),
    ),
    documentedTable('tblNode', [
      node(1, 1, 'Contoso', true),
      ...numbers(CATEGORIES).map((number) => node(2 + number, 1, `Department ${number + 1}`, true)),
      ...numbers(rooms).map((room) => ({
        ...node(FIRST_ROOM_ID + room, 2 + (room % CATEGORIES), `Room ${room + 1}`, false),
        nodeGuid: generatedGuid(room),
      })),
    ]),
    documentedTable('tblScopePrincipal', [{ scopeNodeID: 1, scopePrinID: DOMAIN_ID, scopeUpdatedBy: 1 }]),
    documentedTable('tblPrincipalRole', [
      ...numbers(rooms).map((room) => role(room, room % users, 'manager')),
      ...numbers(Math.max(users, rooms)).map((number) => role(number % rooms, number % users, 'member')),
    ]),
    documentedTable(
      'tblLastChatId',
      lastChatIds.flatMap((last, room) =>
        last === 0 ? [] : [{ nodeID: FIRST_ROOM_ID + room, lastChatID: BigInt(last) }],
      ),
    ),
  ]);
}

function userRow(user: number): Row {
  const account = `user${user + 1}`;
  return {
    ...principal(FIRST_USER_ID + user, 5, account, `CN=${account},OU=Staff,DC=contoso,DC=example`),
    prinUri: `sip:${account}@contoso.example`,
    prinName: `User Nr. ${user + 1}`,
    prinEmail: `${account}@contoso.example`,
    prinADUserPrincipalName: `${account}@contoso.example`,
  };
}

function principal(prinID: number, prinTypeID: number, name: string, prinADPath: string | null): Row {
  return {
    prinID,
    prinGuid: guidOf(PRINCIPAL_FAMILY, prinID),
    prinUri: `ma-grp:${name}@u.g`,
    prinADPath,
    prinDisabled: false,
    prinTypeID,
    prinAllowedPermSet: 0n,
    prinUseInheritedPerms: true,
    prinAddedBy: 1,
    prinAddedOn: ticksOf('2009-01-01T00:00:00Z'),
    prinUpdatedBy: 1,
    prinUpdatedOn: ticksOf('2009-01-01T00:00:00Z'),
    prinVerifiedOn: '2012-12-01T00:00:00.000',
  };
}

/** Every setting stands on categories and is inherited by rooms. */
function node(nodeID: number, parentID: number, nodeName: string, nodeType: boolean): Row {
  const settings: Row = nodeType
    ? { invite: true, logged: true, filePost: true, visibility: 3, restrictChildCreate: false }
    : {};
  return {
    nodeID,
    nodeGuid: guidOf(NODE_FAMILY, nodeID),
    parentID,
    nodeType,
    nodeName,
    nodeDesc: `About ${nodeName}`,
    topic: '',
    inheritance: false,
    scopeChange: false,
    overrideMember: false,
    ...settings,
    disabled: false,
    behavior: 4,
    scopeDefinerId: 1,
    roleDefinerId: 1,
    nodeAddedBy: FIRST_USER_ID,
    nodeAddedOn: ticksOf('2009-01-01T00:00:00Z'),
    nodeUpdatedBy: FIRST_USER_ID,
    nodeUpdatedOn: ticksOf('2009-01-01T00:00:00Z'),
  };
}

function role(room: number, user: number, name: keyof typeof ROLE_TYPE): Row {
  return {
    prinRoleNodeID: FIRST_ROOM_ID + room,
    prinRolePrinID: FIRST_USER_ID + user,
    prinRoleTypeID: ROLE_TYPE[name],
    prinRoleUpdatedBy: 1,
  };
}
