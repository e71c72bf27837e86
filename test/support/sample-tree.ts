import { type Cell, guidOf, type Row, ticksOf } from './export-model.js';

const NODE_FAMILY = 0x4e;
const ADD_IN_FAMILY = 0x53;

export const ADD_INS: readonly Row[] = [
  {
    siopID: guidOf(ADD_IN_FAMILY, 1),
    siopName: 'Ticket viewer',
    siopUrl: 'https://tickets.contoso.example/view',
  },
  {
    siopID: guidOf(ADD_IN_FAMILY, 2),
    siopName: 'Market data',
    siopUrl: 'https://market.contoso.example/chart?symbol=EURUSD&range=1d',
  },
  {
    siopID: guidOf(ADD_IN_FAMILY, 3),
    siopName: 'World clock (unused)',
    siopUrl: 'http://clock.contoso.example/',
  },
];

/** A category or room: its id, its parent, its name, and the columns that differ from the defaults. */
type Node = readonly [id: number, parent: number, name: string, columns?: Row];

const CATEGORIES: readonly Node[] = [
  [
    1,
    1,
    'Contoso',
    {
      invite: true,
      logged: true,
      filePost: true,
      visibility: 3,
      restrictChildCreate: true,
      scopeChange: true,
      filestoreURI: 'https://files.contoso.example/MGCWebService/MGCWebService.asmx',
    },
  ],
  [2, 1, 'Operations', { filePost: true, nodeDesc: 'Everything that runs day and night' }],
  [3, 2, 'Shifts', { overrideMember: true }],
  [4, 3, 'Night'],
  [5, 2, 'Incidents', { inheritance: true, invite: false, logged: true, filePost: false, visibility: 3 }],
  [6, 1, 'Trading', { overrideMember: true, scopeChange: true, visibility: 2 }],
  [7, 6, 'London', { logged: true }],
  [8, 7, 'Desk One'],
  [9, 1, 'Partners', { restrictChildCreate: false, invite: true }],
  [10, 1, 'Support', { filePost: false, invite: false }],
  [11, 10, 'Empty shelf', { nodeDesc: 'Nothing here yet' }],
  [12, 1, '日本支社', { logged: false }],
  [13, 12, '会議', { logged: true }],
  [14, 1, ' Projects ', { visibility: 2 }],
  [15, 1, 'Q&A <public>'],
];

const ROOMS: readonly Node[] = [
  [20, 2, 'Night watch', { topic: 'Who is awake? =SUM(A1:A9)' }],
  [21, 2, 'Runbook links', { siopID: guidOf(ADD_IN_FAMILY, 1) }],
  [22, 2, 'back\\slash room'],
  [23, 2, 'Empty room', { nodeDesc: 'No message was ever sent here' }],
  [24, 3, 'Early shift'],
  [25, 3, 'Late shift', { nodeDesc: null }],
  [26, 4, 'Handover', { topic: 'From 06:00' }],
  [27, 5, 'Major incident', { invite: true, logged: false, filePost: true, visibility: 2 }],
  [28, 5, 'Minor incident', { invite: null, logged: null, filePost: null, visibility: null }],
  [29, 6, 'FX'],
  [30, 6, 'Rates', { siopID: guidOf(ADD_IN_FAMILY, 2) }],
  [31, 7, 'London open'],
  [32, 8, 'Desk chat'],
  [33, 9, 'Fabrikam project', { topic: 'Joint delivery' }],
  [34, 10, 'Tickets'],
  [35, 10, 'Release 🚀 train'],
  [36, 10, 'Old helpdesk', { disabled: true, nodeDesc: 'Closed in 2010' }],
  [37, 12, 'お知らせ'],
  [38, 12, '経理', { logged: true }],
  [39, 13, '朝会'],
  [40, 14, 'חדר ישיבות', { topic: 'פגישה שבועית' }],
  [41, 14, '  Leading blanks'],
  [42, 14, 'CDATA ]]> end'],
  [43, 14, 'He said "yes" & \'no\' <maybe>', { nodeDesc: '"quoted" & <angled>' }],
  [44, 15, 'Town hall', { behavior: 5 }],
  [45, 15, 'Quiet hall', { behavior: 5, nodeDesc: '' }],
  [46, 15, `Longest name ${'of two hundred and fifty-six units '.repeat(7)}`.slice(0, 255).padEnd(256, '!')],
  [47, 1, 'Lobby', { topic: 'Directly below the root' }],
  [48, 1, 'Notice board'],
  [49, 15, 'Cre\u0300me bru\u0302le\u0301e ﬁn'],
];

/**
 * The orthogonal array L9(3^4): in its nine rows every pair of values of every two columns occurs. The columns are
 * invite, logged, filePost (NULL, 0, 1) and visibility (NULL, 2, 3); rooms take the rows in turn.
 */
const L9 = ['0000', '0111', '0222', '1012', '1120', '1201', '2021', '2102', '2210'];

function roomSettings(position: number): Row {
  const digits = [...(L9[position % L9.length] ?? '')].map(Number);
  const bit = (digit = 0): Cell => [null, false, true][digit] ?? null;
  return {
    invite: bit(digits[0]),
    logged: bit(digits[1]),
    filePost: bit(digits[2]),
    visibility: [null, 2, 3][digits[3] ?? 0] ?? null,
  };
}

