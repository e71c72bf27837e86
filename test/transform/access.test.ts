import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AccessCounts, RoomChange } from '@chatferry/import';
import type { DirectoryDraft, DraftExtras, TransformOptions } from '@chatferry/transform';
import test, { type ExecutionContext } from 'ava';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { accessOf } from '../../packages/transform/dist/directory/access.js';
import { carriedCategories, carriedRooms } from '../../packages/transform/dist/directory/draft.js';
import { packLists } from '../../packages/transform/dist/directory/packed-lists.js';
import { roomChanges } from '../../packages/transform/dist/directory/room-changes.js';
import { NO_DECISIONS, type PrincipalDecision } from '../../packages/transform/dist/plan/decisions.js';
import { writeAccess } from '../../packages/transform/dist/write-access.js';
import { requestOfCase } from '../support/golden.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { transformed } from '../support/transformed.js';
import { FIXTURES } from '../support/write-fixtures.js';
import {
  category,
  directory,
  type GivenDirectory,
  group,
  guid,
  room,
  runRules,
  user,
} from './support/directory.js';

const MEMBER = 1;
const MANAGER = 2;
const VOICED = 3;
const AUDITORIUM = { behavior: 5 } as const;
const SECRET = { visibility: 2 } as const;

/** Role rows as `[node, role, principals]`. */
function roles(...rows: readonly (readonly [number, number, ...number[]])[]) {
  return rows.flatMap(([prinRoleNodeID, prinRoleTypeID, ...ids]) =>
    ids.map((prinRolePrinID) => ({ prinRoleNodeID, prinRoleTypeID, prinRolePrinID })),
  );
}

/** Scope rows as `[node, principals]`. */
function scopes(...rows: readonly (readonly [number, ...number[]])[]) {
  return rows.flatMap(([scopeNodeID, ...ids]) => ids.map((scopePrinID) => ({ scopeNodeID, scopePrinID })));
}

function draftOf(
  given: GivenDirectory,
  options: Partial<TransformOptions> = {},
  extras: DraftExtras = {},
): DirectoryDraft {
  return runRules(directory(given), options, extras).draft;
}

/** `<setting>: <before> -> <after>` of the rights of each room that changed. */
function told(draft: DirectoryDraft): string[] {
  const rights = /^(Members|Managers|Presenters)$/;
  return [...roomChanges(draft, accessOf(draft))].flatMap(({ name, settings }: RoomChange) =>
    settings
      .filter(({ setting }) => rights.test(setting))
      .map(({ after, before, setting }) => `${name} ${setting}: ${before} -> ${after}`),
  );
}

type Line = readonly string[];

function csvOf(t: ExecutionContext, draft: DirectoryDraft): { lines: Line[]; text: string } & AccessCounts {
  const path = join(temporaryFolder(t), 'access.csv');
  const counts = writeAccess(path, draft, accessOf(draft));
  const text = readFileSync(path, 'utf8');
  return { ...counts, text, lines: linesOf(text).slice(1) };
}

function linesOf(text: string): Line[] {
  return parse(text, { bom: true, relax_column_count: false }) as string[][];
}

/** node, role, principal, before and after of each line. */
function brief(lines: readonly Line[]): string[] {
  return lines.map(([, , node, , role, principal, , before, after]) =>
    [node, role, principal, before, after].join(' / '),
  );
}

function decided(decisions: Readonly<Record<number, Partial<PrincipalDecision>>>): DraftExtras {
  const place = { file: 'plan/principals.csv', line: 2, column: 1, record: null };
  const whole = Object.entries(decisions).map(([id, decision]): [number, PrincipalDecision] => [
    Number(id),
    { place, action: 'merge', target: null, uri: null, displayName: null, ...decision },
  ]);
  return { decisions: { ...NO_DECISIONS, principals: new Map(whole) } };
}

