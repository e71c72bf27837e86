import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Finding, RunFailure } from '@chatferry/export';
import { DEFAULT_LAYOUT } from '@chatferry/import';
import {
  DEFAULT_OPTIONS,
  readInventory,
  runTransform,
  type TargetInventory,
  type TargetItem,
  type TargetUser,
  type TransformOptions,
  type TransformRequest,
} from '@chatferry/transform';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { temporaryFolder } from '../support/temporary-folder.js';
import { FIXTURES } from '../support/write-fixtures.js';
import {
  brief,
  category,
  directory,
  type GivenDirectory,
  group,
  guid,
  room,
  runRules,
  user,
} from './support/directory.js';

const CHATFERRY = fileURLToPath(new URL('../../packages/transform/bin/chatferry.js', import.meta.url));
const SAMPLE = join(FIXTURES, 'sample');
const POOL = 'pchat01.contoso.example';

function fixture(name: string): string {
  return join(FIXTURES, 'inventory', name);
}

/** `name | identity | category | line`, with a mark when the name may hold a lost character. */
function brieflyItem(item: TargetItem & { readonly category?: string | null }): string {
  const parts = [item.name, item.identity, ...('category' in item ? [item.category] : []), item.place.line];
  return parts.join(' | ') + (item.mayHoldReplaced ? ' | ?' : '');
}

function briefly(inventory: TargetInventory): unknown {
  const users = inventory.users === null ? null : [...inventory.users.byGuid.values()];
  return {
    categories: inventory.categories.map(brieflyItem),
    rooms: inventory.rooms.map(brieflyItem),
    users:
      users?.map(({ guid, sipUri, enabled, place }) => [guid, sipUri, enabled, place.line].join(' | ')) ??
      null,
  };
}

const NOTHING = { categories: [], rooms: [], users: null };

const READ: Readonly<Record<string, object>> = {
  'rooms-5.1-utf16.json': {
    rooms: [
      `Operations | ${POOL}\\Operations | IT | 2`,
      `Zürich & Büro | ${POOL}\\Zürich & Büro | Sales | 29`,
    ],
  },
  'rooms-5.1-wrapped.json': { rooms: [`Desk | ${POOL}\\Desk | IT | 3`, `Lab | ${POOL}\\Lab | IT | 9`] },
  'categories-7.json': { categories: [`IT | ${POOL}\\IT | 2`, `営業 | ${POOL}\\営業 | 17`] },
  'category-single.json': { categories: [`Sales | ${POOL}\\Sales | 1`] },
  'rooms-typed.csv': {
    rooms: [`Operations | ${POOL}\\Operations | IT | 3`, `Zürich, Büro | ${POOL}\\Zürich, Büro | Sales | 7`],
  },
  'rooms-culture.csv': { rooms: [`Größe; Maß | ${POOL}\\Größe; Maß | IT | 2`] },
  'rooms-ascii.csv': { rooms: [`Z?rich | ${POOL}\\Z?rich | IT | 3 | ?`, `Desk | ${POOL}\\Desk | IT | 4`] },
  'users.csv': {
    users: [
      '0f3c6d5a-0000-4000-8000-00000000000a | sip:ann@contoso.example | true | 2',
      '0f3c6d5a-0000-4000-8000-00000000000b | sip:bob@contoso.example | false | 3',
    ],
  },
  'users-5.1.json': {
    users: [
      '0f3c6d5a-0000-4000-8000-00000000000a | sip:ann@contoso.example | true | 2',
      '0f3c6d5a-0000-4000-8000-00000000000c |  |  | 9',
    ],
  },
};

test('files as PowerShell writes them: every encoding and shape', async (t) => {
  for (const [name, expected] of Object.entries(READ)) {
    t.deepEqual(briefly(await readInventory([fixture(name)])), { ...NOTHING, ...expected }, name);
  }
  const kept = (await readdir(fixture(''))).filter((name) => name !== 'broken').sort();
  t.deepEqual(kept, Object.keys(READ).sort(), 'every fixture is read');
});