/** Complete scopes: the node's own rows replace those above. A root manager must stay inside each of them. */
const SCOPES: ReadonlyMap<number, readonly number[]> = new Map([
  [1, [2, 3, 9]],
  [6, [5, 7, 12, 18]],
  [7, [7, 12, 18]],
  [9, [2, 9, 10]],
]);

export const ROLE_TYPE = { member: 3, manager: 1, presenter: 2 } as const;
type Role = keyof typeof ROLE_TYPE;

/** Explicit roles: node, role, principals. */
const ROLES: readonly (readonly [number, Role, readonly number[]])[] = [
  [1, 'manager', [12, 18]],
  [1, 'member', [20]],
  [2, 'member', [6]],
  [2, 'manager', [13]],
  [3, 'member', [4]],
  [4, 'member', [17]],
  [5, 'manager', [21, 19]],
  [6, 'member', [7, 24]],
  [6, 'manager', [23]],
  [9, 'member', [9, 27]],
  [10, 'member', [8]],
  [12, 'member', [16, 34]],
  [14, 'member', [15, 33]],
  [20, 'member', [14, 21, 32]],
  [21, 'manager', [14]],
  [22, 'member', [37]],
  [24, 'member', [28]],
  [25, 'manager', [31]],
  [27, 'member', [27, 30]],
  [28, 'member', [17]],
  [29, 'member', [23, 24, 35]],
  [29, 'manager', [26]],
  [30, 'member', [29]],
  [31, 'member', [23, 29]],
  [32, 'manager', [24]],
  [33, 'member', [10, 11, 12]],
  [33, 'manager', [27, 10]],
  [34, 'member', [22, 25, 38]],
  [34, 'manager', [36]],
  [35, 'member', [30, 36]],
  [36, 'member', [25, 19]],
  [37, 'manager', [16]],
  [38, 'member', [34]],
  [39, 'member', [16]],
  [40, 'manager', [15]],
  [41, 'member', [33, 31]],
  [42, 'member', [28]],
  [43, 'member', [37, 33]],
  [44, 'member', [4, 21, 28]],
  [44, 'presenter', [21, 31]],
  [45, 'member', [4]],
  [46, 'member', [40]],
  [47, 'member', [2]],
  [48, 'member', [4]],
  [48, 'manager', [20]],
  [49, 'member', [31, 20]],
  [49, 'presenter', [31]],
];

/** tblNode of the sample: categories and rooms, their definers computed as the server keeps them. */
export function nodeRows(): readonly Row[] {
  const nodes = [...CATEGORIES, ...ROOMS];
  const byId = new Map(nodes.map((node) => [node[0], node]));
  const definer = (id: number, defines: (node: Node) => boolean): number => {
    const node = byId.get(id);
    if (node === undefined) throw new Error(`Unexpected parent ${id}, expected a node of the sample.`);
    return node[0] === node[1] || defines(node) ? id : definer(node[1], defines);
  };
  return nodes.map((node, position) => ({
    ...nodeDefaults(node, position - CATEGORIES.length),
    scopeDefinerId: definer(node[0], ([id]) => SCOPES.has(id)),
    roleDefinerId: definer(node[0], ([, , , columns]) => columns?.overrideMember === true),
    ...node[3],
  }));
}

function nodeDefaults([nodeID, parentID, nodeName]: Node, roomPosition: number): Row {
  const isRoom = roomPosition >= 0;
  return {
    nodeID,
    nodeGuid: nodeGuid(nodeID),
    parentID,
    nodeType: !isRoom,
    nodeName,
    nodeDesc: isRoom ? `Room number ${nodeID}` : '',
    topic: '',
    inheritance: false,
    scopeChange: false,
    overrideMember: false,
    disabled: false,
    behavior: 4,
    ...(isRoom ? roomSettings(roomPosition) : {}),
    nodeAddedBy: 12,
    nodeAddedOn: ticksOf('2009-02-02T08:30:00Z', BigInt(nodeID) * 1_234_567n),
    nodeUpdatedBy: 18,
    nodeUpdatedOn: ticksOf('2011-11-11T11:11:11Z', BigInt(nodeID)),
  };
}

/** The GUID of a node of the sample, as room links carry it. */
export function nodeGuid(id: number): string {
  return guidOf(NODE_FAMILY, id);
}

export function scopeRows(): readonly Row[] {
  return [...SCOPES].flatMap(([scopeNodeID, principals]) =>
    principals.map((scopePrinID) => ({ scopeNodeID, scopePrinID, scopeUpdatedBy: 12 })),
  );
}

export function roleRows(): readonly Row[] {
  return ROLES.flatMap(([prinRoleNodeID, role, principals]) =>
    principals.map((prinRolePrinID) => ({
      prinRoleNodeID,
      prinRolePrinID,
      prinRoleTypeID: ROLE_TYPE[role],
      prinRoleUpdatedBy: 12,
    })),
  );
}

/** tblRoleType: permission masks as seen on the wire; the ids are not documented, so these are our own. */
export const ROLE_TYPE_ROWS: readonly Row[] = [
  { rtypeID: 1, rtypeDesc: 'Manager', rtypeAllowedPermSet: 12276n, honorsOverride: false, honorsScope: true },
  { rtypeID: 2, rtypeDesc: 'Voiced', rtypeAllowedPermSet: 8080n, honorsOverride: true, honorsScope: true },
  { rtypeID: 3, rtypeDesc: 'Member', rtypeAllowedPermSet: 3984n, honorsOverride: true, honorsScope: true },
];