const PEOPLE = [
  user(11, { prinDisplayName: 'Lena Fischer' }),
  user(12, { prinDisplayName: 'Omar Said' }),
  user(13, { prinDisplayName: 'Ana Rey' }),
  user(14, { prinDisplayName: 'Bo Lind' }),
  user(15),
  user(16, { prinName: null }),
];
const EVERYBODY = scopes([1, 11, 12, 13, 14, 15, 16]);

// Settings of rooms

test('rights that applied by inheritance are no change, however few rows the room itself had', (t) => {
  const draft = draftOf({
    nodes: [
      category(5, 1, 'Ops'),
      room(10, 5, 'Shift'),
      room(11, 5, 'Vault', { ...SECRET, overrideMember: true }),
    ],
    principals: PEOPLE,
    principalRoles: roles(
      [1, MANAGER, 11],
      [1, MEMBER, 12],
      [5, MANAGER, 12],
      [5, MEMBER, 13, 14],
      [11, MEMBER, 15],
    ),
    scopePrincipals: EVERYBODY,
  });
  t.deepEqual(told(draft), []);
  const [shift, vault] = carriedRooms(draft).map((one) => accessOf(draft).ofRoom(one));
  t.deepEqual(
    shift?.map(({ before }) => [...before].sort()),
    [[12, 13, 14], [11, 12], []],
  );
  t.deepEqual(
    vault?.map(({ before }) => [...before].sort()),
    [[15], [11, 12], []],
    'members start anew, managers do not',
  );
});

test('a set that changed at an equal number is a change, with three names a side at most', (t) => {
  const draft = draftOf({
    nodes: [category(5, 1, 'Ops'), room(10, 5, 'Shift')],
    principals: PEOPLE,
    principalRoles: roles([10, MEMBER, 11, 12, 14], [5, MANAGER, 11, 12, 13, 14, 15]),
    scopePrincipals: EVERYBODY,
  });
  const shift = draft.rooms.get(10);
  if (shift === undefined) return t.fail();
  shift.members = new Set([14, 15, 13]);
  shift.managers = new Set([16]);
  t.deepEqual(told(draft), [
    'Shift Members: 3 -> 3 (−2 +2: Lena Fischer, Omar Said lost; Ana Rey, User 15 new)',
    'Shift Managers: 5 -> 1 (−5 +1: Lena Fischer, Omar Said, Ana Rey and 2 more lost; sip:user16@contoso.example new)',
  ]);
  shift.members = new Set([11, 12, 14, 13]);
  shift.managers = new Set([11, 12, 13, 14]);
  t.deepEqual(told(draft), [
    'Shift Members: 3 -> 4 (+1: Ana Rey new)',
    'Shift Managers: 5 -> 4 (−1: User 15 lost)',
  ]);
});

test('what a rule takes from somebody was in force before: disabled, federated, of an unknown type, dropped from the root', (t) => {
  const draft = draftOf(
    {
      nodes: [category(5, 1, 'Ops'), room(10, 5, 'Shift')],
      principals: [
        ...PEOPLE.slice(0, 3),
        user(14, { prinDisplayName: 'Left', prinDisabled: 1 }),
        user(15, { prinDisplayName: 'Partner', prinTypeID: 7 }),
        user(16, { prinDisplayName: 'Odd', prinTypeID: 99 }),
      ],
      principalRoles: roles([10, MEMBER, 11, 14, 15, 16, 900], [1, MANAGER, 12], [10, 9, 13]),
      scopePrincipals: EVERYBODY,
    },
    { rootManagers: 'drop' },
  );
  t.deepEqual(told(draft), [
    'Shift Members: 4 -> 1 (−3: Left, Partner, Odd lost)',
    'Shift Managers: 1 -> 0 (−1: Omar Said lost)',
  ]);
});

