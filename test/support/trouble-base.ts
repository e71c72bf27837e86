import { createHash } from 'node:crypto';
import {
  type Cell,
  columnsFrom,
  documentedTable,
  guidOf,
  type Row,
  type Table,
  ticksOf,
} from './export-model.js';

/** The rows of an export in the making, by table; the tables in the order in which they are written. */
export type Rows = Map<string, Row[]>;

/** What a case does to the base. */
export type Change = (rows: Rows) => void;

const DOMAIN = 'DC=contoso,DC=example';
export const FOLDER = 2;
export const ANA = 3;
export const BO = 4;
export const OPERATIONS = 2;
export const NIGHT_WATCH = 10;
export const MEMBER = 1;
export const MANAGER = 2;
export const PRESENTER = 3;
export const ADD_IN = guidOf(3, 1);

const CREATED = ticksOf('2009-02-02T08:30:00Z');
const FIRST_MESSAGE = ticksOf('2010-03-04T05:06:07Z');
const DAY = 864_000_000_000n;

/** The GUID of the node of that id. */
export function nodeGuid(id: number): string {
  return guidOf(1, id);
}

function node(nodeID: number, parentID: number, nodeName: string): Row {
  return {
    nodeID,
    nodeGuid: nodeGuid(nodeID),
    parentID,
    nodeName,
    nodeDesc: '',
    inheritance: false,
    scopeChange: false,
    overrideMember: false,
    disabled: false,
    behavior: 4,
    scopeDefinerId: OPERATIONS,
    roleDefinerId: 1,
    nodeAddedBy: ANA,
    nodeAddedOn: CREATED,
    nodeUpdatedBy: ANA,
    nodeUpdatedOn: CREATED,
  };
}

/** A category that stores every setting: invitations and history on, upload off, members may not create. */
export function category(id: number, parent: number, name: string, columns: Row = {}): Row {
  const stored = { invite: true, logged: true, filePost: false, restrictChildCreate: false, visibility: 3 };
  return { ...node(id, parent, name), nodeType: true, ...stored, scopeDefinerId: id, ...columns };
}

/** A normal, closed room that takes the other settings from its category. */
export function room(id: number, parent: number, name: string, columns: Row = {}): Row {
  return { ...node(id, parent, name), nodeType: false, visibility: 3, ...columns };
}

/** An active user of the forest. */
export function user(prinID: number, name: string, columns: Row = {}): Row {
  return {
    prinID,
    prinGuid: guidOf(2, prinID),
    prinUri: `sip:${name.toLowerCase().replaceAll(/[^a-z]+/g, '.')}@contoso.example`,
    prinName: name,
    prinADPath: `CN=${name},OU=Staff,${DOMAIN}`,
    prinDisabled: false,
    prinTypeID: 5,
    prinAllowedPermSet: 0n,
    prinUseInheritedPerms: true,
    prinAddedOn: CREATED,
    prinUpdatedOn: CREATED,
    prinVerifiedOn: '2010-01-01T00:00:00.000',
    ...columns,
  };
}

/** Message `chatID` of a room, written by Ana on the `chatID`th day. */
export function message(channelID: number, chatID: bigint, content: Cell, columns: Row = {}): Row {
  return { channelID, chatID, chatDate: dayOf(chatID), userId: ANA, isAlert: false, content, ...columns };
}

/** The instant of the `chatID`th message. */
export function dayOf(chatID: bigint): bigint {
  return FIRST_MESSAGE + (chatID - 1n) * DAY;
}

export function role(nodeId: number, principal: number, type: number): Row {
  return { prinRoleNodeID: nodeId, prinRolePrinID: principal, prinRoleTypeID: type, prinRoleUpdatedBy: ANA };
}

export function scope(nodeId: number, principal: number): Row {
  return { scopeNodeID: nodeId, scopePrinID: principal, scopeUpdatedBy: ANA };
}

export function affiliation(principalID: number, affiliationID: number, index = 0): Row {
  return { principalID, affiliationID, index, updatedBy: ANA };
}

export function addIn(siopID: string, siopName: string, siopUrl: string): Row {
  return { siopID, siopName, siopUrl };
}

/**
 * The smallest export with a row in every table that is read: one category, one room with one member and one message,
 * two users in a folder that is the category's scope. A run says of it nothing but how its visibility is mapped.
 */
