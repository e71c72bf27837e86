import { RunFailure } from '@chatferry/export';
import test from 'ava';
import {
  aboutNodes,
  brief,
  category,
  directory,
  type GivenDirectory,
  guid,
  room,
  runRules,
  user,
} from './support/directory.js';

const VISIBILITY = 'note visibility-mapped @ the export';

function run(given: GivenDirectory) {
  const source = directory(given);
  const { draft, findings: all } = runRules(source);
  const findings = aboutNodes(all);
  return {
    draft,
    findings,
    lines: brief(findings).filter((line) => line !== VISIBILITY),
    nodes: [...draft.categories.keys(), ...draft.rooms.keys()],
    fates: source.nodes.map((row) => fate(draft.fates.of(row))),
    fatesOf: (table: 'principalRoles' | 'scopePrincipals' | 'lastChatIds' | 'siopWhiteList') =>
      source[table].map((row) => fate(draft.fates.of(row))),
  };
}

function fate({ state, rule }: { state: string; rule: string | null }): string {
  return rule === null ? state : `${state} ${rule}`;
}

function failure(given: GivenDirectory): RunFailure {
  try {
    run(given);
  } catch (error) {
    if (error instanceof RunFailure) return error;
    throw error;
  }
  throw new Error('no RunFailure');
}

const SOUND = [category(5, 1, 'Ops'), room(12, 5, 'Desk')];

test('a sound tree passes in silence and is linked', (t) => {
  const { draft, lines, nodes, fates } = run({ nodes: SOUND });
  t.deepEqual(lines, []);
  t.deepEqual(nodes, [1, 5, 12]);
  t.deepEqual(fates, ['carried', 'carried', 'carried']);
  const desk = draft.rooms.get(12);
  t.is(draft.root, draft.categories.get(1) ?? null);
  t.is(draft.root?.parent, null);
  t.is(desk?.parent, draft.categories.get(5));
  t.is(desk?.category, desk?.parent);
  t.is(desk?.parent.parent, draft.root);
});

test('categories and rooms come out ascending by id, whatever the order of the export', (t) => {
  const { nodes } = run({
    nodes: [room(40, 7, 'B'), category(7, 30, 'Low'), room(12, 30, 'A'), category(30, 1, 'High')],
  });
  t.deepEqual(nodes, [1, 7, 30, 12, 40]);
});

test('root-missing stops the run and says why', (t) => {
  const cases: [GivenDirectory, string, RegExp][] = [
    [{ root: false }, 'input-table-missing', /without rows of tblNode/],
    [{ root: false, nodes: SOUND }, 'input-not-an-export', /tblNode without node 1/],
    [{ nodes: [room(1, 1, 'Lobby')] }, 'input-not-an-export', /room 1 "Lobby" .* as root/],
    [{ root: { parentID: null } }, 'input-not-an-export', /parent NULL of root category 1/],
    [{ root: { parentID: 5 }, nodes: SOUND }, 'input-not-an-export', /parent 5 of root category 1/],
    [
      { root: { defects: [{ column: 'nodeGuid', seen: 'x', expected: 'a uniqueidentifier' }] } },
      'input-not-an-export',
      /node 1 refused by column-undecodable/,
    ],
  ];
  for (const [given, code, message] of cases) {
    const error = failure(given);
    t.is(error.code, code as typeof error.code);
    t.regex(error.message, message);
    t.regex(error.remedy, /tblNode/);
  }
});