test('presenters of an auditorium could enter it before, and those of a normal room were none', (t) => {
  const draft = draftOf({
    nodes: [category(5, 1, 'Ops'), room(10, 5, 'Hall', AUDITORIUM), room(11, 5, 'Shift')],
    principals: PEOPLE,
    principalRoles: roles([10, MEMBER, 11], [10, VOICED, 11, 12], [5, VOICED, 13], [11, VOICED, 13]),
    scopePrincipals: EVERYBODY,
  });
  t.deepEqual(told(draft), []);
});

test('who was merged is one person; who was only mapped is another, and lost his rights', (t) => {
  const given = {
    nodes: [category(5, 1, 'Ops'), room(10, 5, 'Shift'), room(11, 5, 'Vault', SECRET)],
    principals: [
      ...PEOPLE,
      user(30, { prinGuid: guid(0x100000 + 13), prinDisplayName: 'Ana Old' }),
      user(31),
      user(32),
    ],
    principalRoles: roles([10, MEMBER, 30, 31], [11, MEMBER, 11], [11, MANAGER, 13, 30]),
    scopePrincipals: scopes([1, 11, 12, 13, 14, 30, 31]),
  };
  const merged = draftOf(given, {}, decided({ 31: { action: 'merge', target: 12 } }));
  t.deepEqual(told(merged), []);
  t.deepEqual([...(merged.rooms.get(10)?.members ?? [])].sort(), [12, 13]);
  const mapped = draftOf(given, {}, decided({ 31: { action: 'map', target: 12 } }));
  t.deepEqual(told(mapped), ['Shift Members: 2 -> 1 (−1: User 31 lost)']);
});

test('a name cannot pass for two, for another, or for our own words', (t) => {
  const names = [
    'Fischer, Lena',
    'Bo lost; Ana Rey',
    'x "y\\',
    ' Ana Rey',
    'W'.repeat(300),
    'gpj.\u202eexe',
    '=1+1',
  ];
  const draft = draftOf({
    nodes: [category(5, 1, 'Ops'), ...names.map((_, at) => room(10 + at, 5, `Room ${at}`))],
    principals: names.map((prinDisplayName, at) => user(20 + at, { prinDisplayName, prinDisabled: 1 })),
    principalRoles: roles(...names.map((_, at) => [10 + at, MEMBER, 20 + at] as const)),
  });
  t.deepEqual(
    told(draft).map((line) => line.replace(/^.*−1: (.*) lost\)$/, '$1')),
    [
      '"Fischer, Lena"',
      '"Bo lost; Ana Rey"',
      '"x \\"y\\\\"',
      '" Ana Rey"',
      `"${'W'.repeat(79)}…"`,
      'gpj.\u202eexe',
      '=1+1',
    ],
  );
});

// access.csv

test('access.csv lists each node, role and principal: secret rooms first, then closed, open, categories', (t) => {
  const draft = draftOf({
    nodes: [
      category(5, 1, 'Ops'),
      room(10, 5, 'Open', { visibility: 6 }),
      room(11, 5, 'Closed'),
      room(13, 5, 'Vault', SECRET),
      room(12, 5, 'Safe', { ...SECRET, ...AUDITORIUM }),
    ],
    enumValues: [{ valueID: 6, attributeValue: 'Open' }],
    principals: [...PEOPLE.slice(0, 3), user(14, { prinDisplayName: 'Left', prinDisabled: 1 })],
    principalRoles: roles(
      [12, VOICED, 12],
      [12, MEMBER, 12, 11],
      [13, MANAGER, 11],
      [13, MEMBER, 14],
      [10, MEMBER, 13],
      [11, MEMBER, 13],
      [5, MANAGER, 13],
    ),
    scopePrincipals: scopes([1, 11, 12, 13]),
  });
  t.is(draft.rooms.get(10)?.privacy, 'Open');
  const { added, lines, lost, text } = csvOf(t, draft);
  t.true(text.startsWith('\ufeffkind,privacy,node,nodeGuid,role,principal,uri,before,after\r\n'));
  t.deepEqual(lines[0], [
    'room',
    'Secret',
    'Safe',
    guid(12),
    'member',
    'Lena Fischer',
    'sip:user11@contoso.example',
    'yes',
    'yes',
  ]);
  t.deepEqual(brief(lines), [
    'Safe / member / Lena Fischer / yes / yes',
    'Safe / member / Omar Said / yes / yes',
    'Safe / manager / Ana Rey / yes / yes',
    'Safe / presenter / Omar Said / yes / yes',
    'Vault / member / Left / yes / no',
    'Vault / manager / Lena Fischer / yes / yes',
    'Vault / manager / Ana Rey / yes / yes',
    'Closed / member / Ana Rey / yes / yes',
    'Closed / manager / Ana Rey / yes / yes',
    'Open / member / Ana Rey / yes / yes',
    'Open / manager / Ana Rey / yes / yes',
    'Ops / creator / Ana Rey / yes / yes',
    'Ops / allowed member / Lena Fischer / yes / yes',
    'Ops / allowed member / Omar Said / yes / yes',
    'Ops / allowed member / Ana Rey / yes / yes',
  ]);
  t.deepEqual(
    lines.slice(-4).map(([kind, privacy]) => `${kind}/${privacy}`),
    Array(4).fill('category/'),
  );
  t.deepEqual({ lost, added }, { lost: 1, added: 0 });
});