function baseRows(): Rows {
  const permissions = { honorsOverride: true, honorsScope: true };
  return new Map<string, Row[]>([
    [
      'tblRoleType',
      [
        { rtypeID: MEMBER, rtypeDesc: 'Member', rtypeAllowedPermSet: 3984n, ...permissions },
        { rtypeID: MANAGER, rtypeDesc: 'Manager', rtypeAllowedPermSet: 12276n, ...permissions },
        { rtypeID: PRESENTER, rtypeDesc: 'Voiced', rtypeAllowedPermSet: 8080n, ...permissions },
      ],
    ],
    [
      'tblPrincipal',
      [
        user(FOLDER, 'Staff', {
          prinUri: `ma-folder:${FOLDER}`,
          prinTypeID: 10,
          prinADPath: `OU=Staff,${DOMAIN}`,
        }),
        user(ANA, 'Ana Rey'),
        user(BO, 'Bo Lindqvist'),
      ],
    ],
    ['tblPrincipalAffiliations', [affiliation(ANA, FOLDER), affiliation(BO, FOLDER)]],
    ['tblSiopWhiteList', [addIn(ADD_IN, 'Ticket viewer', 'https://tickets.contoso.example/view')]],
    [
      'tblNode',
      [
        category(1, 1, 'Contoso', { scopeDefinerId: 1 }),
        category(OPERATIONS, 1, 'Operations'),
        room(NIGHT_WATCH, OPERATIONS, 'Night watch'),
      ],
    ],
    ['tblScopePrincipal', [scope(OPERATIONS, FOLDER)]],
    ['tblPrincipalRole', [role(NIGHT_WATCH, ANA, MEMBER)]],
    ['tblLastChatId', [{ nodeID: NIGHT_WATCH, lastChatID: 9n }]],
    ['tblChat', [message(NIGHT_WATCH, 1n, 'Good evening.')]],
  ]);
}

/** Puts rows behind those of the table; a table that the base does not have comes before the messages. */
export function add(table: string, ...more: readonly Row[]): Change {
  return (rows) => {
    const messages = rows.get('tblChat') ?? [];
    if (!rows.has(table)) rows.delete('tblChat');
    rows.set(table, [...(rows.get(table) ?? []), ...more]);
    rows.set('tblChat', table === 'tblChat' ? (rows.get(table) ?? []) : messages);
  };
}

/** Gives columns of a row other values; the row is known by its first column. */
export function set(table: string, key: Cell, columns: Row): Change {
  return (rows) => {
    const list = rows.get(table) ?? [];
    const at = list.findIndex((row) => Object.values(row)[0] === key);
    if (at < 0) throw new Error(`Unexpected ${table} ${String(key)}, expected a row of the base.`);
    rows.set(
      table,
      list.map((row, index) => (index === at ? { ...row, ...columns } : row)),
    );
  };
}

/** Gives a column of all rows the same value. */
export function setAll(table: string, columns: Row): Change {
  return (rows) => {
    rows.set(
      table,
      (rows.get(table) ?? []).map((row) => ({ ...row, ...columns })),
    );
  };
}

export function withoutTable(table: string): Change {
  return (rows) => {
    rows.delete(table);
  };
}

/** The export-manifest.json that fits the base with its changes, but for the row counts that are given. */
export function manifestOf(xml: string, counts: Readonly<Record<string, number>>): Record<string, string> {
  const tables = new Map<string, { rows: number }>();
  for (const [, table = ''] of xml.matchAll(/<(tbl\w+)/g)) {
    tables.set(table, { rows: (tables.get(table)?.rows ?? 0) + 1 });
  }
  for (const [table, rows] of Object.entries(counts)) tables.set(table, { rows });
  const dates = Array.from(xml.matchAll(/chatDate="(\d+)"/g), ([, ticks = '0']) => BigInt(ticks));
  dates.sort((a, b) => (a < b ? -1 : 1));
  const manifest = {
    version: 1,
    exportedOn: '2012-05-06T07:08:09Z',
    tables: Object.fromEntries(tables),
    chatDate: { min: String(dates[0]), max: String(dates.at(-1)) },
    files: { 'export.xml': { sha256: createHash('sha256').update(xml).digest('hex') } },
  };
  return { 'export-manifest.json': `${JSON.stringify(manifest, null, 2)}\n` };
}

/** The base after some changes, as tables to be written. A table that nobody documents has text columns. */
export function changedTables(changes: readonly Change[]): readonly Table[] {
  const rows = baseRows();
  for (const change of changes) change(rows);
  return [...rows].map(([name, list]) => tableOf(name, list));
}

function tableOf(name: string, rows: readonly Row[]): Table {
  try {
    return documentedTable(name, rows);
  } catch {
    const columns = Object.keys(rows[0] ?? {}).map((column) => `${column}:text`);
    return { name, columns: columnsFrom(columns.join(' ')), rows };
  }
}