test('node-id-duplicate: identical rows are one, of different rows the first stays', (t) => {
  const twice = run({ nodes: [...SOUND, ...SOUND.slice(0, 1)] });
  t.deepEqual(twice.lines, ['note node-id-duplicate @ node 5']);
  t.is(twice.findings.find((finding) => finding.rule === 'node-id-duplicate')?.place?.line, 4);
  t.deepEqual(twice.fates, ['carried', 'carried', 'carried', 'excluded node-id-duplicate']);

  const other = run({
    nodes: [...SOUND, room(12, 5, 'Table')],
    lastChatIds: [{ nodeID: 12, lastChatID: 1n }],
  });
  t.deepEqual(other.lines, ['error node-id-duplicate @ node 12']);
  t.regex(other.findings[0]?.message ?? '', /with another nodeName, expected one row; refused it and kept/);
  t.deepEqual(other.fates, ['carried', 'carried', 'carried', 'refused node-id-duplicate']);
  t.deepEqual(other.fatesOf('lastChatIds'), ['carried'], 'what names the id stays with the first row');
  t.is(other.draft.rooms.get(12)?.name, 'Desk');

  const unknownColumn = run({ nodes: [...SOUND, { ...SOUND[0], extra: new Map([['colour', 'red']]) }] });
  t.regex(unknownColumn.findings[0]?.message ?? '', /another colour/);
});

test('node-guid-duplicate refuses the later node, never the root', (t) => {
  const { lines, fates } = run({
    nodes: [
      category(5, 1, 'Ops', { nodeGuid: guid(1) }),
      room(12, 5, 'Desk'),
      room(13, 1, 'Lobby'),
      category(1, 1, 'Root'),
    ],
  });
  t.deepEqual(lines, ['error node-guid-duplicate @ node 5', 'warning room-under-root @ node 13']);
  t.deepEqual(fates, [
    'refused node-guid-duplicate',
    'refused node-guid-duplicate',
    'changed room-under-root',
    'carried',
  ]);
});

test('a category that is made for the rooms of the root takes no id that any row names', (t) => {
  const { draft, fatesOf } = run({
    nodes: [...SOUND, room(13, 1, 'Lobby', { scopeDefinerId: 15 })],
    principals: [user(100)],
    principalRoles: [{ prinRoleNodeID: 14, prinRolePrinID: 100 }],
    scopePrincipals: [{ scopeNodeID: 16, scopePrinID: 100 }],
    lastChatIds: [{ nodeID: 17, lastChatID: 7n }],
  });
  t.is(draft.rooms.get(13)?.category?.id, 18);
  t.deepEqual(fatesOf('principalRoles'), ['refused role-node-missing']);
});

test('node-parent-missing refuses the subtree and what hangs on it', (t) => {
  const { lines, findings, fates, nodes, fatesOf } = run({
    nodes: [
      ...SOUND,
      category(20, 99, 'Lost'),
      category(21, 20, 'Deeper'),
      room(22, 21, 'Deepest'),
      room(23, 5, 'No parent', { parentID: null }),
    ],
    principals: [user(100)],
    principalRoles: [
      { prinRoleNodeID: 22, prinRolePrinID: 100 },
      { prinRoleNodeID: 12, prinRolePrinID: 100 },
    ],
    scopePrincipals: [{ scopeNodeID: 20, scopePrinID: 100 }],
    lastChatIds: [
      { nodeID: 22, lastChatID: 7n },
      { nodeID: 12, lastChatID: 7n },
    ],
  });
  const refused = 'refused node-parent-missing';
  t.deepEqual(
    lines.filter((line) => line.includes('node-')),
    ['error node-parent-missing @ node 20', 'error node-parent-missing @ node 23'],
  );
  t.regex(findings[0]?.message ?? '', /parentID 99 of category 20 "Lost" .* and the 2 nodes below it\.$/);
  t.regex(findings[1]?.message ?? '', /parentID NULL of room 23 .*; refused it\.$/);
  t.deepEqual(fates, ['carried', 'carried', 'carried', refused, refused, refused, refused]);
  t.deepEqual(nodes, [1, 5, 12]);
  t.is(fatesOf('principalRoles')[0], refused);
  t.not(fatesOf('principalRoles')[1], refused);
  t.deepEqual(fatesOf('scopePrincipals'), [refused]);
  t.deepEqual(fatesOf('lastChatIds'), [refused, 'carried']);
});

