import test, { type ExecutionContext } from 'ava';
import type { SqlValue } from '../../packages/import/dist/rehearse/record-rows.js';
import { RehearsalDatabase } from '../../packages/import/dist/rehearse/rehearsal-database.js';
import { REHEARSAL_QUERIES, ROOM_CONTENT } from '../../packages/import/dist/rehearse/rehearsal-queries.js';
import type { FilledTable } from '../../packages/import/dist/rehearse/target-tables.js';
import { brief, type Edit, soundBut, validated, zipOf } from './support/package-fixture.js';
import { entry, rehearsed, role, soundLedger } from './support/rehearsed.js';

/** A package in which a query finds one row, and the other queries that count otherwise because of the same row. */
interface Example {
  readonly edits: readonly Edit[];
  readonly also?: readonly string[];
}

const BY_ROOM = 'messages of all rooms after a date';
const BY_USER = 'messages of all users after a date';
const SETTINGS = 'settings that a room or category cannot have';
const BY_PHRASE = 'rooms and authors of messages that contain a phrase';

/**
 * For each query that must find nothing, packages in which it finds one row. Of settings there are none: the reader
 * refuses each of them first, which `UNREAD` shows.
 */
const BROKEN: Readonly<Record<string, Readonly<Record<string, Example>>>> = {
  'nested categories, rooms outside a category': {
    'a room below the root': { edits: [['ChatRooms.xml', 'categoryId="101"', 'categoryId="1"']] },
    'a room below a room': { edits: [['ChatRooms.xml', 'categoryId="101"', 'categoryId="200"']] },
  },
  'names that two nodes share': {
    'two rooms, in other letters': {
      edits: [['ChatRooms.xml', '<Name>Notes</Name>', '<Name>aPPles</Name>']],
    },
    'a room and a category': { edits: [['ChatRooms.xml', '<Name>Notes</Name>', '<Name>Fruit</Name>']] },
  },
  [SETTINGS]: {},
  'messages without a room': {
    'in what is not there': {
      edits: [['Messages.xml', '<ChatRoom id="201">', '<ChatRoom id="204">']],
      also: [BY_ROOM, BY_PHRASE],
    },
    'in a category': {
      edits: [['Messages.xml', '<ChatRoom id="201">', '<ChatRoom id="100">']],
      also: [BY_ROOM],
    },
  },
  'messages without an author': {
    'of nobody': { edits: [['Messages.xml', 'userId="12"', 'userId="97"']], also: [BY_USER, BY_PHRASE] },
  },
  'counters below the highest message': {
    'by one': { edits: [['ChatRooms.xml', 'lastChatId="7"', 'lastChatId="6"']] },
    'between the lowest and the highest': {
      edits: [['ChatRooms.xml', 'lastChatId="9007199254740993"', 'lastChatId="5"']],
    },
  },
  'presenters in normal rooms, presenters who are not members': {
    'a member who presents in a normal room': {
      edits: [['ChatRooms.xml', entry(10, '1100'), entry(10, '1110')]],
    },
    'a presenter without any other role': {
      edits: [['ChatRooms.xml', entry(11, '0110'), entry(11, '0010')]],
    },
    'a presenter who manages, beside a member': {
      edits: [['ChatRooms.xml', entry(11, '0110'), `${entry(11, '1010')}${entry(10, '0100')}`]],
    },
  },
  'roles outside the scope of the category': {
    'a member who is not allowed': { edits: [role(12, '0100')] },
    'a member who is allowed and denied': { edits: [role(13, '0100')] },
    'a creator who is not allowed': {
      edits: [['Categories.xml', '<Principal id="10" isCreator="1"/>', '<Principal id="12" isCreator="1"/>']],
    },
  },
};

test('every query that must find nothing has an example', (t) => {
  t.deepEqual(
    Object.keys(BROKEN),
    REHEARSAL_QUERIES.filter(({ expected }) => expected === 'nothing').map(({ name }) => name),
  );
});

for (const [query, examples] of Object.entries(BROKEN)) {
  for (const [what, { edits, also = [] }] of Object.entries(examples)) {
    test(`the query "${query}" finds one row: ${what}`, async (t) => {
      const { findings, result } = await rehearsed(t, edits);
      t.is(result.refused, 0, findings.join('\n'));
      t.deepEqual(
        findings
          .map((finding) => /^error rehearsal-balances - .* the query "([^"]+)"/.exec(finding)?.[1])
          .sort(),
        [...also, query].sort(),
        findings.join('\n'),
      );
      t.true(findings.some((finding) => finding.includes(`Unexpected 1 rows of the query "${query}"`)));
    });
  }
}