test('access.csv ends with the rooms that stay behind: who held a role there has none any more', (t) => {
  const draft = draftOf({
    nodes: [
      category(5, 1, 'Ops'),
      room(10, 5, 'Shift'),
      room(11, 5, 'Old', { disabled: true }),
      room(12, 5, 'Older', { ...SECRET, ...AUDITORIUM, disabled: true }),
    ],
    principals: PEOPLE,
    principalRoles: roles(
      [10, MEMBER, 13],
      [11, MEMBER, 13],
      [12, MANAGER, 14],
      [12, VOICED, 13],
      [5, MANAGER, 11],
    ),
    scopePrincipals: EVERYBODY,
  });
  const { added, leftBehind, lines, lost } = csvOf(t, draft);
  const left = lines.filter(([kind]) => kind === 'room left behind');
  t.deepEqual(left, lines.slice(-left.length));
  t.deepEqual(brief(left), [
    'Old / member / Ana Rey / yes / no',
    'Old / manager / Lena Fischer / yes / no',
    'Older / member / Ana Rey / yes / no',
    'Older / manager / Lena Fischer / yes / no',
    'Older / manager / Bo Lind / yes / no',
    'Older / presenter / Ana Rey / yes / no',
  ]);
  t.deepEqual({ added, leftBehind, lost }, { added: 0, leftBehind: 6, lost: 0 });
  t.true(left.every(([, privacy]) => privacy === ''));
});

test('a scope whose only entry cannot be carried widens to the one above, and access.csv says so', (t) => {
  const draft = draftOf({
    nodes: [category(5, 1, 'Ops'), room(10, 5, 'Shift')],
    principals: [...PEOPLE.slice(0, 2), group(30, { prinTypeID: 11, prinDisplayName: 'Partners' })],
    scopePrincipals: scopes([1, 11, 12], [5, 30]),
  });
  const { added, lines, lost } = csvOf(t, draft);
  t.deepEqual(brief(lines), [
    'Ops / allowed member / Lena Fischer / no / yes',
    'Ops / allowed member / Omar Said / no / yes',
    'Ops / allowed member / Partners / yes / no',
  ]);
  t.deepEqual({ lost, added }, { lost: 1, added: 2 });
});

