import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding } from '@chatferry/export';
import { DEFAULT_LAYOUT, type LedgerDocument, parseLedger } from '@chatferry/import';
import test, { type ExecutionContext } from 'ava';
import { RehearsalDatabase } from '../../packages/import/dist/rehearse/rehearsal-database.js';
import { REHEARSAL_QUERIES } from '../../packages/import/dist/rehearse/rehearsal-queries.js';
import { type RehearsalResult, rehearse } from '../../packages/import/dist/rehearse/rehearse.js';
import { brief, type Edit, PACKAGES, soundBut, zipOf } from './support/package-fixture.js';

const PROGRAM = fileURLToPath(new URL('../../packages/import/bin/chatferry-validate.js', import.meta.url));
const LEDGER = join(PACKAGES, 'sound/ledger.json');

function scratchFolder(t: Pick<ExecutionContext, 'teardown'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'chatferry-rehearsed-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const entry = (id: number, flags: string): string =>
  `<Principal id="${id}" isManager="${flags[0]}" isMember="${flags[1]}" isPresenter="${flags[2]}" isCreator="${flags[3]}"/>`;

/** Gives room 200 one more role. */
const role = (id: number, flags: string): Edit => [
  'ChatRooms.xml',
  '</Roles></ChatRoom>',
  `${entry(id, flags)}</Roles></ChatRoom>`,
];

function soundLedger(): LedgerDocument {
  const { ledger } = parseLedger(readFileSync(LEDGER, 'utf8'));
  if (ledger === null) throw new Error('the fixture has no ledger');
  return ledger;
}

interface Rehearsed {
  readonly findings: string[];
  readonly result: RehearsalResult;
}

async function rehearsed(
  t: ExecutionContext,
  edits: readonly Edit[],
  ledger: LedgerDocument | null = null,
): Promise<Rehearsed> {
  const zipPath = join(scratchFolder(t), 'package.zip');
  writeFileSync(zipPath, zipOf(soundBut(...edits)));
  const findings: Finding[] = [];
  const report = (finding: Finding): void => void findings.push(finding);
  const result = await rehearse({ zipPaths: [zipPath], ledger, layout: DEFAULT_LAYOUT, keep: null, report });
  return { findings: findings.map(brief), result };
}

test('the sound package is taken whole, every query counts what it should, and the ledger agrees', async (t) => {
  const { findings, result } = await rehearsed(t, [], soundLedger());
  t.deepEqual(findings, []);
  t.is(result.refused, 0);
  t.deepEqual(
    result.queries.map(({ counted, expected }) => counted - expected),
    REHEARSAL_QUERIES.map(() => 0),
  );
  t.true(result.tables.every(({ table, rows }) => rows > 0 || table === 'tblSiopWhiteList'));
});

const MOST = 'x'.repeat(256);

/** What the engine must refuse: an edit of the sound package, and the words of the finding. */
const REFUSED: Readonly<Record<string, readonly [Edit, RegExp]>> = {
  'a second message with the key of the first': [
    ['Messages.xml', /(<Message id=")2"/, '<Message id="1"'],
    /^error rehearsal-accepted Messages\.xml:\d+:1 message 200#1 .*UNIQUE constraint failed: tblChat\.channelId, tblChat\.chatId/,
  ],
  'a name that is too long in UTF-16 units, though not in characters': [
    ['ChatRooms.xml', /<Name>[^<]*<\/Name>/, `<Name>${'\u{1F600}'.repeat(129)}</Name>`],
    /^error rehearsal-accepted ChatRooms\.xml:\d+:1 room \d+ .*nodeName is nvarchar\(256\)/,
  ],
  'a description that is too long': [
    ['ChatRooms.xml', /<Desc>[^<]*<\/Desc>/, `<Desc>${MOST}y</Desc>`],
    /nodeDesc is nvarchar\(256\)/,
  ],
  'a room in a category that is not there': [
    ['ChatRooms.xml', /categoryId="100"/, 'categoryId="99"'],
    /^error rehearsal-accepted ChatRooms\.xml:\d+:1 room \d+ .*row of tblNode.*FOREIGN KEY constraint failed/,
  ],
  'a role of nobody': [
    ['ChatRooms.xml', /<Principal id="\d+"/, '<Principal id="98"'],
    /row of tblPrincipalRole.*FOREIGN KEY constraint failed/,
  ],
  'a role twice': [
    role(10, '0100'),
    /UNIQUE constraint failed: tblPrincipalRole\.prinRoleNodeID, tblPrincipalRole\.prinRolePrinID/,
  ],
  'two principals with one GUID': [
    ['AdUsers.xml', '0000000b-0000-4000-8000-00000000000b', '0000000a-0000-4000-8000-00000000000a'],
    /UNIQUE constraint failed: tblPrincipal\.prinGuid/,
  ],
  'two principals with one id': [
    ['AdUsers.xml', 'principalId="12"', 'principalId="11"'],
    /UNIQUE constraint failed: tblPrincipal\.prinID/,
  ],
  'two nodes with one GUID': [
    ['ChatRooms.xml', '000000ca-0000-4000-8000-0000000000ca', '000000c9-0000-4000-8000-0000000000c9'],
    /UNIQUE constraint failed: tblNode\.nodeGuid/,
  ],
  'two nodes with one id': [
    ['ChatRooms.xml', '<ChatRoom id="202"', '<ChatRoom id="101"'],
    /UNIQUE constraint failed: tblNode\.nodeID/,
  ],
  'an add-in that is not there': [
    ['ChatRooms.xml', /addInId="[^"]*"/, 'addInId="00000033-0000-4000-8000-000000000033"'],
    /row of tblNode.*FOREIGN KEY constraint failed/,
  ],
  'two add-ins with one id': [
    [
      'AddIns.xml',
      '</AddIns>',
      '<AddIn id="00000032-0000-4000-8000-000000000032"><Name>n</Name><Url>https://a.example/</Url></AddIn></AddIns>',
    ],
    /UNIQUE constraint failed: tblSiopWhiteList\.siopID/,
  ],
  'a scope entry that both allows and denies': [
    [
      'Categories.xml',
      '<Principal id="22" isDenied="0"/>',
      '<Principal id="22" isDenied="0"/><Principal id="22" isDenied="1"/>',
    ],
    /UNIQUE constraint failed: tblScopePrincipal\.scopeNodeID, tblScopePrincipal\.scopePrinID/,
  ],
  'a scope entry of nobody': [
    ['Categories.xml', '<Principal id="22" isDenied="0"/>', '<Principal id="98" isDenied="0"/>'],
    /row of tblScopePrincipal.*FOREIGN KEY constraint failed/,
  ],
  'a member of a group that is not there': [
    ['AdAffiliations.xml', '<Group id="20"/>', '<Group id="98"/>'],
    /row of tblPrincipalAffiliations.*FOREIGN KEY constraint failed/,
  ],
  'a group of somebody who is not there': [
    ['AdAffiliations.xml', '<User id="13">', '<User id="98">'],
    /row of tblPrincipalAffiliations.*FOREIGN KEY constraint failed/,
  ],
};

/** Columns by their length: where the sound package has them, and how many UTF-16 units fit. */
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
  test(`a ${column} of ${units} units is taken, one unit more is not`, async (t) => {
    const before = String(soundBut().get(name));
    const longer = (count: number): Edit => [name, at, (at.exec(before)?.[1] ?? '') + 'x'.repeat(count)];
    t.deepEqual((await rehearsed(t, [longer(units)])).findings, []);
    const { findings } = await rehearsed(t, [longer(units + 1)]);
    t.regex(findings[0] ?? '', new RegExp(`^error rehearsal-accepted .*${column} is nvarchar\\(${units}\\)`));
  });
}

for (const [what, [edit, words]] of Object.entries(REFUSED)) {
  test(`the database refuses ${what}`, async (t) => {
    const { findings, result } = await rehearsed(t, [edit]);
    t.true(
      findings.some((finding) => words.test(finding)),
      findings.join('\n'),
    );
    t.true(result.refused > 0);
  });
}

test('of a refused row nothing stays in the database', async (t) => {
  const sound = await rehearsed(t, []);
  const { result } = await rehearsed(t, [['ChatRooms.xml', /categoryId="100"/, 'categoryId="99"']]);
  const nodes = ({ tables }: RehearsalResult) => tables.find(({ table }) => table === 'tblNode')?.rows;
  t.is(nodes(result), Number(nodes(sound.result)) - 1);
});

/** For each query that must find nothing, a package in which it finds something, or null where the reader lets none come so far. */
const BROKEN: Readonly<Record<string, readonly Edit[] | null>> = {
  'nested categories, rooms outside a category': [['ChatRooms.xml', 'categoryId="101"', 'categoryId="1"']],
  'names that two nodes share': [['ChatRooms.xml', '<Name>Notes</Name>', '<Name>aPPles</Name>']],
  'settings that a room or category cannot have': null,
  'messages without a room': [['Messages.xml', '<ChatRoom id="201">', '<ChatRoom id="204">']],
  'messages without an author': [['Messages.xml', 'userId="12"', 'userId="97"']],
  'counters below the highest message': [['ChatRooms.xml', 'lastChatId="7"', 'lastChatId="6"']],
  'presenters in normal rooms, presenters who are not members': [
    ['ChatRooms.xml', entry(11, '0110'), entry(11, '0010')],
  ],
  'roles outside the scope of the category': [role(13, '0100')],
};

test('every query that must find nothing can find something', async (t) => {
  t.deepEqual(
    Object.keys(BROKEN),
    REHEARSAL_QUERIES.filter(({ expected }) => expected === 'nothing').map(({ name }) => name),
  );
  for (const [name, edits] of Object.entries(BROKEN)) {
    if (edits === null) continue;
    const { findings } = await rehearsed(t, edits);
    t.true(
      findings.every((finding) => finding.startsWith('error rehearsal-balances - ')),
      findings.join('\n'),
    );
    t.true(
      findings.some((finding) => finding.includes(`Unexpected 1 rows of the query "${name}"`)),
      `${name}: ${findings.join('\n')}`,
    );
  }
  const presenting = await rehearsed(t, [['ChatRooms.xml', entry(10, '1100'), entry(10, '1110')]]);
  t.regex(presenting.findings.join('\n'), /Unexpected 1 rows of the query "presenters in normal rooms/);
});

test('settings that no reader lets through are found in the database all the same', async (t) => {
  const query = REHEARSAL_QUERIES.find(({ name }) => name === 'settings that a room or category cannot have');
  const node = {
    nodeID: 2,
    nodeGuid: '00000064-0000-4000-8000-000000000064',
    parentID: 1,
    nodeName: 'n',
    nodeDesc: '',
    disabled: 0,
    behavior: 4,
    visibility: 3,
  };
  const category = { ...node, nodeType: 1, invite: 1, logged: 1, filePost: 0, siopID: null };
  const room = { ...node, nodeType: 0, invite: null, logged: null, filePost: null, siopID: null };
  const wrong = [
    ...[{ invite: null }, { logged: null }, { filePost: null }, { disabled: 1 }].map((more) => ({
      ...category,
      ...more,
    })),
    ...[{ invite: 1 }, { logged: 0 }, { filePost: 1 }, { behavior: 2 }, { visibility: 4 }].map((more) => ({
      ...room,
      ...more,
    })),
  ];
  for (const [values, found] of [
    [category, 0],
    [room, 0],
    ...wrong.map((one) => [one, 1] as const),
  ] as const) {
    const database = await RehearsalDatabase.create(null);
    t.teardown(() => database.abandon());
    t.is(database.insert({ table: 'tblNode', values }), null);
    t.is(database.number(query?.sql ?? ''), found, JSON.stringify(values));
  }
});

test('a principal that is disabled in a way that is not known, and a type that is none, are refused', async (t) => {
  const database = await RehearsalDatabase.create(null);
  t.teardown(() => database.abandon());
  const values = {
    prinID: 10,
    prinGuid: '0000000a-0000-4000-8000-00000000000a',
    prinUri: 'sip:ada@orchard.example',
    prinName: null,
    prinDisabled: 0,
    prinTypeID: 5,
  };
  const insert = (more: object): string | null =>
    database.insert({ table: 'tblPrincipal', values: { ...values, ...more } });
  t.regex(insert({ prinDisabled: 3 }) ?? '', /prinDisabled is 0, 1 or 2/);
  t.regex(insert({ prinTypeID: 6 }) ?? '', /FOREIGN KEY constraint failed/);
  t.regex(insert({ prinGuid: 'no GUID' }) ?? '', /prinGuid is a uniqueidentifier/);
  t.regex(insert({ prinID: 2 ** 31 }) ?? '', /prinID is an int/);
  t.is(insert({}), null);
});

test('a name as long as the column is taken', async (t) => {
  const { findings } = await rehearsed(t, [['ChatRooms.xml', /<Name>[^<]*<\/Name>/, `<Name>${MOST}</Name>`]]);
  t.deepEqual(findings, []);
});

test('an orphan breaks no key, and is found by the queries', async (t) => {
  const { findings } = await rehearsed(t, [['Messages.xml', /userId="\d+"/, 'userId="97"']]);
  t.true(findings.every((finding) => finding.startsWith('error rehearsal-balances - ')));
  t.true(findings.some((finding) => finding.includes('"messages without an author" (C2), expected 0')));
  t.true(findings.some((finding) => finding.includes('"messages of all users after a date" (sample 2)')));
});

/** The sound package with one role that the scope of its category does not cover; 20 is denied, and so is whatever belongs to it. */
const OUT_OF_SCOPE: Readonly<Record<string, readonly Edit[]>> = {
  'a member who is not allowed': [role(13, '0100')],
  'a member who is denied': [role(20, '0100')],
  'a manager who is denied': [role(20, '1000')],
  'a member who belongs to what is denied, in two steps': [
    [
      'AdAffiliations.xml',
      '<User id="21"><Groups><Group id="22"/>',
      '<User id="21"><Groups><Group id="20"/>',
    ],
    ['ChatRooms.xml', entry(11, '0100'), ''],
    ['ChatRooms.xml', entry(11, '0110'), ''],
    ['ChatRooms.xml', entry(10, '1100'), ''],
    role(11, '0100'),
    ['Categories.xml', '<Principal id="10" isCreator="1"/>', ''],
  ],
  'a creator who is denied': [
    ['Categories.xml', '<Principal id="10" isCreator="1"/>', '<Principal id="20" isCreator="1"/>'],
  ],
};

for (const [what, edits] of Object.entries(OUT_OF_SCOPE)) {
  test(`a role out of scope breaks no key, and is found by a query: ${what}`, async (t) => {
    const { findings } = await rehearsed(t, edits);
    t.is(findings.length, 1, findings.join('\n'));
    t.regex(
      findings[0] ?? '',
      /^error rehearsal-balances - Unexpected 1 rows of the query "roles outside the scope of the category" \(R5, R6, R7\), expected 0/,
    );
  });
}

test('every difference from the ledger is told, room by room', async (t) => {
  const ledger = soundLedger();
  const [[guid, account]] = Object.entries(ledger.rooms).filter(([, { written }]) => written > 0) as [
    [string, LedgerDocument['rooms'][string]],
  ];
  const tblChat = ledger.tables.tblChat as LedgerDocument['tables'][string];
  const other: LedgerDocument = {
    ...ledger,
    tables: { ...ledger.tables, tblChat: { ...tblChat, written: tblChat.written + 1 } },
    rooms: {
      ...ledger.rooms,
      [guid]: { ...account, written: account.written + 1, textBytesWritten: 3, lastDate: '1' },
      'ffffffff-0000-0000-0000-000000000000': account,
    },
  };
  const { findings } = await rehearsed(t, [], other);
  const said = findings.join('\n');
  t.is(findings.length, 5, said);
  t.regex(said, new RegExp(`Unexpected messages ${account.written} of room ${guid}`));
  t.regex(said, new RegExp(`Unexpected textBytes \\d+ of room ${guid}.*expected 3 by the ledger`));
  t.regex(said, new RegExp(`Unexpected lastDate \\d+ of room ${guid}.*expected 1 by the ledger`));
  t.regex(said, /Unexpected absence of room ffffffff-0000/);
});

test('rows that the ledger does not have, and rows that are missing, are told by table', async (t) => {
  const ledger = soundLedger();
  const { tblNode, tblPrincipalRole } = ledger.directory;
  const other: LedgerDocument = {
    ...ledger,
    directory: {
      ...ledger.directory,
      tblNode: { ...tblNode, rows: tblNode.rows - 1 },
      tblPrincipalRole: { ...tblPrincipalRole, rows: tblPrincipalRole.rows + 1 },
    },
  };
  const { findings } = await rehearsed(t, [], other);
  const told = (rows: number, table: string, expected: number): string =>
    `error rehearsal-balances - Unexpected ${rows} rows of ${table} in the rehearsal's database, expected ${expected} by the ledger.`;
  t.deepEqual(findings, [
    told(tblNode.rows, 'tblNode', tblNode.rows - 1),
    told(tblPrincipalRole.rows, 'tblPrincipalRole', tblPrincipalRole.rows + 1),
  ]);
});

test('--keep leaves alone what lies beside it, whatever it is called', async (t) => {
  const folder = scratchFolder(t);
  const zip = join(folder, 'package.zip');
  writeFileSync(zip, zipOf(soundBut()));
  const others = ['k.partial', 'k.partial.lock', 'k-journal', 'k.partial-journal'];
  for (const name of others) mkdirSync(join(folder, name));
  t.is(
    spawnSync(process.execPath, [PROGRAM, zip, '--ledger', LEDGER, '--keep', join(folder, 'k'), '--quiet'])
      .status,
    0,
  );
  t.deepEqual(readdirSync(folder).sort(), [...others, 'k', 'package.zip'].sort());
});

test('the command: exit codes, --keep for a stock tool, and nothing else left behind', (t) => {
  const folder = scratchFolder(t);
  const zip = join(folder, 'package.zip');
  const kept = join(folder, 'mgc.sqlite');
  writeFileSync(zip, zipOf(soundBut()));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [PROGRAM, zip, '--ledger', LEDGER, ...args], {
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: folder },
    });
  const first = run('--keep', kept);
  t.is(first.status, 0, first.stderr);
  t.regex(first.stdout, /Rehearsed: tblPrincipal \d+.* 0 refused\./);
  t.deepEqual(readdirSync(folder).sort(), ['mgc.sqlite', 'package.zip']);
  const second = run('--keep', kept);
  t.is(second.status, 2);
  t.regex(second.stderr, /mgc\.sqlite exists already.*\n.*another file/);
  const json: unknown = JSON.parse(run('--rehearse', '--json').stdout);
  t.is((json as { rehearsal: RehearsalResult }).rehearsal.refused, 0);
  t.deepEqual(readdirSync(folder).sort(), ['mgc.sqlite', 'package.zip']);
  writeFileSync(zip, zipOf(soundBut(['Messages.xml', /userId="\d+"/, 'userId="97"'])));
  t.is(run('--rehearse', '--quiet').status, 1);

  const python = spawnSync('python3', ['-c', 'import sqlite3'], { encoding: 'utf8' });
  if (python.status !== 0) {
    t.log('python3 with sqlite3 is not here: the database was not opened by another program');
    return;
  }
  const query = 'SELECT COUNT(*), (SELECT integrity_check FROM pragma_integrity_check) FROM tblChat';
  const script = `import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute("${query}").fetchone())`;
  const messages = soundLedger().tables.tblChat?.written;
  t.is(execFileSync('python3', ['-c', script, kept], { encoding: 'utf8' }).trim(), `${messages} ok`);
});

test('what cannot be written ends the run, and nothing is left', (t) => {
  const folder = scratchFolder(t);
  const zip = join(folder, 'package.zip');
  writeFileSync(zip, zipOf(soundBut()));
  const kept = join(folder, 'nowhere', 'mgc.sqlite');
  const { status, stderr } = spawnSync(process.execPath, [PROGRAM, zip, '--keep', kept], {
    encoding: 'utf8',
  });
  t.is(status, 2);
  t.regex(stderr, /Could not finish: The rehearsal's database .*nowhere.* cannot be written/);
  t.false(existsSync(kept));
});