test('what the reader lets through of no package is found in the database all the same', async (t) => {
  const category = SOUND.tblNode;
  const room = { ...category, nodeType: 0, invite: null, logged: null, filePost: null };
  const settings: readonly Row[] = [
    { ...category, invite: null },
    { ...category, logged: null },
    { ...category, filePost: null },
    { ...category, disabled: 1 },
    { ...category, siopID: SOUND.tblSiopWhiteList.siopID },
    { ...room, invite: 1 },
    { ...room, logged: 0 },
    { ...room, filePost: 1 },
    { ...room, behavior: 2 },
    { ...room, visibility: 4 },
  ];
  const found = async (query: string, ...nodes: readonly Row[]): Promise<number> => {
    const database = await filledBefore(t, 'tblNode');
    for (const node of nodes) t.is(insert(database, 'tblNode', node), null);
    return database.number(REHEARSAL_QUERIES.find(({ name }) => name === query)?.sql ?? '');
  };
  for (const node of [category, room]) t.is(await found(SETTINGS, node), 0);
  for (const node of settings) t.is(await found(SETTINGS, node), 1, JSON.stringify(node));
  const nested = { ...category, nodeID: 21, nodeGuid: B, parentID: category.nodeID };
  t.is(await found('nested categories, rooms outside a category', category, nested), 1);
});

const BOTH_SCOPES = '<Principal id="22" isDenied="0"/><Principal id="22" isDenied="1"/>';
/** What the engine refuses of a package, by the constraint: an edit, the table, and the engine's words. */
const REFUSED: Readonly<Record<string, readonly [Edit, table: string, words: string]>> = {
  'tblPrincipal, primary key': [
    ['AdUsers.xml', 'principalId="12"', 'principalId="11"'],
    'tblPrincipal',
    'UNIQUE constraint failed: tblPrincipal.prinID',
  ],
  'tblPrincipal, prinGuid once': [
    ['AdUsers.xml', '0000000b-0000-4000-8000-00000000000b', '0000000a-0000-4000-8000-00000000000a'],
    'tblPrincipal',
    'UNIQUE constraint failed: tblPrincipal.prinGuid',
  ],
  'tblPrincipalAffiliations, primary key': [
    [
      'AdAffiliations.xml',
      '<User id="13">',
      '<User id="11"><Groups><Group id="21"/></Groups></User><User id="13">',
    ],
    'tblPrincipalAffiliations',
    'UNIQUE constraint failed: tblPrincipalAffiliations.principalID, tblPrincipalAffiliations.index, tblPrincipalAffiliations.affiliationID',
  ],
  'tblPrincipalAffiliations, principalID': [
    ['AdAffiliations.xml', '<User id="13">', '<User id="98">'],
    'tblPrincipalAffiliations',
    'FOREIGN KEY constraint failed',
  ],
  'tblPrincipalAffiliations, affiliationID': [
    ['AdAffiliations.xml', '<Group id="20"/>', '<Group id="98"/>'],
    'tblPrincipalAffiliations',
    'FOREIGN KEY constraint failed',
  ],
  'tblSiopWhiteList, primary key': [
    [
      'AddIns.xml',
      '</AddIns>',
      '<AddIn id="00000032-0000-4000-8000-000000000032"><Name>n</Name><Url>https://a.example/</Url></AddIn></AddIns>',
    ],
    'tblSiopWhiteList',
    'UNIQUE constraint failed: tblSiopWhiteList.siopID',
  ],
  'tblNode, primary key': [
    ['ChatRooms.xml', '<ChatRoom id="202"', '<ChatRoom id="101"'],
    'tblNode',
    'UNIQUE constraint failed: tblNode.nodeID',
  ],
  'tblNode, nodeGuid once': [
    ['ChatRooms.xml', '000000ca-0000-4000-8000-0000000000ca', '000000c9-0000-4000-8000-0000000000c9'],
    'tblNode',
    'UNIQUE constraint failed: tblNode.nodeGuid',
  ],
  'tblNode, parentID': [
    ['ChatRooms.xml', 'categoryId="100"', 'categoryId="99"'],
    'tblNode',
    'FOREIGN KEY constraint failed',
  ],
  'tblNode, siopID': [
    ['ChatRooms.xml', /addInId="[^"]*"/, 'addInId="00000033-0000-4000-8000-000000000033"'],
    'tblNode',
    'FOREIGN KEY constraint failed',
  ],
  'tblScopePrincipal, primary key': [
    ['Categories.xml', '<Principal id="22" isDenied="0"/>', BOTH_SCOPES],
    'tblScopePrincipal',
    'UNIQUE constraint failed: tblScopePrincipal.scopeNodeID, tblScopePrincipal.scopePrinID',
  ],
  'tblScopePrincipal, scopePrinID': [
    ['Categories.xml', '<Principal id="22" isDenied="0"/>', '<Principal id="98" isDenied="0"/>'],
    'tblScopePrincipal',
    'FOREIGN KEY constraint failed',
  ],
  'tblPrincipalRole, primary key': [
    role(10, '0100'),
    'tblPrincipalRole',
    'UNIQUE constraint failed: tblPrincipalRole.prinRoleNodeID, tblPrincipalRole.prinRolePrinID, tblPrincipalRole.prinRoleTypeID',
  ],
  'tblPrincipalRole, prinRolePrinID': [
    ['ChatRooms.xml', /<Principal id="\d+"/, '<Principal id="98"'],
    'tblPrincipalRole',
    'FOREIGN KEY constraint failed',
  ],
  'tblLastChatId, primary key': [
    ['ChatRooms.xml', '<ChatRoom id="201"', '<ChatRoom id="200"'],
    'tblLastChatId',
    'UNIQUE constraint failed: tblLastChatId.nodeID',
  ],
  'tblChat, primary key': [
    ['Messages.xml', '<Message id="2"', '<Message id="1"'],
    'tblChat',
    'UNIQUE constraint failed: tblChat.channelId, tblChat.chatId',
  ],
};