test('creators are held against those who could create rooms, whatever the option makes of them', (t) => {
  const given = {
    nodes: [
      category(5, 1, 'Free'),
      category(6, 1, 'Strict', { restrictChildCreate: false }),
      room(10, 5, 'A'),
      room(11, 6, 'B'),
      room(12, 1, 'C'),
    ],
    principals: PEOPLE.slice(0, 2),
    principalRoles: roles([1, MANAGER, 11], [1, MEMBER, 12]),
    scopePrincipals: scopes([1, 11, 12]),
  };
  const creators = (options: Partial<TransformOptions>) =>
    brief(csvOf(t, draftOf(given, options)).lines).filter((line) => line.includes('creator'));
  t.deepEqual(creators({}), [
    'Free / creator / Lena Fischer / yes / yes',
    'Free / creator / Omar Said / yes / yes',
    'Strict / creator / Lena Fischer / yes / yes',
    'General / creator / Lena Fischer / yes / yes',
    'General / creator / Omar Said / yes / yes',
  ]);
  t.deepEqual(creators({ creators: 'managers' }), [
    'Free / creator / Lena Fischer / yes / yes',
    'Free / creator / Omar Said / yes / no',
    'Strict / creator / Lena Fischer / yes / yes',
    'General / creator / Lena Fischer / yes / yes',
    'General / creator / Omar Said / yes / no',
  ]);
  t.true(creators({ creators: 'none' }).every((line) => line.endsWith('yes / no')));
});

test('names act neither in a spreadsheet nor in a terminal, and hold no line', (t) => {
  const draft = draftOf({
    nodes: [category(5, 1, 'Ops'), room(10, 5, '=cmd|x,"y')],
    principals: [
      user(11, { prinDisplayName: '=HYPERLINK("http://x")' }),
      user(12, { prinDisplayName: 'a\r\n+b\u001b[2J,c' }),
    ],
    principalRoles: roles([10, MEMBER, 11, 12]),
    scopePrincipals: scopes([1, 11, 12]),
  });
  const { lines, text } = csvOf(t, draft);
  t.is(text.split('\r\n').length, lines.length + 2);
  t.false(text.includes('\u001b'));
  t.deepEqual(
    lines.slice(0, 2).map((line) => line[5]),
    ['\'=HYPERLINK("http://x")', 'a\\u{d}\\u{a}+b\\u{1b}[2J,c'],
  );
  t.true(lines.flat().every((cell) => !/^[=+@-]/.test(cell)));
});

/** A random tree of categories 2 to 5 and rooms 10 to 13, with roles of 11 principals on all of them. */
const tree = fc.record({
  parents: fc.tuple(...[2, 3, 4, 5].map((id) => fc.integer({ min: 1, max: id - 1 }))),
  homes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 4, maxLength: 4 }),
  overrides: fc.array(fc.boolean(), { minLength: 14, maxLength: 14 }),
  halls: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  roles: fc.array(
    fc.tuple(
      fc.constantFrom(1, 2, 3, 4, 5, 10, 11, 12, 13),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 20, max: 30 }),
    ),
    { maxLength: 40 },
  ),
});

test('before is what walking up from each room gives, and after is what the package holds', (t) => {
  const check = fc.property(tree, ({ halls, homes, overrides, parents, roles: rows }) => {
    const parentOf = new Map([
      ...parents.map((parent, at): [number, number] => [at + 2, parent]),
      ...homes.map((parent, at): [number, number] => [at + 10, parent]),
    ]);
    const overrideMember = (id: number): boolean => id !== 1 && overrides[id] === true;
    const draft = draftOf({
      nodes: [
        ...parents.map((parent, at) =>
          category(at + 2, parent, `C${at}`, { overrideMember: overrideMember(at + 2) }),
        ),
        ...homes.map((parent, at) =>
          room(at + 10, parent, `R${at}`, {
            overrideMember: overrideMember(at + 10),
            behavior: halls[at] === true ? 5 : 4,
          }),
        ),
      ],
      principals: Array.from({ length: 11 }, (_, at) => user(20 + at)),
      principalRoles: rows.map(([node, role, id]) => ({
        prinRoleNodeID: node,
        prinRoleTypeID: role,
        prinRolePrinID: id,
      })),
    });
    const own = (node: number, role: number): number[] =>
      rows.filter((row) => row[0] === node && row[1] === role).map((row) => row[2]);
    const above = (node: number, role: number): number[] => {
      const parent = parentOf.get(node);
      const stops = parent === undefined || (role === MEMBER && overrideMember(node));
      return [...own(node, role), ...(stops ? [] : above(parent, role))];
    };
    const ids = (list: Iterable<number>): number[] => [...new Set(list)].sort((a, b) => a - b);
    const access = accessOf(draft);
    for (const one of carriedRooms(draft)) {
      const presenters = one.source.behavior === 5 ? own(one.id, VOICED) : [];
      const expected = [[...above(one.id, MEMBER), ...presenters], above(one.id, MANAGER), presenters];
      t.deepEqual(
        access.ofRoom(one).map(({ before }) => ids(before)),
        expected.map(ids),
      );
      t.deepEqual(
        access.ofRoom(one).map(({ after }) => after),
        [one.members, one.managers, one.presenters],
      );
    }
    for (const one of carriedCategories(draft)) {
      const created = one.source === null ? 1 : one.id;
      const [creators] = access.ofCategory(one);
      t.deepEqual(ids(creators?.before ?? []), ids([...above(created, MEMBER), ...above(created, MANAGER)]));
    }
    t.deepEqual(told(draft), []);
  });
  fc.assert(check, { numRuns: 150 });
});

