import {
  type Cell,
  columnsFrom,
  documentedTable,
  type ExportModel,
  modelOf,
  type Row,
  rowsOf,
  type Table,
} from './export-model.js';
import { chatRows } from './sample-messages.js';
import { affiliationRows, principalRows, principalTypeRows } from './sample-people.js';
import { ADD_INS, nodeRows, ROLE_TYPE_ROWS, roleRows, scopeRows } from './sample-tree.js';

const ROOT = 1;
/** tblLastChatId: one counter below the highest chatID, one missing, one of a room without messages. */
const COUNTER_TOO_LOW = 29;
const COUNTER_MISSING = 34;
const COUNTERS_OF_EMPTY_ROOMS: readonly Row[] = [{ nodeID: 23, lastChatID: 12n }];

const ENUM_ATTRIBUTES: readonly Row[] = [
  { attributeID: 1, attributeName: 'Visibility' },
  { attributeID: 2, attributeName: 'Behavior' },
];
const ENUM_VALUES: readonly Row[] = [
  { valueID: 2, attributeID: 1, attributeValue: 'Private' },
  { valueID: 3, attributeID: 1, attributeValue: 'Scoped' },
  { valueID: 4, attributeID: 2, attributeValue: 'Normal' },
  { valueID: 5, attributeID: 2, attributeValue: 'Auditorium' },
];
const INVITES: readonly Row[] = [
  { prinID: 14, invID: 1, nodeID: 20, createdOn: '2010-05-04T09:15:30.120' },
  { prinID: 14, invID: 2, nodeID: 33, createdOn: '2010-05-05T00:00:00.000' },
  { prinID: 28, invID: 1, nodeID: 24, createdOn: '2011-01-31T23:59:59.997' },
];

/**
 * The self-made sample: Contoso's Group Chat with 45 nodes, 40 principals and 400 messages, and in it every
 * condition that leaves a run ready to import. All names and texts are invented.
 */
export function sampleModel(): ExportModel {
  const chat = chatRows();
  return modelOf([
    documentedTable('tblEnumAttribute', ENUM_ATTRIBUTES),
    documentedTable('tblEnumValue', ENUM_VALUES),
    documentedTable('tblPrincipalType', principalTypeRows()),
    documentedTable('tblRoleType', ROLE_TYPE_ROWS),
    documentedTable('tblPrincipal', principalRows()),
    documentedTable('tblPrincipalAffiliations', affiliationRows()),
    documentedTable('tblSiopWhiteList', ADD_INS),
    documentedTable('tblNode', nodeRows()),
    documentedTable('tblScopePrincipal', scopeRows()),
    documentedTable('tblPrincipalRole', roleRows()),
    documentedTable('tblPrincipalInvites', INVITES),
    documentedTable('tblLastChatId', lastChatIds(chat)),
    documentedTable('tblChat', chat, ['rtf']),
  ]);
}

function lastChatIds(chat: readonly Row[]): readonly Row[] {
  const highest = new Map<Cell, bigint>();
  for (const row of chat) highest.set(row.channelID ?? null, row.chatID as bigint);
  highest.delete(COUNTER_MISSING);
  const rows = [...highest].map(([nodeID, last]) => ({
    nodeID,
    lastChatID: nodeID === COUNTER_TOO_LOW ? last - 2n : last,
  }));
  return [...rows, ...COUNTERS_OF_EMPTY_ROOMS];
}

const SMALL_NODES: readonly Cell[] = [ROOT, 2, 3, 6, 9, 14, 15, 20, 24, 29, 33, 43, 44];
const RICH_ROOM = 20;
const SMALL_MESSAGES = { inRichRoom: 15, elsewhere: 3 };
const RTF = "{\\rtf1\\ansi\\ansicpg1252 caf\\'e9 & <b>\\par\r\nsecond line\\par}";

/**
 * A part of the sample for the shape fixtures: 13 nodes, 30 messages, the principals that these need, and what the
 * sample has not: a column `rtf`, a column that the schema does not know (with a blank in its name), and a table
 * that is not carried.
 */
export function smallModel(): ExportModel {
  const sample = sampleModel();
  const keep = (table: string, nodeColumn: string): Table =>
    documentedTable(
      table,
      rowsOf(sample, table).filter((row) => SMALL_NODES.includes(row[nodeColumn] ?? null)),
    );
  const chat = smallChat(keep('tblChat', 'channelID').rows);
  const nodes = keep('tblNode', 'nodeID');
  const scopes = keep('tblScopePrincipal', 'scopeNodeID');
  const roles = keep('tblPrincipalRole', 'prinRoleNodeID');
  const invites = keep('tblPrincipalInvites', 'nodeID');
  const needed = principalsNeeded(sample, [
    ...chat.map((row) => row.userId),
    ...scopes.rows.map((row) => row.scopePrinID),
    ...roles.rows.map((row) => row.prinRolePrinID),
    ...invites.rows.map((row) => row.prinID),
    ...nodes.rows.flatMap((row) => [row.nodeAddedBy, row.nodeUpdatedBy]),
  ]);
  const replaced = new Map(
    [
      smallPrincipals(sample, needed),
      documentedTable(
        'tblPrincipalAffiliations',
        rowsOf(sample, 'tblPrincipalAffiliations').filter((row) => needed.has(row.principalID ?? null)),
      ),
      nodes,
      scopes,
      roles,
      invites,
      documentedTable(
        'tblLastChatId',
        lastChatIds(chat).filter((row) => SMALL_NODES.includes(row.nodeID ?? null)),
      ),
      documentedTable('tblChat', chat),
    ].map((table) => [table.name, table]),
  );
  return modelOf([
    ...[...sample.values()].map((table) => replaced.get(table.name) ?? table),
    documentedTable('tblConfig', [
      { configLabel: 'pool', configSeqID: 1, configContent: '<config a="1"/>', lastModifiedBy: 12 },
    ]),
  ]);
}

/** The first messages of each room, 30 in all; two carry RTF and one of these holds only blanks. */
function smallChat(rows: readonly Row[]): readonly Row[] {
  const seen = new Map<Cell, number>();
  const kept = rows.filter((row) => {
    const room = row.channelID ?? null;
    const count = (seen.get(room) ?? 0) + 1;
    seen.set(room, count);
    return count <= (room === RICH_ROOM ? SMALL_MESSAGES.inRichRoom : SMALL_MESSAGES.elsewhere);
  });
  return kept.map((row, position) => {
    if (position === 1) return { ...row, rtf: RTF };
    return position === 2 ? { ...row, rtf: '   ' } : row;
  });
}

function principalsNeeded(sample: ExportModel, ids: readonly (Cell | undefined)[]): ReadonlySet<Cell> {
  const needed = new Set<Cell>([ROOT]);
  for (const id of ids) {
    for (const row of rowsOf(sample, 'tblPrincipalAffiliations')) {
      if (row.principalID === id) needed.add(row.affiliationID ?? null);
    }
  }
  return needed;
}

function smallPrincipals(sample: ExportModel, needed: ReadonlySet<Cell>): Table {
  const rows = rowsOf(sample, 'tblPrincipal').filter((row) => needed.has(row.prinID ?? null));
  const table = documentedTable('tblPrincipal', []);
  return {
    ...table,
    columns: [...table.columns, ...columnsFrom('Cost_Centre:text?')].map((column) =>
      column.name === 'Cost_Centre' ? { ...column, name: 'Cost Centre' } : column,
    ),
    rows: rows.map((row) => (row.prinID === 12 ? { ...row, 'Cost Centre': 'CC 100' } : row)),
  };
}