test('node-parent-cycle: one finding a cycle, at its lowest id', (t) => {
  const { lines, findings, fates, nodes } = run({
    nodes: [
      ...SOUND,
      room(35, 33, 'Below'),
      category(33, 31, 'C'),
      category(31, 32, 'A'),
      category(32, 33, 'B'),
      category(40, 40, 'Own parent'),
      room(41, 40, 'Below own parent'),
    ],
  });
  t.deepEqual(lines, ['error node-parent-cycle @ node 31', 'error node-parent-cycle @ node 40']);
  t.regex(
    findings[0]?.message ?? '',
    /cycle of nodes 31, 32, 33 at .* the cycle \(3\) and those below them \(1\)/,
  );
  t.regex(findings[1]?.message ?? '', /cycle of nodes 40 at .* the cycle \(1\) and those below them \(1\)/);
  t.deepEqual(fates.slice(3), Array(6).fill('refused node-parent-cycle'));
  t.deepEqual(nodes, [1, 5, 12]);
});

/** Categories 2, 3 … one below the other. */
function chain(levels: number) {
  return Array.from({ length: levels }, (_, index) => category(index + 2, index + 1, `C${index + 2}`));
}

test('category-too-deep: level 1,000 is carried, what lies below level 1,001 is refused with it', (t) => {
  const { findings, fates, fatesOf } = run({
    nodes: [...chain(1_002), room(5_000, 1_001, 'High'), room(5_001, 1_002, 'Low')],
    lastChatIds: [{ nodeID: 5_001, lastChatID: 4n }],
  });
  const deep = findings.filter(({ rule }) => rule === 'category-too-deep');
  t.deepEqual(brief(deep), ['error category-too-deep @ node 1002']);
  t.regex(
    deep[0]?.message ?? '',
    /on level 1001, expected at most 1000 .*; refused it and the 2 nodes below it\.$/,
  );
  t.deepEqual([fates[1_001], fates[1_002], fates[1_004]], Array(3).fill('refused category-too-deep'));
  t.notRegex(`${fates[1_000]} ${fates[1_003]}`, /refused/);
  t.deepEqual(fatesOf('lastChatIds'), ['refused category-too-deep']);
});

test('names of a deep tree do not add up: 1,024 units at most, and every one is too long', (t) => {
  const { draft, findings } = run({ nodes: [...chain(900), room(5_000, 901, 'Low')] });
  const names = [...draft.categories.values(), ...draft.rooms.values()].map(({ name }) => name);
  t.is(Math.max(...names.map(({ length }) => length)), 1_024);
  t.is(new Set(names).size, names.length);
  const long = findings.filter(({ rule }) => rule === 'name-too-long');
  t.is(long.length, names.filter(({ length }) => length > 256).length);
  t.is(long.at(-1)?.seen, '1024 UTF-16 units or more');
  t.regex(draft.rooms.get(5_000)?.name ?? '', /_Low~[0-9a-f]{8}$/);
});

test('node-parent-is-room: the room stays, the topmost node below it is reported', (t) => {
  const { lines, findings, fates } = run({
    nodes: [...SOUND, room(14, 13, 'Lowest'), room(13, 12, 'Middle'), category(15, 13, 'Odd')],
  });
  t.deepEqual(lines, ['error node-parent-is-room @ node 13']);
  t.regex(findings[0]?.message ?? '', /room 12 "Desk" .* as parent of room 13 .* the 2 nodes below it\.$/);
  t.deepEqual(fates, ['carried', 'carried', 'carried', ...Array(3).fill('refused node-parent-is-room')]);
});