test('several files are one inventory, each named with its hash', async (t) => {
  const names = ['users.csv', 'categories-7.json', 'rooms-ascii.csv', 'category-single.json'];
  const inventory = await readInventory(names.map(fixture));
  t.deepEqual(
    inventory.categories.map((item) => [item.name, item.place.file]),
    [
      ['IT', 'categories-7.json'],
      ['営業', 'categories-7.json'],
      ['Sales', 'category-single.json'],
    ],
  );
  t.is(inventory.rooms.length, 2);
  t.deepEqual(
    [...(inventory.users?.bySipUri.keys() ?? [])],
    ['sip:ann@contoso.example', 'sip:bob@contoso.example'],
  );
  const bytes = await readFile(fixture('users.csv'));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  t.deepEqual(inventory.files[0], { name: 'users.csv', sha256, bytes: bytes.length });
  t.deepEqual(
    inventory.files.map((file) => file.name),
    names,
  );
});

const ENCODINGS: readonly (readonly [string, (text: string) => Buffer])[] = [
  ['UTF-8', (text) => Buffer.from(text)],
  ['UTF-8 with BOM', (text) => Buffer.from(`\ufeff${text}`)],
  ['UTF-16LE', (text) => Buffer.from(text, 'utf16le')],
  ['UTF-16LE with BOM', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16BE', (text) => Buffer.from(text, 'utf16le').swap16()],
  ['UTF-16BE with BOM', (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
];

async function readText(
  t: ExecutionContext,
  text: string | Buffer,
  name = 'list.json',
): Promise<TargetInventory> {
  const path = join(temporaryFolder(t), name);
  await writeFile(path, text);
  return await readInventory([path]);
}

const NAMES = fc.array(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((name) => !/[\r\n]/.test(name)),
  { minLength: 1, maxLength: 6 },
);

test('any names come out of any encoding, line end, indentation and separator as they went in', async (t) => {
  const path = join(temporaryFolder(t), 'list');
  const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  await fc.assert(
    fc.asyncProperty(
      NAMES,
      fc.constantFrom(...ENCODINGS),
      fc.constantFrom(
        (names: readonly string[]) => JSON.stringify(names.map((Name) => ({ Name, Category: 'x' }))),
        (names: readonly string[]) =>
          JSON.stringify(
            names.map((Name) => ({ Name, Category: 'x' })),
            null,
            2,
          ),
        (names: readonly string[]) =>
          names.map((Name) => JSON.stringify({ Name, Category: 'x' })).join('\r\n'),
        (names: readonly string[]) =>
          ['"Name","Category"', ...names.map((name) => `${quoted(name)},"x"`)].join('\r\n'),
        (names: readonly string[]) =>
          ['Category;Name', ...names.map((name) => `x;${quoted(name)}`), ''].join('\n'),
        (names: readonly string[]) =>
          ['Name\tCategory', ...names.map((name) => `${quoted(name)}\tx`)].join('\r'),
      ),
      async (names, [, encode], write) => {
        await writeFile(path, encode(write(names)));
        const inventory = await readInventory([path]);
        t.deepEqual(
          inventory.rooms.map((item) => item.name),
          names,
        );
      },
    ),
    { numRuns: 300 },
  );
});

test('long files: characters and lines that chunks cut, and values that nobody needs', async (t) => {
  const rooms = Array.from({ length: 900 }, (_, index) => ({
    Name: `Zürich \u{1f6a2} ${index}`,
    Description: '€'.repeat(index),
    Members: Array.from({ length: 20 }, (_member, number) => `sip:user${number}@contoso.example`),
    Category: `${POOL}\\IT`,
  }));
  const names = rooms.map((one) => one.Name);
  for (const [what, encode] of ENCODINGS) {
    for (const indentation of [0, 4]) {
      const text = JSON.stringify(rooms, null, indentation).replaceAll('\n', '\r\n');
      const inventory = await readText(t, encode(text));
      t.deepEqual(
        inventory.rooms.map((item) => item.name),
        names,
        what,
      );
      const line = text.slice(0, text.indexOf('Zürich \u{1f6a2} 899')).split('\n').length;
      t.is(inventory.rooms.at(-1)?.place.line, indentation === 0 ? 1 : line - 1, what);
    }
  }
  const rows = rooms.map((one) => `"${one.Name}","${one.Description}\r\n","IT"`);
  const table = await readText(t, ['"Name","Description","Category"', ...rows].join('\r\n'), 'rooms.csv');
  t.deepEqual(
    table.rooms.map((item) => item.name),
    names,
  );
  t.is(table.rooms.at(-1)?.place.line, 2 + 899 * 2);
  for (const [name, text] of [
    ['late.csv', ['"Name","Description","Category"', ...rows].join('\r\n')],
    ['late.json', JSON.stringify(rooms, null, 1)],
  ] as const) {
    const bytes = Buffer.concat([Buffer.from(`${text}\n`), Buffer.from([0xfc])]);
    const failure = await t.throwsAsync<RunFailure>(readText(t, bytes, name), { instanceOf: RunFailure });
    t.is(failure?.code, 'input-encoding', 'a fault far behind the first chunk');
    t.is(failure?.place?.line, text.split('\n').length + 1, name);
  }
});

test('JSON: names where PowerShell puts them', async (t) => {
  const listed = async (value: unknown) => {
    const { rooms, categories } = await readText(t, JSON.stringify(value));
    return [...rooms, ...categories].map(brieflyItem);
  };
  t.deepEqual(await listed({ Identity: 'p\\a\\b', Category: 'IT' }), ['b | p\\a\\b | IT | 1']);
  t.deepEqual(await listed({ Identity: { Name: 'Desk', Pool: 'p' }, Category: null }), [
    'Desk | Desk |  | 1',
  ]);
  t.deepEqual(await listed({ name: 'Desk', PRIVACY: 1, type: 0 }), ['Desk |  |  | 1']);
  t.deepEqual(await listed({ Name: 'Desk', Category: { Pool: 'p', Path: 'p\\IT' } }), ['Desk |  | IT | 1']);
  t.deepEqual(await listed({ Name: 'IT', Creators: [] }), ['IT |  | 1']);
  t.deepEqual(await listed({ Name: 'IT', Invites: true, ChatHistory: true }), ['IT |  | 1']);
  t.deepEqual(await listed([[{ Name: 'Desk', Category: 'IT' }], [{ Name: 'IT', Creators: null }]]), [
    'Desk |  | IT | 1',
    'IT |  | 1',
  ]);
  const wrapped = {
    value: [{ Name: 'Desk', Category: 'IT' }, { value: [{ Name: 'Lab', Category: 'IT' }] }],
    Count: 2,
  };
  t.deepEqual(await listed(wrapped), ['Desk |  | IT | 1', 'Lab |  | IT | 1']);
  const nested = {
    Name: 'Desk',
    Category: 'IT',
    Members: { value: [{ Name: 'Ann', Category: 'x' }], Count: 1 },
  };
  t.deepEqual(await listed(nested), ['Desk |  | IT | 1']);
});

test('users: the columns of Get-CsUser and Get-ADUser, with any of the keys', async (t) => {
  const users = async (value: object) => briefly(await readText(t, JSON.stringify([value])));
  const inventory = (...listed: string[]) => ({ ...NOTHING, users: listed });
  const one = '0f3c6d5a-0000-4000-8000-00000000000a';
  t.deepEqual(
    await users({ ObjectGUID: `{${one.toUpperCase()}}`, UserPrincipalName: 'a@x', Enabled: false }),
    inventory(`${one} |  | false | 1`),
  );
  t.deepEqual(
    await users({ Guid: one, 'msRTCSIP-PrimaryUserAddress': 'SIP:A@x' }),
    inventory(`${one} | sip:a@x |  | 1`),
  );
  const bare = await readText(t, 'SipAddress\nAnn@x\n', 'users.csv');
  t.deepEqual([...(bare.users?.bySipUri.keys() ?? [])], ['sip:ann@x']);
  const none = await readText(t, '"SipAddress","Guid"\r\n', 'users.csv');
  t.is(none.users?.byGuid.size, 0, 'a header alone lists nobody, but it does list');
});

const BROKEN: Readonly<Record<string, readonly [line: number, message: string]>> = {
  'clixml.xml': [
    1,
    'Unexpected first line "<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">"',
  ],
  'code-page.csv': [3, 'Unexpected bytes that are not UTF-8, expected a file in UTF-8 or UTF-16.'],
  'comma.json': [3, 'Unexpected text, expected JSON.'],
  'count.json': [6, 'Unexpected list of 1, expected 2, as its Count says.'],
  'cut.json': [31, 'Unexpected end of the file, expected the rest of the JSON.'],
  'empty-list.json': [1, 'Unexpected empty list, expected rooms, categories or users.'],
  'empty.json': [1, 'Unexpected empty list, expected rooms, categories or users.'],
  'enabled.csv': [2, 'Unexpected Enabled "Ja", expected True or False.'],
  'guid.csv': [2, 'Unexpected Guid "12", expected 32 hex digits in five groups.'],
  'half-unit.json': [1, 'Unexpected bytes that are not UTF-16LE, expected a file in UTF-8 or UTF-16.'],
  'list.txt': [3, 'Unexpected first line "Identity    : pchat01.contoso.example\\Desk"'],
  'names-only.json': [2, 'Unexpected properties "Name"'],
  'no-key.csv': [2, 'Unexpected user without a key, expected a Guid or a SipAddress.'],
  'no-name.json': [3, 'Unexpected item without a name, expected a Name.'],
  'open-quote.csv': [3, 'Unexpected quote, expected quotes around whole values, doubled within.'],
  'other.csv': [1, 'Unexpected properties "ProcessName", "Id"'],
  'short-row.csv': [3, 'Unexpected number of values in a row, expected as many as the header has.'],
  'texts.json': [2, 'Unexpected text in the list'],
  'unclosed.csv': [3, 'Unexpected end of the file within quotes, expected a closing quote.'],
};

test('broken files: file, line, what was found, and the PowerShell line that makes a right one', async (t) => {
  for (const [name, [line, message]] of Object.entries(BROKEN)) {
    const failure = await t.throwsAsync<RunFailure>(
      readInventory([fixture(`broken/${name}`)]),
      { instanceOf: RunFailure },
      name,
    );
    t.is(failure?.code, /bytes/.test(message) ? 'input-encoding' : 'arguments', name);
    t.deepEqual(failure?.place, { file: name, line, column: 1, record: null }, name);
    t.true(failure?.message.startsWith(`${name}:${line}: ${message}`), `${name}: ${failure?.message}`);
    const way = /Unexpected empty/.test(message)
      ? /leave the file out/
      : /bytes/.test(message)
        ? /-Encoding UTF8/
        : /ConvertTo-Json/;
    t.regex(failure?.remedy ?? '', way, name);
  }
  t.deepEqual((await readdir(fixture('broken'))).sort(), Object.keys(BROKEN).sort(), 'every fixture is read');
  const missing = await t.throwsAsync<RunFailure>(readInventory([fixture('nowhere.json')]), {
    instanceOf: RunFailure,
  });
  t.is(missing?.code, 'input-missing');
  const unreadable = await t.throwsAsync<RunFailure>(readInventory([FIXTURES]), { instanceOf: RunFailure });
  t.is(unreadable?.code, 'input-unreadable');
});

test('a file cut anywhere is never taken for a whole one', async (t) => {
  for (const name of ['rooms-5.1-wrapped.json', 'categories-7.json']) {
    const text = (await readFile(fixture(name), 'utf8')).trimEnd();
    const path = join(temporaryFolder(t), name);
    for (let length = 1; length < text.length; length++) {
      await writeFile(path, text.slice(0, length));
      const failure = await t.throwsAsync(
        readInventory([path]),
        { instanceOf: RunFailure },
        `${name} cut at ${length}`,
      );
      if (failure === undefined) return;
    }
  }
});

function items(...names: readonly string[]): TargetItem[] {
  const place = (index: number) => ({ file: 'target.json', line: index + 1, column: 1, record: null });
  return names.map((name, index) => ({
    name,
    identity: null,
    place: place(index),
    mayHoldReplaced: name.includes('?'),
  }));
}

function target(given: {
  rooms?: readonly string[];
  categories?: readonly string[];
  users?: readonly Partial<TargetUser>[];
}): TargetInventory {
  const users = given.users?.map((one, index) => ({
    guid: null,
    sipUri: null,
    enabled: true,
    place: { file: 'users.csv', line: index + 2, column: 1, record: null },
    ...one,
  }));
  return {
    files: [],
    categories: items(...(given.categories ?? [])),
    rooms: items(...(given.rooms ?? [])).map((item) => ({ ...item, category: null })),
    users:
      users === undefined
        ? null
        : {
            byGuid: new Map(users.flatMap((one) => (one.guid === null ? [] : [[one.guid, one]]))),
            bySipUri: new Map(users.flatMap((one) => (one.sipUri === null ? [] : [[one.sipUri, one]]))),
          },
  };
}

function said(
  given: GivenDirectory,
  rule: string,
  inventory: TargetInventory | null,
  options: Partial<TransformOptions> = {},
) {
  const { draft, findings } = runRules(directory(given), options, { inventory });
  const about: Finding[] = findings.filter((finding) => finding.rule === rule);
  return { draft, about, lines: brief(about) };
}

const TREE: GivenDirectory = {
  nodes: [
    category(5, 1, 'IT'),
    room(12, 5, 'Desk'),
    room(13, 5, 'Lab'),
    room(14, 5, 'Old', { disabled: true }),
  ],
};
const CLASH = 'name-clash-with-target';

test('name-clash-with-target: nothing without lists, and nothing for other names', (t) => {
  t.deepEqual(said(TREE, CLASH, null).lines, []);
  const others = target({ rooms: ['Desk2', 'Des', ' Desk', 'Desk.', 'Old'], categories: ['ITT', 'Root'] });
  t.deepEqual(said(TREE, CLASH, others).lines, [], 'the root and a disabled room are not carried');
});

test('name-clash-with-target: rooms and categories in any mixture, by case folding and without trailing blanks', (t) => {
  const { about, lines, draft } = said(
    TREE,
    CLASH,
    target({ rooms: ['x', 'DESK  ', 'it'], categories: ['lab', 'Desk_2'] }),
  );
  t.deepEqual(lines, [`error ${CLASH} @ node 5`, `error ${CLASH} @ node 12`, `error ${CLASH} @ node 13`]);
  t.deepEqual(
    about.map((finding) => finding.message),
    [
      `Unexpected category 5 "IT" (${guid(5)}) with the name of room "it" of the target (target.json:3), expected a name of its own; left it as it is.`,
      `Unexpected room 12 "Desk" (${guid(12)}) with the name of room "DESK  " of the target (target.json:2), expected a name of its own; left it as it is.`,
      `Unexpected room 13 "Lab" (${guid(13)}) with the name of category "lab" of the target (target.json:1), expected a name of its own; left it as it is.`,
    ],
  );
  t.regex(about[0]?.remedy ?? '', /^Set another name in categories\.csv, for example "IT_2", or rename/);
  t.regex(about[1]?.remedy ?? '', /^Set another name in rooms\.csv, for example "Desk_3", or rename/);
  t.is(draft.rooms.get(12)?.name, 'Desk');
  t.is(draft.fates.of(draft.source.nodes[2] as never).state, 'carried');
});

test('name-clash-with-target: the final name counts, not the legacy one', (t) => {
  const nested: GivenDirectory = {
    nodes: [category(5, 1, 'IT'), category(6, 5, 'East'), room(12, 6, 'Desk')],
  };
  const { lines } = said(nested, CLASH, target({ rooms: ['Desk', 'IT_East_Desk'], categories: ['East'] }));
  t.deepEqual(lines, [`error ${CLASH} @ node 12`]);
});

test('name-clash-with-target: targetClashes overwrite replaces its like, and never the other kind', (t) => {
  const inventory = target({ rooms: ['Desk', 'IT'], categories: ['Lab', 'it'] });
  const { about, lines } = said(TREE, CLASH, inventory, { targetClashes: 'overwrite' });
  t.deepEqual(lines, [`error ${CLASH} @ node 5`, `warning ${CLASH} @ node 12`, `error ${CLASH} @ node 13`]);
  t.is(about[1]?.did, 'carried it to replace that one');
  t.regex(about[1]?.remedy ?? '', /the import replaces it/);
  const alike = said(TREE, CLASH, target({ rooms: ['Desk'], categories: ['IT'] }), {
    targetClashes: 'overwrite',
  });
  t.deepEqual(alike.lines, [`warning ${CLASH} @ node 5`, `warning ${CLASH} @ node 12`]);
});

test('name-clash-with-target: in an ASCII list a ? stands for a lost UTF-16 unit, and for no other', (t) => {
  const nodes = (name: string): GivenDirectory => ({ nodes: [category(5, 1, 'IT'), room(12, 5, name)] });
  const rooms = target({ rooms: ['Z?rich', 'Sea ??'] });
  const { about } = said(nodes('ZÜRICH'), CLASH, rooms);
  t.regex(about[0]?.message ?? '', /with perhaps the name of room "Z\?rich" of the target/);
  t.is(said(nodes('Sea \u{1f6a2}'), CLASH, rooms).about.length, 1);
  for (const name of ['Zurich', 'Zürrich', 'Zürïch', 'Sea é'])
    t.deepEqual(said(nodes(name), CLASH, rooms).lines, [], name);
  const whole = { ...rooms, rooms: rooms.rooms.map((item) => ({ ...item, mayHoldReplaced: false })) };
  t.deepEqual(said(nodes('Zürich'), CLASH, whole).lines, []);
  t.notRegex(said(nodes('Z?RICH'), CLASH, whole).about[0]?.message ?? 'perhaps', /perhaps/);
});

const PEOPLE: GivenDirectory = {
  nodes: [category(5, 1, 'IT'), room(12, 5, 'Desk')],
  principals: [user(100), user(101), user(102), user(103, { prinDisabled: 1 }), group(104)],
  principalRoles: [
    { prinRoleNodeID: 12, prinRolePrinID: 100 },
    { prinRoleNodeID: 12, prinRolePrinID: 100, prinRoleTypeID: 2 },
    { prinRoleNodeID: 12, prinRolePrinID: 101 },
    { prinRoleNodeID: 12, prinRolePrinID: 103 },
    { prinRoleNodeID: 12, prinRolePrinID: 104 },
  ],
  scopePrincipals: [
    { scopeNodeID: 5, scopePrinID: 100 },
    { scopeNodeID: 5, scopePrinID: 101 },
    { scopeNodeID: 5, scopePrinID: 103 },
    { scopeNodeID: 5, scopePrinID: 104 },
  ],
};
const GONE = 'principal-gone';
const guidOf = (id: number): string => guid(0x100000 + id);

test('principal-gone: nobody without a list of users, nor who is in it by GUID or by address', (t) => {
  t.deepEqual(said(PEOPLE, GONE, null).lines, []);
  t.deepEqual(said(PEOPLE, GONE, target({ rooms: ['x'] })).lines, []);
  const all = target({
    users: [
      { guid: guidOf(100), sipUri: 'sip:renamed@contoso.example' },
      { sipUri: 'sip:user101@contoso.example' },
    ],
  });
  t.deepEqual(said(PEOPLE, GONE, all).lines, []);
  const unknown = target({ users: [{ guid: guidOf(100), enabled: null }, { guid: guidOf(101) }] });
  t.deepEqual(
    said(PEOPLE, GONE, unknown).lines,
    [],
    'a list that does not tell Enabled counts everybody as active',
  );
});

test('principal-gone: missing or not enabled users with rights are named and carried', (t) => {
  const { about, draft } = said(PEOPLE, GONE, target({ users: [{ guid: guidOf(101), enabled: false }] }));
  t.deepEqual(brief(about), [`warning ${GONE} @ principal 100`, `warning ${GONE} @ principal 101`]);
  t.deepEqual(
    about.map((finding) => finding.message),
    [
      `Unexpected principal 100 "User 100" (${guidOf(100)}) missing from the list of users, expected an active user; carried it with 2 roles and 1 scope entry.`,
      `Unexpected principal 101 "User 101" (${guidOf(101)}) with Enabled False (users.csv:2), expected an active user; carried it with 1 role and 1 scope entry.`,
    ],
  );
  t.is(draft.principals.get(100)?.disabled, 0);
  t.deepEqual([...(draft.rooms.get(12)?.members ?? [])].sort(), [100, 101, 104]);
});

test('principal-gone: missingUsers disable makes them authors without rights', (t) => {
  const { about, draft } = said(PEOPLE, GONE, target({ users: [{ guid: guidOf(101) }] }), {
    missingUsers: 'disable',
  });
  t.deepEqual(brief(about), [`warning ${GONE} @ principal 100`]);
  t.is(about[0]?.did, 'made it a disabled author, left 2 roles and 1 scope entry behind');
  const gone = draft.principals.get(100);
  t.deepEqual([gone?.disabled, gone?.mayHoldRights], [1, false]);
  t.deepEqual([...(draft.rooms.get(12)?.members ?? [])].sort(), [101, 104]);
  t.deepEqual([...(draft.rooms.get(12)?.managers ?? [])], []);
  t.deepEqual([...(draft.categories.get(5)?.allowed ?? [])].sort(), [101, 104]);
  const fates = [
    draft.source.principals[0],
    ...draft.source.principalRoles.slice(0, 2),
    draft.source.scopePrincipals[0],
  ];
  t.deepEqual(
    fates.map((row) => row && draft.fates.of(row)),
    [
      { state: 'changed', rule: GONE },
      { state: 'excluded', rule: GONE },
      { state: 'excluded', rule: GONE },
      { state: 'excluded', rule: GONE },
    ],
  );
  const idle = draft.principals.get(102);
  t.deepEqual([idle?.disabled, idle?.mayHoldRights], [0, true], 'who holds nothing stays as it is');
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function transform(cwd: string, ...args: readonly string[]): Promise<Ended> {
  return await new Promise((resolve) => {
    execFile(
      process.execPath,
      [CHATFERRY, 'transform', SAMPLE, '-o', 'handoff', ...args],
      { cwd },
      (error, out, err) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, err }),
    );
  });
}

const request: Omit<TransformRequest, 'handoffPath'> = {
  exportPath: SAMPLE,
  options: DEFAULT_OPTIONS,
  layout: DEFAULT_LAYOUT,
  isDryRun: true,
  replace: false,
  isStrict: false,
  notice: () => undefined,
  progress: () => undefined,
};

const SAMPLE_ROOMS = JSON.stringify(
  [
    { Name: 'TICKETS', Category: `${POOL}\\Support`, Privacy: 1 },
    { Name: 'Unrelated', Category: `${POOL}\\Support`, Privacy: 1 },
  ],
  null,
  4,
);

test('transform --target: a clash ends with 1 and is told; with overwrite the same run is ready', async (t) => {
  const path = temporaryFolder(t);
  await writeFile(join(path, 'rooms.json'), Buffer.from(`\ufeff${SAMPLE_ROOMS}`, 'utf16le'));
  await writeFile(join(path, 'categories.csv'), '"Name","AllowedMembers"\r\n"Reserved",""\r\n');
  const lists = ['rooms.json', 'categories.csv'];
  const done = await transform(path, '--target', ...lists, '--json');
  t.is(done.code, 1, done.err);
  const summary = JSON.parse(done.out);
  t.deepEqual(
    summary.inputs.slice(-2).map((file: { name: string }) => file.name),
    lists,
  );
  const findings = (await readFile(join(path, 'handoff/data/findings.ndjson'), 'utf8')).trim().split('\n');
  const errors = findings
    .map((line) => JSON.parse(line) as Finding)
    .filter((finding) => finding.severity === 'error');
  t.deepEqual(brief(errors), [`error ${CLASH} @ node 34`]);
  t.regex(errors[0]?.message ?? '', /with the name of room "TICKETS" of the target \(rooms\.json:2\)/);
  const run = await runTransform({
    ...request,
    handoffPath: join(path, 'other'),
    options: { ...DEFAULT_OPTIONS, targetClashes: 'overwrite' },
    inventoryPaths: lists.map((name) => join(path, name)),
  });
  t.is(run.verdict.exitCode, 0);
  t.deepEqual(
    run.findings.filter((one) => one.rule === CLASH).map((one) => one.count),
    [1],
  );
});

test('transform --users: who is missing is warned of, and rights go when told so', async (t) => {
  const path = temporaryFolder(t);
  await writeFile(join(path, 'users.csv'), '"SipAddress","Guid"\r\n"sip:ana.rey@contoso.example",""\r\n');
  const done = await transform(path, '--users', 'users.csv', '--quiet');
  t.is(done.code, 0, done.err);
  const findings = (await readFile(join(path, 'handoff/data/findings.ndjson'), 'utf8')).trim().split('\n');
  const gone = findings.map((line) => JSON.parse(line) as Finding).filter((finding) => finding.rule === GONE);
  t.true(gone.length > 0);
  t.false(brief(gone).includes(`warning ${GONE} @ principal 12`));
  const run = await runTransform({
    ...request,
    handoffPath: join(path, 'other'),
    options: { ...DEFAULT_OPTIONS, missingUsers: 'disable' },
    usersPath: join(path, 'users.csv'),
  });
  t.is(run.findings.find((one) => one.rule === GONE)?.count, gone.length);
  t.is(run.ledger?.tables.tblPrincipal?.byRule[GONE]?.[0]?.records, gone.length);
  t.deepEqual(run.imbalances, []);
});

test('transform: lists that cannot be used end with 2, and nothing is left', async (t) => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['--target', fixture('broken/names-only.json')], /names-only\.json:2: Unexpected properties "Name"/],
    [['--target', fixture('nowhere.json')], /"nowhere\.json" does not exist/],
    [['--target', fixture('users.csv')], /No room and no category is listed in "users\.csv"/],
    [['--users', fixture('rooms-typed.csv')], /No user is listed in "rooms-typed\.csv"/],
  ];
  for (const [args, sentence] of cases) {
    const path = temporaryFolder(t);
    const done = await transform(path, ...args);
    t.is(done.code, 2, done.out);
    t.regex(done.err, sentence);
    t.deepEqual(await readdir(path), []);
  }
});