for (const [what, [edit, table, words]] of Object.entries(REFUSED)) {
  test(`the database refuses of a package: ${what}`, async (t) => {
    const { findings, result } = await rehearsed(t, [edit]);
    const told = `Unexpected refusal of a row of ${table} by the rehearsal's database, expected it to be taken: ${words}.`;
    t.true(
      findings.some((finding) => finding.startsWith('error rehearsal-accepted ') && finding.endsWith(told)),
      findings.join('\n'),
    );
    t.true(result.refused > 0);
  });
}

/** Rows that refer to a refused one: foreign keys that no package breaks by itself, because no reader lets it. */
const FOLLOWING: Readonly<Record<string, readonly [edit: Edit, tables: readonly FilledTable[]]>> = {
  'a room in no category': [
    ['ChatRooms.xml', 'categoryId="100"', 'categoryId="99"'],
    ['tblPrincipalRole', 'tblPrincipalRole', 'tblPrincipalRole', 'tblLastChatId'],
  ],
  'a category with the GUID of another': [
    ['Categories.xml', '00000065-0000-4000-8000-000000000065', '00000064-0000-4000-8000-000000000064'],
    ['tblScopePrincipal', 'tblNode'],
  ],
  'a principal with a long URI': [
    ['AdUsers.xml', 'uri="sip:dee@orchard.example"', `uri="sip:${'d'.repeat(300)}"`],
    ['tblPrincipalAffiliations', 'tblPrincipalAffiliations', 'tblScopePrincipal'],
  ],
};

for (const [what, [edit, tables]] of Object.entries(FOLLOWING)) {
  test(`one refused row is one finding, whatever refers to it: ${what}`, async (t) => {
    const { findings, result } = await rehearsed(t, [edit], soundLedger());
    t.is(findings.length, 1, findings.join('\n'));
    t.regex(
      findings[0] ?? '',
      /^error rehearsal-accepted .*Unexpected refusal of a row of tbl(Node|Principal) /,
    );
    t.is(result.refused, 1 + tables.length);
    t.is(result.followed, tables.length);
    const sound = await rehearsed(t, []);
    for (const { table, rows } of result.tables) {
      const fewer = tables.filter((one) => one === table).length;
      const own = findings[0]?.includes(`a row of ${table} `) === true ? 1 : 0;
      t.is(rows, (sound.result.tables.find((one) => one.table === table)?.rows ?? 0) - fewer - own, table);
    }
  });
}