test('column-undecodable refuses the row; of a node everything below', (t) => {
  const { lines, findings, fates, fatesOf } = run({
    nodes: [
      ...SOUND,
      category(20, 1, 'Broken', {
        defects: [
          { column: 'nodeType', seen: 'perhaps', expected: 'a bit' },
          { column: 'nodeGuid', seen: null, expected: 'a uniqueidentifier' },
        ],
      }),
      room(21, 20, 'Below'),
      room(0, 5, 'No id', { defects: [{ column: 'nodeID', seen: 'x', expected: 'an int' }] }),
    ],
    siopWhiteList: [{ defects: [{ column: 'siopUrl', seen: null, expected: 'text' }] }],
    lastChatIds: [{ nodeID: 21, lastChatID: 1n }],
  });
  t.deepEqual(lines, [
    'error column-undecodable @ node 20',
    'error column-undecodable @ node 0',
    `error column-undecodable @ add-in ${guid(0xa)}`,
  ]);
  t.is(
    findings[0]?.message,
    'Unexpected nodeType "perhaps", nodeGuid missing, expected nodeType a bit, nodeGuid a uniqueidentifier; refused it and the 1 node below it.',
  );
  const refused = 'refused column-undecodable';
  t.deepEqual(fates, ['carried', 'carried', 'carried', refused, refused, refused]);
  t.deepEqual(fatesOf('siopWhiteList'), [refused]);
  t.deepEqual(fatesOf('lastChatIds'), [refused]);
});

test('column-undecodable leaves nodeDesc, behavior and visibility to their own rules', (t) => {
  const defects = [
    { column: 'nodeDesc', seen: null, expected: 'text' },
    { column: 'behavior', seen: null, expected: 'an int' },
    { column: 'visibility', seen: 'high', expected: 'an int' },
  ];
  const { lines, nodes } = run({
    nodes: [category(5, 1, 'Ops'), room(12, 5, 'Desk', { behavior: 0, visibility: null, defects })],
  });
  t.deepEqual(lines, ['error visibility-mapped @ node 12', 'error visibility-mapped @ node 12']);
  t.deepEqual(nodes, [1, 5, 12]);
});

test('column-undecodable: a sound row with the same id keeps the children', (t) => {
  const { fates, nodes } = run({
    nodes: [
      category(5, 1, 'Ops', { defects: [{ column: 'disabled', seen: 'x', expected: 'a bit' }] }),
      ...SOUND,
    ],
  });
  t.deepEqual(fates, ['carried', 'refused column-undecodable', 'carried', 'carried']);
  t.deepEqual(nodes, [1, 5, 12]);
});

test('key-duplicate in the small tables', (t) => {
  const addIn = { siopID: guid(9), siopName: 'Tickets', siopUrl: 'https://tickets.contoso.example/' };
  const { lines, findings, fatesOf, draft } = run({
    nodes: SOUND,
    siopWhiteList: [addIn, addIn, { ...addIn, siopUrl: 'https://other.contoso.example/' }],
    lastChatIds: [
      { nodeID: 12, lastChatID: 5n },
      { nodeID: 12, lastChatID: 6n },
    ],
  });
  t.deepEqual(lines, [
    `note key-duplicate @ add-in ${guid(9)}`,
    `error key-duplicate @ add-in ${guid(9)}`,
    'error key-duplicate @ counter 12',
  ]);
  t.regex(
    findings[1]?.message ?? '',
    /another siopUrl, expected one row; refused it and kept the row at .*:1\.$/,
  );
  t.deepEqual(fatesOf('siopWhiteList'), ['carried', 'excluded key-duplicate', 'refused key-duplicate']);
  t.deepEqual(fatesOf('lastChatIds'), ['carried', 'refused key-duplicate']);
  t.is(draft.addIns.get(guid(9))?.url, addIn.siopUrl);
});

test('long chains and wide levels take linear time', (t) => {
  const chain = Array.from({ length: 1000 }, (_, i) => category(i + 2, i + 1, 'x'));
  const cycle = Array.from({ length: 20_000 }, (_, i) =>
    category(30_000 + i, 30_000 + ((i + 1) % 20_000), 'c'),
  );
  const rooms = Array.from({ length: 20_000 }, (_, i) =>
    room(80_000 + i, i === 0 ? 2 : 79_999 + i, 'r'),
  ).reverse();
  const { draft } = runRules(directory({ nodes: [...chain, ...cycle, ...rooms] }), { roomNames: 'keep' });
  t.is(draft.categories.size, 1001);
  t.is(draft.rooms.size, 1);
});