test('packed lists hold what they were given, repeated entries once', (t) => {
  const entries = fc.array(
    fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -2_147_483_648, max: 4_294_967_296 })),
  );
  const check = fc.property(entries, (all) => {
    const lists = packLists((take) => {
      for (const [node, principal] of all) take(node, principal);
    });
    for (let node = -4; node <= 4; node++) {
      const expected = all.filter(([at]) => at === node).map(([, principal]) => principal);
      t.deepEqual(lists.get(node), expected.length === 0 ? undefined : new Set(expected));
    }
  });
  fc.assert(check);
});

// Runs

test('a run writes access.csv whatever it is cut into, counts it in its reports, and a dry run leaves none', async (t) => {
  const folder = temporaryFolder(t);
  const request = await requestOfCase(join(FIXTURES, 'dirty'), folder);
  const csv = (name: string): string => readFileSync(join(folder, name, 'data/access.csv'), 'utf8');
  const whole = await transformed({ ...request, handoffPath: join(folder, 'whole') });
  await transformed({ ...request, handoffPath: join(folder, 'parts'), partSize: 1 });
  await transformed({ ...request, handoffPath: join(folder, 'blind'), readsBack: false });
  t.is(csv('parts'), csv('whole'));
  t.is(csv('blind'), csv('whole'));
  const lines = linesOf(csv('whole')).slice(1);
  const count = (before: string, after: string): number =>
    lines.filter((line) => line[7] === before && line[8] === after).length;
  const leftBehind = lines.filter(([kind]) => kind === 'room left behind').length;
  const lost = count('yes', 'no') - leftBehind;
  t.deepEqual(whole.access, { rows: lines.length, lost, added: count('no', 'yes'), leftBehind });
  t.is(count('no', 'no'), 0);
  const dry = await transformed({ ...request, handoffPath: join(folder, 'dry'), isDryRun: true });
  t.deepEqual(dry.access, whole.access);
  t.throws(() => csv('dry'), { code: 'ENOENT' });
  t.like(whole.access, { lost: 1, added: 0 });
  const behind = leftBehind === 0 ? '' : `; ${leftBehind} entries of rooms that stay behind`;
  const sentence = `lists who may enter, manage and present, before and after: 1 entry lost, 0 new${behind}.`;
  const read = (file: string): string => readFileSync(join(folder, 'whole/data', file), 'utf8');
  t.true(read('report.html').includes(`<p><code>access.csv</code> ${sentence}</p>`));
  t.true(read('report.md').includes(`\`access.csv\` ${sentence}`));
  t.deepEqual(JSON.parse(read('summary.json')).access, whole.access);
  t.true(read('RUNBOOK.md').includes('owner of access rights read `data/access.csv` before the import'));
});