test('a refusal names the record and its place', async (t) => {
  const { findings } = await rehearsed(t, [['Messages.xml', '<Message id="2"', '<Message id="1"']]);
  t.regex(findings[0] ?? '', /^error rehearsal-accepted Messages\.xml:\d+:1 message 200#1 /);
});

/** Columns with a length: where the sound package has them, and how many UTF-16 units fit. */
const LENGTHS: Readonly<Record<string, readonly [name: string, at: RegExp, units: number]>> = {
  prinUri: ['AdUsers.xml', /(uri=")sip:ben@orchard\.example/, 256],
  prinName: ['AdUsers.xml', /(\bname=")Ben Medlar/, 256],
  prinDisplayName: ['AdUsers.xml', /(displayName=")Ada Quince/, 256],
  prinCompanyName: ['AdUsers.xml', /(companyName=")Orchard/, 256],
  prinEmail: ['AdUsers.xml', /(email=")ada@orchard\.example/, 256],
  prinADPath: ['AdUsers.xml', /(adPath=")CN=Ben Medlar,OU=Growers,DC=west,DC=orchard,DC=example/, 384],
  prinADUserPrincipalName: ['AdUsers.xml', /(UserPrincipalName=")ada@orchard\.example/, 256],
  siopName: ['AddIns.xml', /(<Name>)[^<]*/, 50],
  siopUrl: ['AddIns.xml', /(<Url>)[^<]*/, 255],
  nodeName: ['Categories.xml', /(<Name>)Fruit(?=<)/, 256],
  nodeDesc: ['Categories.xml', /(<Desc>)[^<]*/, 256],
};

for (const [column, [name, at, units]] of Object.entries(LENGTHS)) {
  test(`a ${column} of ${units} units is taken of a package, one unit more is not`, async (t) => {
    const before = String(soundBut().get(name));
    const replaced = (text: string): Edit => [name, at, (at.exec(before)?.[1] ?? '') + text];
    t.deepEqual((await rehearsed(t, [replaced('x'.repeat(units))])).findings, []);
    const words = `constraint failed: ${column} is nvarchar(${units}).`;
    for (const text of ['x'.repeat(units + 1), '\u{1F600}'.repeat(Math.floor(units / 2) + 1)]) {
      const { findings } = await rehearsed(t, [replaced(text)]);
      t.true(findings[0]?.startsWith('error rehearsal-accepted '), findings.join('\n'));
      t.true(findings[0]?.endsWith(words), findings.join('\n'));
    }
  });
}

/**
 * Values that would break a constraint and that the reader refuses itself, so that no row of them comes to the
 * database.
 */
const UNREAD: Readonly<Record<string, readonly [Edit, rule: string]>> = {
  prinID: [['AdUsers.xml', 'principalId="12"', 'principalId="2147483648"'], 'document-follows-layout'],
  prinGuid: [['AdUsers.xml', 'guid="0000000c-', 'guid="000000c-'], 'document-follows-layout'],
  prinUri: [['AdUsers.xml', ' uri="sip:cem@elsewhere.example"', ''], 'document-follows-layout'],
  prinDisabled: [['AdUsers.xml', 'disabled="1"', 'disabled="3"'], 'principal-legal'],
  prinTypeID: [['AdUsers.xml', 'kind="user" disabled="1"', 'kind="robot" disabled="1"'], 'principal-legal'],
  'siopID of an add-in': [
    ['AddIns.xml', '<AddIn id="00000032', '<AddIn id="000032'],
    'document-follows-layout',
  ],
  nodeID: [['ChatRooms.xml', 'id="202"', 'id="2147483648"'], 'document-follows-layout'],
  nodeGuid: [['ChatRooms.xml', 'guid="000000ca-', 'guid="00000ca-'], 'document-follows-layout'],
  nodeName: [['ChatRooms.xml', '<Name>Notes</Name>', ''], 'document-follows-layout'],
  nodeDesc: [['ChatRooms.xml', '<Desc/>', ''], 'document-follows-layout'],
  invite: [['ChatRooms.xml', 'invite="0"', 'invite="1"'], 'setting-legal'],
  logged: [['Categories.xml', ' isLogged="1"', ''], 'document-follows-layout'],
  filePost: [['Categories.xml', ' isFilePost="0"', ''], 'document-follows-layout'],
  disabled: [['Categories.xml', ' isInvite="1"', ' isInvite="1" isDisabled="1"'], 'document-follows-layout'],
  'siopID of a category': [
    ['Categories.xml', ' isInvite="1"', ' isInvite="1" addInId="00000032-0000-4000-8000-000000000032"'],
    'document-follows-layout',
  ],
  behavior: [['ChatRooms.xml', 'behavior="5"', 'behavior="2"'], 'setting-legal'],
  visibility: [['ChatRooms.xml', 'visibility="2"', 'visibility="4"'], 'setting-legal'],
  nodeAddedBy: [['Categories.xml', 'addedBy="1"', 'addedBy="2147483648"'], 'document-follows-layout'],
  scopeIsDenied: [['Categories.xml', 'isDenied="1"', 'isDenied="2"'], 'document-follows-layout'],
  userId: [['Messages.xml', 'userId="12"', 'userId="2147483648"'], 'document-follows-layout'],
  channelId: [
    ['Messages.xml', '<ChatRoom id="201">', '<ChatRoom id="2147483648">'],
    'document-follows-layout',
  ],
  isAlert: [['Messages.xml', 'isAlert="1"', 'isAlert="2"'], 'document-follows-layout'],
};

for (const [what, [edit, rule]] of Object.entries(UNREAD)) {
  test(`the reader refuses what the database would: ${what}`, async (t) => {
    const { findings } = await validated(zipOf(soundBut(edit)));
    const said = findings.map(brief);
    t.true(
      said.some((finding) => finding.startsWith(`error ${rule} ${edit[0]}:`)),
      said.join('\n'),
    );
  });
}

type Row = Readonly<Record<string, SqlValue>>;

const A = '0000000a-0000-4000-8000-00000000000a';
const B = '0000000b-0000-4000-8000-00000000000b';

/** A row of each table, every column given, in an order in which each needs only rows of earlier tables. */
const SOUND = {
  tblEnumValue: { valueID: 98, attributeID: 1, attributeValue: 'a' },
  tblPrincipalType: { ptypeID: 98, ptypeDesc: 'a', ptypeIsSystemUser: 0, ptypeIsUser: 0 },
  tblRoleType: { rtypeID: 98, rtypeDesc: 'a', rtypeAllowedPermSet: 0 },
  tblPrincipal: {
    prinID: 10,
    prinGuid: A,
    prinUri: 'sip:a',
    prinName: 'a',
    prinDisplayName: 'a',
    prinCompanyName: 'a',
    prinEmail: 'a',
    prinADPath: 'a',
    prinADUserPrincipalName: 'a',
    prinDisabled: 0,
    prinTypeID: 5,
    prinPoolID: 1,
    prinPolicyID: 1,
    prinAddedBy: 1,
    prinAddedOn: 1,
    prinUpdatedBy: 1,
    prinUpdatedOn: 1,
    prinVerifiedOn: '2000-01-01',
  },
  tblPrincipalAffiliations: { principalID: 10, affiliationID: 10, index: 1, updatedBy: 1 },
  tblSiopWhiteList: { siopID: A, siopName: 'a', siopUrl: 'a' },
  tblNode: {
    nodeID: 20,
    nodeGuid: A,
    parentID: 1,
    nodeType: 1,
    nodeName: 'a',
    nodeDesc: 'a',
    invite: 0,
    logged: 0,
    filePost: 0,
    disabled: 0,
    behavior: 4,
    visibility: 3,
    siopID: null,
    nodeAddedBy: 1,
    nodeAddedOn: 1,
    nodeUpdatedBy: 1,
    nodeUpdatedOn: 1,
    purgedOn: null,
  },
  tblScopePrincipal: { scopeNodeID: 20, scopePrinID: 10, scopeIsDenied: 0, scopeUpdatedBy: 1 },
  tblPrincipalRole: { prinRoleNodeID: 20, prinRolePrinID: 10, prinRoleTypeID: 1, prinRoleUpdatedBy: 1 },
  tblPrincipalInvites: { prinID: 10, invID: 1, nodeID: 20, createdOn: '2000-01-01' },
  tblChat: { channelId: 20, chatId: 1, chatDate: 1, userId: 10, isAlert: 0, content: 'a', rtf: 'a' },
  tblLastChatId: { nodeID: 20, lastChatID: 1 },
} as const satisfies Readonly<Record<string, Row>>;

type Table = keyof typeof SOUND;

const TABLES = Object.keys(SOUND) as Table[];

/** A second row of each table, other than the first in every column. */
const OTHER: Readonly<Record<Table, Row>> = {
  tblEnumValue: { valueID: 99, attributeID: 2, attributeValue: 'b' },
  tblPrincipalType: { ptypeID: 99, ptypeDesc: 'b', ptypeIsSystemUser: 1, ptypeIsUser: 1 },
  tblRoleType: { rtypeID: 99, rtypeDesc: 'b', rtypeAllowedPermSet: 1 },
  tblPrincipal: {
    prinID: 11,
    prinGuid: B,
    prinUri: 'sip:b',
    prinName: 'b',
    prinDisplayName: 'b',
    prinCompanyName: 'b',
    prinEmail: 'b',
    prinADPath: 'b',
    prinADUserPrincipalName: 'b',
    prinDisabled: 1,
    prinTypeID: 9,
    prinPoolID: 2,
    prinPolicyID: 2,
    prinAddedBy: 2,
    prinAddedOn: 2,
    prinUpdatedBy: 2,
    prinUpdatedOn: 2,
    prinVerifiedOn: '2000-01-02',
  },
  tblPrincipalAffiliations: { principalID: 11, affiliationID: 11, index: 2, updatedBy: 2 },
  tblSiopWhiteList: { siopID: B, siopName: 'b', siopUrl: 'b' },
  tblNode: {
    nodeID: 21,
    nodeGuid: B,
    parentID: 20,
    nodeType: 0,
    nodeName: 'b',
    nodeDesc: 'b',
    invite: null,
    logged: null,
    filePost: null,
    disabled: 1,
    behavior: 5,
    visibility: 6,
    siopID: A,
    nodeAddedBy: 2,
    nodeAddedOn: 2,
    nodeUpdatedBy: 2,
    nodeUpdatedOn: 2,
    purgedOn: '2000-01-02',
  },
  tblScopePrincipal: { scopeNodeID: 21, scopePrinID: 11, scopeIsDenied: 1, scopeUpdatedBy: 2 },
  tblPrincipalRole: { prinRoleNodeID: 21, prinRolePrinID: 11, prinRoleTypeID: 2, prinRoleUpdatedBy: 2 },
  tblPrincipalInvites: { prinID: 11, invID: 2, nodeID: 21, createdOn: '2000-01-02' },
  tblChat: { channelId: 21, chatId: 2, chatDate: 2, userId: 11, isAlert: 1, content: 'b', rtf: 'b' },
  tblLastChatId: { nodeID: 21, lastChatID: 2 },
};

/** A database with both rows of every table before the given one. */
async function filledBefore(t: Pick<ExecutionContext, 'teardown'>, table: Table): Promise<RehearsalDatabase> {
  const database = await RehearsalDatabase.create(null);
  t.teardown(() => database.abandon());
  for (const earlier of TABLES.slice(0, TABLES.indexOf(table))) {
    for (const row of [SOUND[earlier], OTHER[earlier]]) {
      const refusal = insert(database, earlier, row);
      if (refusal !== null) throw new Error(`${earlier}: ${refusal}`);
    }
  }
  return database;
}

function insert(database: RehearsalDatabase, table: Table, row: Row): string | null {
  return database.insertValues(table, Object.keys(row), Object.values(row));
}

/** The keys of each table as documented, the primary key first. */
const KEYS: Readonly<Record<Table, readonly (readonly string[])[]>> = {
  tblEnumValue: [['valueID']],
  tblPrincipalType: [['ptypeID']],
  tblRoleType: [['rtypeID']],
  tblPrincipal: [['prinID'], ['prinGuid']],
  tblPrincipalAffiliations: [['principalID', 'index', 'affiliationID']],
  tblSiopWhiteList: [['siopID']],
  tblNode: [['nodeID'], ['nodeGuid']],
  tblScopePrincipal: [['scopeNodeID', 'scopePrinID']],
  tblPrincipalRole: [['prinRoleNodeID', 'prinRolePrinID', 'prinRoleTypeID']],
  tblPrincipalInvites: [['prinID', 'nodeID']],
  tblChat: [['channelId', 'chatId']],
  tblLastChatId: [['nodeID']],
};

for (const table of TABLES) {
  for (const key of KEYS[table]) {
    test(`one row of ${table} for each ${key.join(', ')}`, async (t) => {
      const second = (columns: readonly string[]): Row => ({
        ...OTHER[table],
        ...Object.fromEntries(Object.entries(SOUND[table]).filter(([column]) => columns.includes(column))),
      });
      const database = await filledBefore(t, table);
      t.is(insert(database, table, SOUND[table]), null);
      t.is(
        insert(database, table, second(key)),
        `UNIQUE constraint failed: ${key.map((column) => `${table}.${column}`).join(', ')}`,
      );
      for (const other of key) {
        const apart = await filledBefore(t, table);
        t.is(insert(apart, table, SOUND[table]), null);
        t.is(insert(apart, table, second(key.filter((column) => column !== other))), null, other);
      }
    });
  }
}

/** What a column takes; `key`: what another table holds; `number` and `text`: all that is one. */
type ColumnType =
  | 'int'
  | 'bit'
  | 'guid'
  | 'state'
  | 'number'
  | 'text'
  | `nvarchar(${number})`
  | `key to ${Table}`;

/** The columns as documented, as far as a package fills them with something that could break them. */
const COLUMNS: Readonly<Record<Table, Readonly<Record<string, ColumnType | `${ColumnType}, null`>>>> = {
  tblEnumValue: { valueID: 'number', attributeID: 'number', attributeValue: 'text' },
  tblPrincipalType: {
    ptypeID: 'number',
    ptypeDesc: 'text',
    ptypeIsSystemUser: 'number',
    ptypeIsUser: 'number',
  },
  tblRoleType: { rtypeID: 'number', rtypeDesc: 'text', rtypeAllowedPermSet: 'number' },
  tblPrincipal: {
    prinID: 'int',
    prinGuid: 'guid',
    prinUri: 'nvarchar(256)',
    prinName: 'nvarchar(256), null',
    prinDisplayName: 'nvarchar(256), null',
    prinCompanyName: 'nvarchar(256), null',
    prinEmail: 'nvarchar(256), null',
    prinADPath: 'nvarchar(384), null',
    prinADUserPrincipalName: 'nvarchar(256), null',
    prinDisabled: 'state',
    prinTypeID: 'key to tblPrincipalType',
    prinPoolID: 'number, null',
    prinPolicyID: 'number, null',
    prinAddedBy: 'number, null',
    prinAddedOn: 'number',
    prinUpdatedBy: 'number, null',
    prinUpdatedOn: 'number',
    prinVerifiedOn: 'text',
  },
  tblPrincipalAffiliations: {
    principalID: 'key to tblPrincipal',
    affiliationID: 'key to tblPrincipal',
    index: 'int',
    updatedBy: 'number',
  },
  tblSiopWhiteList: { siopID: 'guid', siopName: 'nvarchar(50)', siopUrl: 'nvarchar(255)' },
  tblNode: {
    nodeID: 'int',
    nodeGuid: 'guid',
    parentID: 'key to tblNode, null',
    nodeType: 'bit',
    nodeName: 'nvarchar(256)',
    nodeDesc: 'nvarchar(256)',
    invite: 'bit, null',
    logged: 'bit, null',
    filePost: 'bit, null',
    disabled: 'bit',
    behavior: 'key to tblEnumValue',
    visibility: 'key to tblEnumValue',
    siopID: 'key to tblSiopWhiteList, null',
    nodeAddedBy: 'int',
    nodeAddedOn: 'number',
    nodeUpdatedBy: 'int',
    nodeUpdatedOn: 'number',
    purgedOn: 'text, null',
  },
  tblScopePrincipal: {
    scopeNodeID: 'key to tblNode',
    scopePrinID: 'key to tblPrincipal',
    scopeIsDenied: 'bit',
    scopeUpdatedBy: 'number',
  },
  tblPrincipalRole: {
    prinRoleNodeID: 'key to tblNode',
    prinRolePrinID: 'key to tblPrincipal',
    prinRoleTypeID: 'key to tblRoleType',
    prinRoleUpdatedBy: 'number',
  },
  tblPrincipalInvites: {
    prinID: 'key to tblPrincipal',
    invID: 'number',
    nodeID: 'key to tblNode',
    createdOn: 'text',
  },
  tblChat: {
    channelId: 'int',
    chatId: 'number',
    chatDate: 'number',
    userId: 'int',
    isAlert: 'bit',
    content: 'text',
    rtf: 'text, null',
  },
  tblLastChatId: { nodeID: 'key to tblNode', lastChatID: 'number' },
};

interface Limits {
  readonly taken: readonly SqlValue[];
  readonly refused: readonly SqlValue[];
  readonly words: string;
}

function limitsOf(column: string, type: string): Limits {
  const said = (what: string): string => `CHECK constraint failed: ${column} is ${what}`;
  switch (type) {
    case 'int':
      return { taken: [2 ** 31 - 1, -(2 ** 31)], refused: [2 ** 31, -(2 ** 31) - 1], words: said('an int') };
    case 'bit':
      return { taken: [0, 1], refused: [2, -1], words: said('a bit') };
    case 'state':
      return { taken: [0, 1, 2], refused: [3, -1], words: said('0, 1 or 2') };
    case 'guid':
      return {
        taken: ['0000000C-0000-4000-8000-00000000000F'],
        refused: ['', `{${A}}`, A.slice(1), A.replace('a', 'g'), A.replaceAll('-', '')],
        words: said('a uniqueidentifier'),
      };
    case 'number':
      return { taken: [2n ** 63n - 1n], refused: [], words: '' };
    case 'text':
      return { taken: ['x'.repeat(100_000)], refused: [], words: '' };
  }
  const units = Number(/^nvarchar\((\d+)\)$/.exec(type)?.[1]);
  if (Number.isNaN(units)) {
    const refused = column === 'siopID' ? '00000033-0000-4000-8000-000000000033' : 97;
    return { taken: [], refused: [refused], words: 'FOREIGN KEY constraint failed' };
  }
  return {
    taken: ['', 'x'.repeat(units), '\u{1F600}'.repeat(Math.floor(units / 2))],
    refused: ['x'.repeat(units + 1), '\u{1F600}'.repeat(Math.floor(units / 2) + 1)],
    words: `constraint failed: ${column} is nvarchar(${units})`,
  };
}

/** What the engine says of a row with another value in one column; the row does not stay. */
function refusalOf(
  database: RehearsalDatabase,
  table: Table,
  column: string,
  value: SqlValue,
): string | null {
  database.rows('SAVEPOINT before');
  const refusal = insert(database, table, { ...SOUND[table], [column]: value });
  database.rows('ROLLBACK TO before');
  return refusal;
}

for (const table of TABLES) {
  test(`every column of ${table} takes what is documented, and no more`, async (t) => {
    const database = await filledBefore(t, table);
    const said = (column: string, value: SqlValue): string | null =>
      refusalOf(database, table, column, value);
    for (const [column, declared] of Object.entries(COLUMNS[table])) {
      const { taken, refused, words } = limitsOf(column, declared.replace(', null', ''));
      for (const value of refused) t.is(said(column, value), words, `${column} ${value}`);
      for (const value of taken) t.is(said(column, value), null, `${column} ${value}`);
      if (isRowId(table, column)) continue;
      const missing = declared.endsWith(', null') ? null : `NOT NULL constraint failed: ${table}.${column}`;
      t.is(said(column, null), missing, column);
      if (isNumber(table, column)) {
        t.is(said(column, 'x'), `cannot store TEXT value in INTEGER column ${table}.${column}`);
      }
    }
  });
}

/**
 * The engine numbers such rows by itself where the key is missing, and says nothing of a constraint where it is text.
 */
function isRowId(table: Table, column: string): boolean {
  const [primary = []] = KEYS[table];
  return primary.length === 1 && primary[0] === column && isNumber(table, column);
}

function isNumber(table: Table, column: string): boolean {
  const sound: Row = SOUND[table];
  return typeof sound[column] === 'number';
}

test('lengths are declared by the tables too, for a database that is kept', async (t) => {
  for (const table of TABLES) {
    const database = await filledBefore(t, table);
    for (const [column, declared] of Object.entries(COLUMNS[table])) {
      const { taken, refused, words } = limitsOf(column, declared.replace(', null', ''));
      if (!declared.startsWith('nvarchar')) continue;
      database.rows(`DROP TRIGGER temp.${column}_units`);
      t.is(refusalOf(database, table, column, refused[0] ?? null), `CHECK ${words}`);
      t.is(refusalOf(database, table, column, taken[1] ?? null), null);
    }
  }
});

test('every table, column, key and reference that is declared is tested here', async (t) => {
  const database = await RehearsalDatabase.create(null);
  t.teardown(() => database.abandon());
  const names = (sql: string): string[] => database.rows(sql).map(({ name }) => String(name));
  t.deepEqual(names(`SELECT name FROM sqlite_schema WHERE type = 'table'`).sort(), [...TABLES].sort());
  for (const table of TABLES) {
    const columns = Object.entries(COLUMNS[table]);
    t.deepEqual(
      names(`SELECT name FROM pragma_table_info('${table}')`),
      columns.map(([column]) => column),
    );
    t.deepEqual(
      names(
        `SELECT f."from" || ' to ' || f."table" AS name FROM pragma_foreign_key_list('${table}') f ORDER BY name`,
      ),
      columns
        .filter(([, declared]) => declared.startsWith('key to '))
        .map(([column, declared]) => `${column} ${declared.replace(/^key |, null$/g, '')}`)
        .sort(),
    );
    const [primary = [], ...unique] = KEYS[table];
    t.deepEqual(names(`SELECT name FROM pragma_table_info('${table}') WHERE pk > 0 ORDER BY pk`), primary);
    t.deepEqual(
      names(
        `SELECT c.name FROM pragma_index_list('${table}') i JOIN pragma_index_info(i.name) c WHERE i.origin = 'u'`,
      ),
      unique.flat(),
    );
  }
  const checks = database.number(
    `SELECT SUM((length(sql) - length(replace(sql, ' CHECK (', ''))) / length(' CHECK (')) FROM sqlite_schema`,
  );
  const checked = TABLES.flatMap((table) => Object.values(COLUMNS[table])).filter(
    (declared) => !/^(number|text|key)/.test(declared),
  );
  t.is(checks, checked.length);
});

test('the database knows the documented values of kinds, roles and settings', async (t) => {
  const database = await RehearsalDatabase.create(null);
  t.teardown(() => database.abandon());
  const rows = (sql: string): SqlValue[][] => database.rows(sql).map((row) => Object.values(row));
  t.deepEqual(rows('SELECT valueID, attributeID, attributeValue FROM tblEnumValue'), [
    [2, 1, 'Private'],
    [3, 1, 'Scoped'],
    [4, 2, 'Normal'],
    [5, 2, 'Auditorium'],
    [6, 1, 'Open'],
  ]);
  t.deepEqual(rows('SELECT ptypeID, ptypeIsSystemUser, ptypeIsUser FROM tblPrincipalType'), [
    [4, 1, 1],
    [5, 0, 1],
    [8, 0, 0],
    [9, 0, 0],
    [10, 0, 0],
  ]);
  t.deepEqual(rows('SELECT rtypeDesc FROM tblRoleType'), [['Member'], ['Manager'], ['Voiced'], ['Creator']]);
});

test('no query sorts messages, which the engine would do in memory', async (t) => {
  const database = await RehearsalDatabase.create(null);
  t.teardown(() => database.abandon());
  const statements = [...REHEARSAL_QUERIES.map(({ sql }) => sql), ROOM_CONTENT];
  for (const sql of statements.filter((one) => one.includes('tblChat'))) {
    const plan = database.rows(`EXPLAIN QUERY PLAN ${sql}`).map(({ detail }) => String(detail));
    t.false(
      plan.some((step) => step.includes('TEMP B-TREE')),
      `${sql}\n${plan.join('\n')}`,
    );
  }
});
