import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { type Directory, type Finding, RunFailure } from '@chatferry/export';
import { DEFAULT_LAYOUT, type RunSummary } from '@chatferry/import';
import {
  assertBalance,
  createMessageContext,
  DEFAULT_OPTIONS,
  DIRECTORY_RULES,
  type DirectoryDraft,
  runDirectoryRules,
  runTransform,
  startDraft,
  type TransformOptions,
  toTargetDirectory,
} from '@chatferry/transform';
import test from 'ava';
import { checkPlan } from '../../packages/transform/dist/plan/check-plan.js';
import type {
  Decisions,
  NodeDecision,
  PrincipalDecision,
} from '../../packages/transform/dist/plan/decisions.js';
import type { NodeFilter } from '../../packages/transform/dist/plan/filters.js';
import { type MadePlan, makePlan } from '../../packages/transform/dist/plan/make-plan.js';
import { readPlan } from '../../packages/transform/dist/plan/read-plan.js';
import {
  documentedTable,
  type ExportModel,
  guidOf,
  modelOf,
  type Row,
  rowsOf,
  ticksOf,
} from '../support/export-model.js';
import { writeShape } from '../support/export-shapes.js';
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
  user,
} from './support/directory.js';

const CHATFERRY = fileURLToPath(new URL('../../packages/transform/bin/chatferry.js', import.meta.url));
const SAMPLE = join(FIXTURES, 'sample');
const PLACE = { file: 'rooms.csv', line: 7, column: 5, record: null };

// Rules, on a directory in memory

function node(given: Partial<NodeDecision>): NodeDecision {
  return { place: PLACE, excludes: false, name: null, category: null, ...given };
}

function person(given: Partial<PrincipalDecision> & Pick<PrincipalDecision, 'action'>): PrincipalDecision {
  return {
    place: { ...PLACE, file: 'principals.csv' },
    target: null,
    uri: null,
    displayName: null,
    ...given,
  };
}

interface Given {
  readonly categories?: Readonly<Record<number, NodeDecision>>;
  readonly rooms?: Readonly<Record<number, NodeDecision>>;
  readonly principals?: Readonly<Record<number, PrincipalDecision>>;
}

function decisions({ categories = {}, rooms = {}, principals = {} }: Given): Decisions {
  const byGuid = (given: Readonly<Record<number, NodeDecision>>): Map<string, NodeDecision> =>
    new Map(Object.entries(given).map(([id, decision]) => [guid(Number(id)), decision]));
  return {
    categories: byGuid(categories),
    rooms: byGuid(rooms),
    principals: new Map(Object.entries(principals).map(([id, decision]) => [Number(id), decision])),
  };
}

function run(
  given: GivenDirectory,
  decided: Given,
  options: Partial<TransformOptions> = {},
): { draft: DirectoryDraft; findings: Finding[]; source: Directory } {
  const source = directory(given);
  const draft = startDraft(source, { decisions: decisions(decided) });
  const findings: Finding[] = [];
  runDirectoryRules(DIRECTORY_RULES, draft, { ...DEFAULT_OPTIONS, ...options }, (finding) =>
    findings.push(finding),
  );
  return { draft, findings, source };
}

const ofPlan = (findings: readonly Finding[]): string[] =>
  brief(findings.filter(({ rule }) => /by-plan|remapped/.test(rule)));

const TREE: GivenDirectory = {
  nodes: [
    category(2, 1, 'Sales', { nodeGuid: guid(2) }),
    category(3, 2, 'EMEA', { nodeGuid: guid(3) }),
    room(4, 3, 'Desk', { nodeGuid: guid(4) }),
    room(5, 2, 'Ops', { nodeGuid: guid(5) }),
    room(6, 1, 'Lobby', { nodeGuid: guid(6) }),
  ],
  principals: [user(10), user(11), user(12)],
  principalRoles: [
    { prinRoleNodeID: 2, prinRolePrinID: 10, prinRoleTypeID: 1 },
    { prinRoleNodeID: 4, prinRolePrinID: 11, prinRoleTypeID: 1 },
    { prinRoleNodeID: 5, prinRolePrinID: 12, prinRoleTypeID: 2 },
  ],
  scopePrincipals: [10, 11, 12].map((scopePrinID) => ({ scopeNodeID: 1, scopePrinID })),
  lastChatIds: [{ nodeID: 5, lastChatID: 9n }],
};

const names = (draft: DirectoryDraft): string[] => {
  const { categories, rooms } = toTargetDirectory(draft);
  return [...categories, ...rooms].map(({ id, name }) => `${id} ${name}`);
};

test('without decisions the rules about the plan say nothing', (t) => {
  const { draft, findings } = run(TREE, {});
  t.deepEqual(ofPlan(findings), []);
  t.deepEqual(names(draft), [
    '2 Sales',
    '3 Sales_EMEA',
    '7 General',
    '4 Sales_EMEA_Desk',
    '5 Ops',
    '6 Lobby',
  ]);
});

test('room-excluded-by-plan: a room goes with its roles and its counter', (t) => {
  const { draft, findings, source } = run(TREE, { rooms: { 5: node({ excludes: true }) } });
  t.deepEqual(ofPlan(findings), ['note room-excluded-by-plan @ node 5']);
  t.regex(
    findings.find(({ rule }) => rule === 'room-excluded-by-plan')?.message ?? '',
    /in rooms\.csv:7, expected keep; excluded it with its messages\.$/,
  );
  t.false(names(draft).includes('5 Ops'));
  for (const row of [source.nodes[4], source.principalRoles[2], source.lastChatIds[0]]) {
    t.deepEqual(draft.fates.of(row as NonNullable<typeof row>), {
      state: 'excluded',
      rule: 'room-excluded-by-plan',
    });
  }
  t.is(createMessageContext(draft, DEFAULT_OPTIONS).rooms.get(5)?.decidedBy, 'room-excluded-by-plan');
});

test('room-excluded-by-plan: a category takes its own rooms along, not the categories below', (t) => {
  const { draft, findings } = run(TREE, { categories: { 2: node({ excludes: true }) } });
  t.deepEqual(ofPlan(findings), ['note room-excluded-by-plan @ node 2']);
  t.regex(
    findings.find(({ rule }) => rule === 'room-excluded-by-plan')?.message ?? '',
    /excluded it with 1 room and their messages/,
  );
  t.deepEqual(names(draft), ['3 Sales_EMEA', '7 General', '4 Sales_EMEA_Desk', '6 Lobby']);
  t.deepEqual(
    toTargetDirectory(draft).rooms[0]?.members,
    [10, 11],
    'members come down from the excluded category',
  );
  const both = run(TREE, { categories: { 2: node({ excludes: true }), 3: node({ excludes: true }) } });
  t.deepEqual(names(both.draft), ['7 General', '6 Lobby']);
  t.is(both.draft.fates.of(both.source.principalRoles[0] as never).state, 'excluded');
});

test('room-moved-by-plan: a room lives in another category and keeps its people', (t) => {
  const moved = { rooms: { 5: node({ category: guid(3) }) } };
  const { draft, findings } = run(TREE, moved);
  t.deepEqual(ofPlan(findings), ['note room-moved-by-plan @ node 5']);
  const five = toTargetDirectory(draft).rooms.find(({ id }) => id === 5);
  t.like(five, { categoryId: 3, name: 'Sales_EMEA_Ops', managers: [12], members: [10] });
  const out = run(TREE, { ...moved, categories: { 2: node({ excludes: true }) } });
  t.true(names(out.draft).includes('5 Sales_EMEA_Ops'), 'a room that moves survives its category');
  const named = run(TREE, { rooms: { 6: node({ category: guid(2), name: 'Foyer' }) } });
  t.deepEqual(
    names(named.draft).filter((each) => /Foyer|General/.test(each)),
    ['6 Foyer'],
    'nothing is left under the root',
  );
  const failure = t.throws(() => run(TREE, { rooms: { 5: node({ category: guid(99) }) } }), {
    instanceOf: RunFailure,
  });
  t.is(
    failure?.message,
    `rooms.csv:7:5: newCategory ${guid(99)} of room 5 "Ops" (${guid(5)}) is refused by the rules or excluded`,
  );
});

test('name-given-by-plan: the name is final, and names below stay what they were', (t) => {
  const { draft, findings, source } = run(TREE, {
    categories: { 2: node({ name: 'Vertrieb' }) },
    rooms: { 4: node({ name: 'Night desk' }), 5: node({ name: 'Ops' }) },
  });
  t.deepEqual(ofPlan(findings), [
    'note name-given-by-plan @ node 2',
    'note name-given-by-plan @ node 4',
    'note name-given-by-plan @ node 5',
  ]);
  t.deepEqual(names(draft), ['2 Vertrieb', '3 Sales_EMEA', '7 General', '4 Night desk', '5 Ops', '6 Lobby']);
  t.deepEqual(
    findings.filter(({ rule }) => rule === 'room-name-prefixed'),
    [],
  );
  t.deepEqual(draft.fates.of(source.nodes[3] as never), { state: 'changed', rule: 'name-given-by-plan' });
  t.not(draft.fates.of(source.nodes[4] as never).rule, 'name-given-by-plan', 'the name that it has already');
});

test('name-given-by-plan: it settles names that cannot stand', (t) => {
  const bad: GivenDirectory = {
    nodes: [
      category(2, 1, 'Sales', { nodeGuid: guid(2) }),
      room(3, 2, ' ', { nodeGuid: guid(3) }),
      room(4, 2, 'x'.repeat(257), { nodeGuid: guid(4) }),
      room(5, 2, 'sales', { nodeGuid: guid(5) }),
    ],
  };
  const errors = (findings: readonly Finding[]): string[] =>
    brief(findings.filter(({ severity }) => severity === 'error'));
  t.deepEqual(errors(run(bad, {}).findings), [
    'error name-unusable @ node 3',
    'error name-too-long @ node 4',
    'error name-duplicate @ node 5',
  ]);
  const named = { 3: node({ name: 'Three' }), 4: node({ name: 'Four' }), 5: node({ name: 'Five' }) };
  const { draft, findings } = run(bad, { rooms: named });
  t.deepEqual(errors(findings), []);
  t.deepEqual(names(draft), ['2 Sales', '3 Three', '4 Four', '5 Five']);
});

test('a new name that a room or category has is refused, whichever comes first', (t) => {
  const cases: readonly (readonly [Given, RegExp])[] = [
    [{ rooms: { 5: node({ name: 'LOBBY' }) } }, /newName "LOBBY" is the name of room 6 "Lobby"/],
    [{ rooms: { 6: node({ name: 'ops' }) } }, /newName "ops" is the name of room 5 "Ops"/],
    [{ rooms: { 5: node({ name: 'sales_emea' }) } }, /is the name of category 3 "Sales_EMEA"/],
    [{ categories: { 2: node({ name: 'Lobby' }) } }, /is the name of room 6/],
    [{ rooms: { 5: node({ name: 'Sales' }) } }, /is the name of category 2/],
  ];
  for (const duplicateNames of ['block', 'suffix'] as const) {
    for (const [given, words] of cases) {
      const failure = t.throws(() => run(TREE, given, { duplicateNames }), { instanceOf: RunFailure });
      t.is(failure?.code, 'plan-unusable');
      t.regex(failure?.message ?? '', /^rooms\.csv:7:5: /);
      t.regex(failure?.message ?? '', words);
    }
  }
  t.notThrows(() => run(TREE, { rooms: { 5: node({ name: 'Lobby' }), 6: node({ excludes: true }) } }));
});

const PEOPLE: GivenDirectory = {
  ...TREE,
  principals: [
    user(10),
    user(11),
    user(12, { prinDisabled: 1 }),
    user(13, { prinTypeID: 7 }),
    user(14, { prinTypeID: 6 }),
    group(20),
    group(21),
  ],
  principalAffiliations: [
    { principalID: 11, affiliationID: 21, index: 0 },
    { principalID: 10, affiliationID: 20, index: 0 },
  ],
};

const authorOf = (draft: DirectoryDraft, id: number) => {
  const author = createMessageContext(draft, DEFAULT_OPTIONS).authors.get(id);
  return author === undefined ? null : `${author.id} ${author.mergedBy}`;
};

test('principal-remapped: map gives the messages away and leaves the rights behind', (t) => {
  const { draft, findings, source } = run(PEOPLE, {
    principals: { 11: person({ action: 'map', target: 10 }) },
  });
  t.deepEqual(ofPlan(findings), ['note principal-remapped @ principal 11']);
  t.regex(
    findings.find(({ rule }) => rule === 'principal-remapped')?.message ?? '',
    /action map for principal 11 .* in principals\.csv:7, expected keep; made principal 10 the author of its messages, left 1 role and 1 scope entry behind\.$/,
  );
  const target = toTargetDirectory(draft);
  t.false(target.principals.some(({ id }) => id === 11));
  t.deepEqual(target.rooms.find(({ id }) => id === 4)?.members, [10]);
  t.deepEqual(target.affiliations, [{ kind: 'affiliation', principalId: 10, groupIds: [20] }]);
  t.is(authorOf(draft, 11), '10 principal-remapped');
  t.is(draft.fates.of(source.principals[1] as never).state, 'excluded');
  t.is(draft.fates.of(source.principalRoles[1] as never).rule, 'principal-remapped');
});

test('principal-remapped: merge takes rights, scope and affiliations over', (t) => {
  const { draft, source } = run(PEOPLE, { principals: { 11: person({ action: 'merge', target: 12 }) } });
  const target = toTargetDirectory(draft);
  t.deepEqual(target.rooms.find(({ id }) => id === 4)?.members, [10, 12]);
  t.is(target.principals.find(({ id }) => id === 12)?.disabled, 0, 'active, because one of the two is');
  t.deepEqual(target.affiliations, [
    { kind: 'affiliation', principalId: 10, groupIds: [20] },
    { kind: 'affiliation', principalId: 12, groupIds: [21] },
  ]);
  t.is(authorOf(draft, 11), '12 principal-remapped');
  t.deepEqual(draft.fates.of(source.principalRoles[1] as never), {
    state: 'changed',
    rule: 'principal-remapped',
  });
});

test('principal-remapped: rename and drop-rights', (t) => {
  const { draft, findings } = run(PEOPLE, {
    principals: {
      10: person({ action: 'rename', uri: 'sip:new@contoso.example' }),
      11: person({ action: 'drop-rights' }),
      20: person({ action: 'rename', displayName: 'Night' }),
    },
  });
  const { principals, rooms } = toTargetDirectory(draft);
  t.like(
    principals.find(({ id }) => id === 10),
    { uri: 'sip:new@contoso.example' },
  );
  t.like(
    principals.find(({ id }) => id === 11),
    { uri: 'sip:user11@contoso.example', disabled: 0 },
  );
  t.like(
    principals.find(({ id }) => id === 20),
    { displayName: 'Night' },
  );
  t.deepEqual(rooms.find(({ id }) => id === 4)?.members, [10]);
  t.regex(findings.map(({ message }) => message).join('\n'), /left 1 role and 1 scope entry behind/);
});

test('principal-remapped: who is refused or has no row is mapped, and other rules keep quiet about it', (t) => {
  const decided = {
    principals: {
      13: person({ action: 'map', target: 10 }),
      14: person({ action: 'map', target: 10 }),
      99: person({ action: 'map', target: 11 }),
    },
  };
  const { draft, findings } = run(PEOPLE, decided);
  t.deepEqual(
    findings.filter(({ rule }) => /type-unknown|federated/.test(rule)),
    [],
  );
  t.deepEqual(
    [13, 14, 99, 10].map((id) => authorOf(draft, id)),
    ['10 principal-remapped', '10 principal-remapped', '11 principal-remapped', '10 null'],
  );
  t.regex(
    findings.find(({ message }) => message.includes('userId 99'))?.message ?? '',
    /made principal 11 the author/,
  );
  t.is(authorOf(run(PEOPLE, {}).draft, 99), null);
});

test('the plan comes before principal-duplicate', (t) => {
  const twins: GivenDirectory = {
    principals: [
      user(10, { prinGuid: guid(500) }),
      user(11, { prinGuid: guid(500) }),
      user(12),
      user(13, { prinUri: 'sip:user12@contoso.example' }),
    ],
    nodes: [category(2, 1, 'Sales'), room(3, 2, 'Desk')],
    principalRoles: [{ prinRoleNodeID: 3, prinRolePrinID: 12, prinRoleTypeID: 1 }],
    scopePrincipals: [{ scopeNodeID: 1, scopePrinID: 12 }],
  };
  const { draft } = run(twins, {
    principals: { 10: person({ action: 'map', target: 12 }), 13: person({ action: 'merge', target: 11 }) },
  });
  t.is(authorOf(draft, 10), '12 principal-remapped');
  t.is(authorOf(draft, 11), '11 null', 'its twin is gone');
  const chained = run(twins, { principals: { 12: person({ action: 'merge', target: 11 }) } });
  t.is(authorOf(chained.draft, 12), '10 principal-remapped', 'merged onto one that is merged itself');
  const target = toTargetDirectory(chained.draft);
  t.deepEqual(target.rooms[0]?.members, [10]);
  t.deepEqual(target.categories[0]?.allowed, [10]);
  const errors = chained.findings.filter(({ severity }) => severity === 'error');
  t.deepEqual(brief(errors), [], 'the URI is on one principal only');
});

// Plans on disk

const G = {
  sales: guidOf(1, 2),
  emea: guidOf(1, 3),
  desk: guidOf(1, 4),
  ops: guidOf(1, 5),
  twin: guidOf(1, 6),
  long: guidOf(1, 7),
};
const LONG_NAME = `Long ${'x'.repeat(260)}`;
const TICKS = ticksOf('2010-03-04T05:06:07Z');

const nodeRow = (nodeID: number, parentID: number, nodeName: string, nodeType: boolean): Row => ({
  ...{ nodeID, parentID, nodeName, nodeType, nodeGuid: guidOf(1, nodeID), nodeDesc: '' },
  ...{ inheritance: false, scopeChange: false, overrideMember: false, disabled: false, behavior: 4 },
  ...{
    invite: true,
    logged: true,
    filePost: false,
    restrictChildCreate: true,
    visibility: nodeType ? 3 : null,
  },
  ...{
    scopeDefinerId: 1,
    roleDefinerId: 1,
    nodeAddedBy: 10,
    nodeAddedOn: TICKS,
    nodeUpdatedBy: 10,
    nodeUpdatedOn: TICKS,
  },
});
const principalRow = (prinID: number, prinTypeID = 5): Row => ({
  ...{ prinID, prinTypeID, prinGuid: guidOf(2, prinID), prinUri: `sip:user${prinID}@contoso.example` },
  ...{
    prinName: `=User ${prinID}`,
    prinDisabled: false,
    prinAllowedPermSet: 0n,
    prinUseInheritedPerms: false,
  },
  ...{ prinAddedOn: TICKS, prinUpdatedOn: TICKS, prinVerifiedOn: '2010-01-01T00:00:00.000' },
});
const chatRow = (channelID: number, chatID: number, userId: number, content = 'Hello'): Row => ({
  ...{ channelID, userId, content, chatID: BigInt(chatID), chatDate: TICKS + BigInt(chatID), isAlert: false },
});

/**
 * Categories Sales and Sales / EMEA, four rooms of which two need names, three sound principals, one of type 6, one
 * unknown author.
 */
function model(change: Readonly<Record<string, (rows: readonly Row[]) => readonly Row[]>> = {}): ExportModel {
  const tables: Readonly<Record<string, readonly Row[]>> = {
    tblRoleType: [
      { rtypeID: 1, rtypeDesc: 'Member', rtypeAllowedPermSet: 8n, honorsOverride: true, honorsScope: true },
      { rtypeID: 2, rtypeDesc: 'Manager', rtypeAllowedPermSet: 2n, honorsOverride: true, honorsScope: true },
    ],
    tblPrincipal: [principalRow(10), principalRow(11), principalRow(12), principalRow(14, 6)],
    tblPrincipalAffiliations: [],
    tblNode: [
      nodeRow(1, 1, 'Root', true),
      nodeRow(2, 1, 'Sales', true),
      nodeRow(3, 2, 'EMEA', true),
      nodeRow(4, 3, 'Desk', false),
      nodeRow(5, 2, 'Ops', false),
      nodeRow(6, 2, 'OPS', false),
      nodeRow(7, 2, LONG_NAME, false),
    ],
    tblScopePrincipal: [10, 11, 12].map((scopePrinID) => ({
      scopeNodeID: 1,
      scopePrinID,
      scopeUpdatedBy: 10,
    })),
    tblPrincipalRole: [
      { prinRoleNodeID: 4, prinRolePrinID: 11, prinRoleTypeID: 1, prinRoleUpdatedBy: 10 },
      { prinRoleNodeID: 5, prinRolePrinID: 12, prinRoleTypeID: 1, prinRoleUpdatedBy: 10 },
    ],
    tblLastChatId: [4, 5, 6, 7].map((nodeID) => ({ nodeID, lastChatID: 3n })),
    tblChat: [
      ...[1, 2, 3].map((id) => chatRow(4, id, 11)),
      chatRow(5, 1, 12),
      chatRow(5, 2, 99, 'Grüße'),
      chatRow(5, 3, 14),
      chatRow(6, 1, 10),
    ],
  };
  return modelOf(
    Object.entries(tables).map(([name, rows]) => documentedTable(name, change[name]?.(rows) ?? rows)),
  );
}

async function writeExport(path: string, written: ExportModel, shape = 'raw-attributes'): Promise<void> {
  await mkdir(path, { recursive: true });
  for (const [name, bytes] of writeShape(written, shape)) await writeFile(join(path, name), bytes);
}

async function plan(
  path: string,
  given: {
    readonly exportPath?: string;
    readonly filters?: readonly NodeFilter[];
    readonly delimiter?: ';';
    readonly replace?: boolean;
    readonly inventoryPaths?: readonly string[];
  } = {},
): Promise<MadePlan> {
  return await makePlan({
    exportPath: given.exportPath ?? join(path, 'export'),
    planPath: join(path, 'plan'),
    options: DEFAULT_OPTIONS,
    filters: given.filters ?? [],
    delimiter: given.delimiter ?? ',',
    replace: given.replace ?? false,
    isStrict: false,
    inventoryPaths: given.inventoryPaths,
    progress: () => undefined,
  });
}

interface Run {
  readonly inventoryPaths?: readonly string[];
  readonly exportPath?: string;
  readonly handoff?: string;
  readonly isPlanned?: boolean;
  readonly options?: Partial<TransformOptions>;
}

/** `transform` with the plan of the folder, and its own account of the run. */
async function transform(path: string, given: Run = {}): Promise<RunSummary> {
  const read = given.isPlanned === false ? null : await readPlan(join(path, 'plan'));
  return await runTransform({
    exportPath: given.exportPath ?? join(path, 'export'),
    handoffPath: join(path, given.handoff ?? 'handoff'),
    options: { ...(read?.options ?? DEFAULT_OPTIONS), ...given.options },
    plan: read,
    inventoryPaths: given.inventoryPaths,
    layout: DEFAULT_LAYOUT,
    isDryRun: false,
    replace: true,
    isStrict: false,
    notice: () => undefined,
    progress: () => undefined,
  });
}

/** Rewrites a file of the plan. */
async function edit(path: string, file: string, change: (text: string) => string): Promise<void> {
  const at = join(path, 'plan', file);
  const before = await readFile(at, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`the edit of ${file} changes nothing`);
  await writeFile(at, after);
}

function quotedCell(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** Sets cells of the row whose key or first words it begins with. */
function set(key: string, cells: Readonly<Record<string, string>>): (text: string) => string {
  return (text) => {
    const lines = text.split('\r\n');
    const header = (lines[1] as string).split(',');
    const index = lines.findIndex((line) => line.startsWith(`${key},`));
    const row = (lines[index] as string).split(',');
    for (const [column, value] of Object.entries(cells)) row[header.indexOf(column)] = value;
    lines[index] = row.join(',');
    return lines.join('\r\n');
  };
}

test('the plan of the sample changes nothing: every file of the handoff is the same but the plan itself', async (t) => {
  const path = temporaryFolder(t);
  const made = await plan(path, { exportPath: SAMPLE });
  t.like(made, { categories: 14, rooms: 30, principals: 40, proposals: 0, errors: 0 });
  const { disabledRooms } = made.document.options;
  t.is(disabledRooms.touches, 3 + 16, 'the messages of the room stay behind with it');
  const rooms = await readFile(join(path, 'plan', 'rooms.csv'), 'utf8');
  t.regex(rooms, /,keep,,,left behind by the rule room-disabled \(option disabledRooms\),16,/);
  await transform(path, { exportPath: SAMPLE, handoff: 'with' });
  await transform(path, { exportPath: SAMPLE, handoff: 'without', isPlanned: false });
  const data = async (handoff: string, name: string): Promise<string> =>
    await readFile(join(path, handoff, 'data', name), 'latin1');
  const files = (await readdir(join(path, 'without', 'data'))).sort();
  t.deepEqual((await readdir(join(path, 'with', 'data'))).sort(), files);
  for (const file of files.filter((name) => name !== 'plan')) {
    t.true((await data('with', file)) === (await data('without', file)), file);
  }
  t.deepEqual(await readdir(join(path, 'without', 'data', 'plan')), ['plan.json']);
  t.is(await data('with', 'plan/plan.json'), await data('without', 'plan/plan.json'));
  for (const file of await readdir(join(path, 'plan'))) {
    t.is(await data('with', `plan/${file}`), await readFile(join(path, 'plan', file), 'latin1'), file);
  }
});

test('a plan proposes names, lists unknown authors, and counts what each option touches', async (t) => {
  const path = temporaryFolder(t);
  await writeExport(join(path, 'export'), model());
  const made = await plan(path);
  t.like(made, { categories: 2, rooms: 4, principals: 5, proposals: 2, errors: 3 });
  t.deepEqual(
    made.findings.filter(({ severity }) => severity === 'error').map(({ rule, count }) => `${rule} ${count}`),
    ['principal-type-unknown 1', 'message-author-missing 2'],
  );
  const { options, inputs, authorsWithoutPrincipal } = made.document;
  t.like(options.longNames, { touches: 1, value: 'block' });
  t.like(options.duplicateNames, { touches: 1 });
  t.like(options.missingAuthors, { touches: 2 });
  t.like(options.roomNames, { touches: 1 });
  t.is(options.rtf.touches, 0);
  t.deepEqual(authorsWithoutPrincipal, [99]);
  t.true(inputs.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256 ?? '')));
  const csv = async (file: string): Promise<string[]> =>
    (await readFile(join(path, 'plan', file), 'utf8')).split('\r\n');
  const rooms = await csv('rooms.csv');
  t.is(rooms[2], `${G.desk},Sales / EMEA,Desk,Sales_EMEA_Desk,keep,,,,3,15,2010-03-04T05:06:07.0000003Z`);
  t.is(
    rooms[4],
    `${G.twin},Sales,OPS,OPS_2,rename,OPS_2,,proposed: another room or category has its name,1,5,2010-03-04T05:06:07.0000001Z`,
  );
  t.regex(
    rooms[5] as string,
    /,rename,x+~[0-9a-f]{8},,proposed: its name is longer than 256 UTF-16 units,0,0,$/,
  );
  const principals = await csv('principals.csv');
  t.is(
    principals[2],
    `10,${guidOf(2, 10)},sip:user10@contoso.example,'=User 10,user,keep,,,,,1,5,2010-03-04T05:06:07.0000001Z`,
  );
  t.regex(
    principals[5] as string,
    /^14,.*,unknown type 6,keep,,,,refused by the rule principal-type-unknown,1,5,/,
  );
  t.regex(principals[6] as string, /^99,,,,no row in tblPrincipal,keep,,,,.*map it.*,1,7,/);
  t.deepEqual(
    (await csv('categories.csv')).slice(2, 4).map((line) => line.split(',').slice(1, 9).join()),
    ['Sales,Sales,Sales,keep,,,3,4', 'Sales / EMEA,EMEA,Sales_EMEA,keep,,,1,3'],
  );
});

test('rename, exclude, move, map, merge end to end: the ledger balances and findings name the plan', async (t) => {
  const path = temporaryFolder(t);
  await writeExport(join(path, 'export'), model());
  await plan(path);
  await edit(path, 'rooms.csv', set(G.twin, { action: 'exclude' }));
  await edit(path, 'rooms.csv', set(G.desk, { action: 'rename', newName: "'=Night 'desk" }));
  await edit(path, 'rooms.csv', set(G.long, { action: 'move', newName: 'Short', newCategory: G.emea }));
  await edit(path, 'categories.csv', set(G.sales, { action: 'rename', newName: 'Vertrieb' }));
  await edit(path, 'principals.csv', set('99', { action: 'map', target: guidOf(2, 10) }));
  await edit(path, 'principals.csv', set('14', { action: 'map', target: '12' }));
  await edit(path, 'principals.csv', set('12', { action: 'merge', target: '11' }));
  const run = await transform(path);
  t.is(run.verdict.exitCode, 0, JSON.stringify(run.findings.filter(({ severity }) => severity === 'error')));
  t.deepEqual(run.imbalances, []);
  t.deepEqual(assertBalance(run.ledger as NonNullable<typeof run.ledger>), []);
  const rooms = run.ledger?.rooms ?? {};
  t.is(rooms[G.desk]?.name, "=Night 'desk");
  t.like(rooms[G.twin], { excluded: 1, written: 0 });
  t.like(rooms[G.ops], { read: 3, changed: 3, written: 3 });
  t.deepEqual(Object.keys(rooms[G.ops]?.byRule ?? {}), ['principal-remapped']);
  const rules = run.findings.map(({ rule, count }) => `${rule} ${count}`);
  for (const each of [
    'room-excluded-by-plan 1',
    'name-given-by-plan 3',
    'room-moved-by-plan 1',
    'principal-remapped 3',
  ]) {
    t.true(rules.includes(each), `${each} in ${rules.join()}`);
  }
  const report = await readFile(join(path, 'handoff', 'data', 'report.html'), 'utf8');
  t.true(report.includes('rooms.csv:'));
  t.true(report.includes('name-given-by-plan'));
  const applied = await readPlan(join(path, 'handoff', 'data', 'plan'));
  t.like(applied.rooms.get(G.desk)?.decision, { name: "=Night 'desk" });
  t.like(applied.rooms.get(G.long)?.decision, { name: 'Short', category: G.emea });
  t.like(applied.principals.get(14), { action: 'map', target: 11 }, 'the end of the chain');
  await rm(join(path, 'plan'), { recursive: true });
  await mkdir(join(path, 'plan'));
  for (const file of await readdir(join(path, 'handoff', 'data', 'plan'))) {
    await writeFile(join(path, 'plan', file), await readFile(join(path, 'handoff', 'data', 'plan', file)));
  }
  const again = await transform(path, { handoff: 'again' });
  t.is(again.package?.sha256, run.package?.sha256, 'the applied plan gives the same package');
});

test('the reasons that people gave stand in the applied plan, whatever they are; our own are told anew', async (t) => {
  const path = temporaryFolder(t);
  await writeExport(join(path, 'export'), model());
  await plan(path);
  const formula = '=HYPERLINK("http://x.example";"legal: retention ended")';
  await edit(path, 'rooms.csv', set(G.ops, { action: 'exclude', reason: quotedCell(`'${formula}`) }));
  await edit(path, 'rooms.csv', set(G.desk, { reason: 'kept: litigation hold' }));
  await edit(
    path,
    'rooms.csv',
    set(G.long, { reason: 'left behind by the rule room-disabled (option disabledRooms)' }),
  );
  await edit(path, 'categories.csv', set(G.sales, { action: 'rename', newName: 'Vertrieb', reason: 'HR' }));
  await edit(
    path,
    'principals.csv',
    set('99', { action: 'map', target: '10', reason: quotedCell('a, "b"\r\nc') }),
  );
  await edit(path, 'principals.csv', set('14', { action: 'map', target: '10', reason: 'left in 2011' }));
  const run = await transform(path);
  const applied = await readPlan(join(path, 'handoff', 'data', 'plan'));
  const reasonOf = (guid: string): string | undefined => applied.rooms.get(guid)?.reason;
  t.is(reasonOf(G.ops), formula);
  t.is(reasonOf(G.desk), 'kept: litigation hold');
  t.is(reasonOf(G.long), '', 'what another run did is not what this one does');
  t.regex(reasonOf(G.twin) ?? '', /^proposed: /);
  t.is(applied.categories.get(G.sales)?.reason, 'HR');
  t.is(applied.principals.get(99)?.reason, 'a, "b"\nc');
  t.is(applied.principals.get(14)?.reason, 'left in 2011');
  const cells = await readFile(join(path, 'handoff', 'data', 'plan', 'rooms.csv'), 'utf8');
  t.true(cells.includes(quotedCell(`'${formula}`)), 'no spreadsheet takes it for a formula');
  const told = run.decidedRecords.map(({ file, first, records }) => [
    `${file} ${records}`,
    ...first.map(({ action, becomes, id, name, reason }) => [action, id, name, becomes, reason].join(' | ')),
  ]);
  const person = '"=User 10" (prinID 10, cc623a9b-0002-4c0d-9a5c-97b3d30e000a)';
  t.deepEqual(
    told.map((lines) => lines.filter((line) => !line.includes(G.long))),
    [
      ['categories.csv 1', `rename | ${G.sales} | Sales | "Vertrieb" | HR`],
      [
        'rooms.csv 3',
        `exclude | ${G.ops} | Ops |  | ${formula}`,
        `rename | ${G.twin} | OPS | "OPS_2" | proposed: another room or category has its name`,
      ],
      [
        'principals.csv 2',
        `map | prinID 14, ${guidOf(2, 14)} | =User 14 | ${person} | left in 2011`,
        `map | prinID 99 | no row in tblPrincipal | ${person} | a, "b"\nc`,
      ],
    ],
  );
});

test('a plan whose CSV files a spreadsheet has saved with semicolons is the same plan', async (t) => {
  const path = temporaryFolder(t);
  await writeExport(join(path, 'export'), model());
  await plan(path);
  await edit(path, 'principals.csv', set('99', { action: 'map', target: '10' }));
  await edit(path, 'principals.csv', set('14', { action: 'map', target: '10' }));
  const run = await transform(path);
  for (const file of ['categories.csv', 'rooms.csv', 'principals.csv']) {
    await edit(path, file, (text) => {
      const [comment = '', ...lines] = text.slice(1).split('\r\n');
      return [`${comment};;;;;;`, ...lines.map((line) => line.replaceAll(',', ';'))].join('\r\n');
    });
  }
  const again = await transform(path, { handoff: 'again' });
  t.is(run.verdict.exitCode, 0);
  t.is(again.package?.sha256, run.package?.sha256);
  const comma = await readFile(join(path, 'handoff', 'data', 'plan', 'rooms.csv'));
  t.deepEqual(
    await readFile(join(path, 'again', 'data', 'plan', 'rooms.csv')),
    comma,
    'canonical in the handoff',
  );
  await plan(path, { delimiter: ';', replace: true });
  t.regex(
    await readFile(join(path, 'plan', 'rooms.csv'), 'utf8'),
    /^\ufeff# Edit only [^;]*\r\nroomGuid;category;/,
  );
  t.is((await transform(path, { handoff: 'third' })).verdict.exitCode, 1);
});

interface Fault {
  readonly file: string;
  readonly change: (text: string) => string;
  readonly words: RegExp;
}

const FAULTS: Readonly<Record<string, Fault>> = {
  'an unknown key': {
    file: 'rooms.csv',
    change: (text) => text.replace(G.desk, guidOf(9, 9)),
    words: /^rooms\.csv:3:1: .* is no room of the export$/,
  },
  'a category among the rooms': {
    file: 'rooms.csv',
    change: (text) => text.replace(G.desk, G.emea),
    words: /^rooms\.csv:3:1: .* is no room of the export$/,
  },
  'a missing room': {
    file: 'rooms.csv',
    change: (text) => text.replace(new RegExp(`${G.twin}.*\r\n`), ''),
    words: /^rooms\.csv:1:1: Unexpected absence of a row for room 6 "OPS"/,
  },
  'a missing category': {
    file: 'categories.csv',
    change: (text) => text.replace(new RegExp(`${G.emea}.*\r\n`), ''),
    words: /^categories\.csv:1:1: Unexpected absence of a row for category 3/,
  },
  'a missing principal': {
    file: 'principals.csv',
    change: (text) => text.replace(/^12,.*\r\n/m, ''),
    words: /^principals\.csv:1:1: Unexpected absence of a row for principal 12/,
  },
  'a missing unknown author': {
    file: 'principals.csv',
    change: (text) => text.replace(/^99,.*\r\n/m, ''),
    words: /^principals\.csv:1:1: Unexpected absence of a row for author 99/,
  },
  'a principal of nowhere': {
    file: 'principals.csv',
    change: (text) => text.replace('\r\n99,', '\r\n98,'),
    words: /^principals\.csv:7:1: 98 is no principal of the export/,
  },
  'two rooms made equal': {
    file: 'rooms.csv',
    change: (text) => set(G.desk, { action: 'rename', newName: 'opS_2' })(text),
    words: /^rooms\.csv:5:5: newName "OPS_2" is given in rooms\.csv:3 too/,
  },
  'a rename onto a room that stays': {
    file: 'rooms.csv',
    change: (text) => set(G.desk, { action: 'rename', newName: 'oPs' })(text),
    words: /^rooms\.csv:3:5: newName "oPs" is the name of room 5 "Ops"/,
  },
  'a rename onto the name of a category': {
    file: 'rooms.csv',
    change: (text) => set(G.desk, { action: 'rename', newName: 'Sales_EMEA' })(text),
    words: /^rooms\.csv:3:5: newName "Sales_EMEA" is the name of category 3/,
  },
  'a move into a category that is excluded': {
    file: 'rooms.csv',
    change: (text) => set(G.desk, { action: 'move', newCategory: guidOf(1, 1) })(text),
    words: /^rooms\.csv:3:7: newCategory .* is no category of the export/,
  },
  'a principal mapped to a missing one': {
    file: 'principals.csv',
    change: (text) => set('99', { action: 'map', target: guidOf(2, 77) })(text),
    words: /^principals\.csv:7:7: target .* is no principal of the export/,
  },
  'a principal mapped to an author without a row': {
    file: 'principals.csv',
    change: (text) => set('10', { action: 'map', target: '99' })(text),
    words: /^principals\.csv:3:7: target 99 is no principal of the export/,
  },
  'a principal mapped to one that is refused': {
    file: 'principals.csv',
    change: (text) => set('10', { action: 'map', target: '14' })(text),
    words: /^principals\.csv:3:7: target 14 is a principal whose row is refused/,
  },
  'a merge in a circle': {
    file: 'principals.csv',
    change: (text) =>
      ['10 11', '11 12', '12 10'].reduce(
        (all, pair) =>
          set(pair.split(' ')[0] as string, { action: 'merge', target: pair.split(' ')[1] as string })(all),
        text,
      ),
    words: /^principals\.csv:5:7: target 10 leads back in a circle: 10 -> 11 -> 12 -> 10$/,
  },
  'a merge onto oneself': {
    file: 'principals.csv',
    change: (text) => set('10', { action: 'merge', target: '10' })(text),
    words: /^principals\.csv:3:7: target 10 leads back in a circle: 10 -> 10$/,
  },
  'a merge of an author without a row': {
    file: 'principals.csv',
    change: (text) => set('99', { action: 'merge', target: '10' })(text),
    words: /^principals\.csv:7:1: Unexpected action merge for userId 99/,
  },
  'a URI that another has': {
    file: 'principals.csv',
    change: (text) => set('10', { action: 'rename', newUri: 'SIP:USER11@contoso.example' })(text),
    words: /^principals\.csv:3:1: newUri "SIP:USER11@contoso\.example" is the URI of principal 11 too/,
  },
  'names that a code page has damaged': {
    file: 'rooms.csv',
    change: (text) => text.replace('日本', '??'),
    words: /^rooms\.csv:6:1: presentName has lost characters/,
  },
  'a typo in plan.json': {
    file: 'plan.json',
    change: (text) => text.replace('"value": "prefix-nested"', '"value": "prefix-nester"'),
    words: /^plan\.json:\d+:\d+: Unexpected "prefix-nester"/,
  },
  'a principal for unknown authors that is not there': {
    file: 'plan.json',
    change: (text) => text.replace(/("touches": 2,\n +"value": )"block"/, '$177'),
    words: /missingAuthors names principal 77, which is not carried/,
  },
};

for (const [what, { file, change, words }] of Object.entries(FAULTS)) {
  test(`refused, and nothing is written: ${what}`, async (t) => {
    const path = temporaryFolder(t);
    const named = what.startsWith('names')
      ? {
          tblNode: (rows: readonly Row[]) =>
            rows.map((row) => (row.nodeID === 7 ? { ...row, nodeName: '日本' } : row)),
        }
      : {};
    await writeExport(join(path, 'export'), model(named));
    await plan(path);
    await edit(path, file, change);
    const failure = await t.throwsAsync(() => transform(path), { instanceOf: RunFailure });
    t.is(failure?.code, 'plan-unusable');
    t.regex(failure?.message ?? '', words);
    t.regex(failure?.remedy ?? '', /\w.*[.?]$/);
    t.deepEqual((await readdir(path)).sort(), ['export', 'plan']);
    const checked = await t.throwsAsync(
      checkPlan({
        planPath: join(path, 'plan'),
        exportPath: join(path, 'export'),
        progress: () => undefined,
      }),
      { instanceOf: RunFailure },
    );
    t.is(checked?.message, failure?.message, 'plan --check says the same');
  });
}

test('a move into a category that is excluded is refused', async (t) => {
  const path = temporaryFolder(t);
  await writeExport(join(path, 'export'), model());
  await plan(path);
  await edit(path, 'rooms.csv', set(G.ops, { action: 'move', newCategory: G.emea }));
  await edit(path, 'categories.csv', set(G.emea, { action: 'exclude' }));
  await t.throwsAsync(() => transform(path), {
    message: /^rooms\.csv:4:7: newCategory .* is excluded in categories\.csv$/,
  });
});

test('an export that has changed is refused, and --check tells how', async (t) => {
  const path = temporaryFolder(t);
  await writeExport(join(path, 'export'), model());
  await plan(path);
  const check = () =>
    checkPlan({ planPath: join(path, 'plan'), exportPath: join(path, 'export'), progress: () => undefined });
  t.deepEqual(await check(), { documents: [], differences: [] });
  const changed = model({
    tblNode: (rows) => [
      ...rows
        .filter(({ nodeID }) => nodeID !== 6)
        .map((row) => (row.nodeID === 5 ? { ...row, nodeName: 'Operations' } : row)),
      nodeRow(8, 2, 'New', false),
    ],
    tblChat: (rows) => [...rows.slice(1), chatRow(8, 1, 98)].filter(({ channelID }) => channelID !== 6),
  });
  await writeExport(join(path, 'export'), changed);
  const failure = await t.throwsAsync(() => transform(path), { instanceOf: RunFailure });
  t.regex(
    failure?.message ?? '',
    /was made for another export: .*tblNode\.xml has changed \(SHA-256 [0-9a-f]{12}… before, [0-9a-f]{12}… now\)/,
  );
  t.regex(failure?.remedy ?? '', /chatferry plan --check/);
  t.deepEqual((await readdir(path)).sort(), ['export', 'plan']);
  const { documents, differences } = await check();
  t.deepEqual(
    documents.map((each) => each.replace(/ \(.*/, '')),
    ['tblChat.xml has changed', 'tblNode.xml has changed'],
  );
  t.deepEqual(
    differences.map(
      ({ file, kind, sentence }) => `${file} ${kind}: ${sentence.replaceAll(/[0-9a-f-]{36}/g, 'G')}`,
    ),
    [
      'rooms.csv messages: room G "Desk" has 2 messages, 3 in the plan',
      'rooms.csv renamed: room G is called "Operations", "Ops" in the plan',
      'rooms.csv gone: room G "OPS" is gone',
      'rooms.csv new: room G "New" is new',
      'principals.csv messages: principal 10 "=User 10" has 0 messages, 1 in the plan',
      'principals.csv messages: principal 11 "=User 11" has 2 messages, 3 in the plan',
      'principals.csv new: principal 98 "" is new',
    ],
  );
});

test('a message that has changed is found at the end, and nothing is written', async (t) => {
  const path = temporaryFolder(t);
  await writeExport(join(path, 'export'), model(), 'dataset');
  await plan(path);
  const other = model({
    tblChat: (rows) =>
      rows.map((row) => ({ ...row, content: row.content === 'Hello' ? 'Hallo' : (row.content ?? null) })),
  });
  await writeExport(join(path, 'export'), other, 'dataset');
  await t.throwsAsync(() => transform(path), { message: /another export: .* has changed/ });
  t.deepEqual((await readdir(path)).sort(), ['export', 'plan']);
});

test('what the command line overrides is listed with the value of the plan, decisions first', async (t) => {
  const path = temporaryFolder(t);
  await plan(path, { exportPath: SAMPLE });
  await edit(path, 'plan.json', (text) =>
    text
      .replace('"value": "drop-roles"', '"value": "keep-roles"')
      .replace(/("touches": 0,\n +"value": )null\n( +\},\n +"topics")/, '$1null\n$2'),
  );
  const since = ticksOf('2009-03-01T00:00:00Z');
  const run = await transform(path, {
    exportPath: SAMPLE,
    options: { since, disabledPrincipals: 'drop-roles' },
  });
  const told = run.options.map(({ name, value, default: usual, planned }) => ({
    name,
    value,
    usual,
    planned,
  }));
  t.deepEqual(told[0], { name: 'since', value: '2009-03-01T00:00:00Z', usual: null, planned: null });
  t.deepEqual(
    told.find(({ name }) => name === 'disabledPrincipals'),
    { name: 'disabledPrincipals', value: 'drop-roles', usual: 'drop-roles', planned: 'keep-roles' },
  );
  t.regex(run.options[0]?.decidedBy ?? '', /./);
  const report = await readFile(join(path, 'handoff', 'data', 'report.html'), 'utf8');
  t.true(
    report.includes('(command line; the plan says &quot;keep-roles&quot;)') ||
      report.includes('(command line; the plan says "keep-roles")'),
  );
  const applied = JSON.parse(await readFile(join(path, 'handoff', 'data', 'plan', 'plan.json'), 'utf8'));
  t.like(applied.options.disabledPrincipals, { value: 'drop-roles', planned: 'keep-roles' });
  t.like(applied.options.since, { value: '2009-03-01T00:00:00Z', planned: null });
  t.true(applied.options.since.touches > 0);
});

const FILTERS: readonly (readonly [string, readonly NodeFilter[], readonly string[], string])[] = [
  ['rooms by name', [{ flag: '--exclude-rooms', patterns: ['op?'] }], ['ops', 'twin'], '0 2 4'],
  ['rooms by GUID', [{ flag: '--exclude-rooms', patterns: [G.desk.toUpperCase()] }], ['desk'], '0 1 3'],
  ['all but some rooms', [{ flag: '--rooms', patterns: ['Desk', 'long*'] }], ['ops', 'twin'], '0 2 4'],
  [
    'categories with what is below',
    [{ flag: '--exclude-categories', patterns: ['sales'] }],
    ['sales', 'emea', 'desk', 'ops', 'twin', 'long'],
    '2 4 7',
  ],
  [
    'all but some categories',
    [{ flag: '--categories', patterns: ['EMEA'] }],
    ['sales', 'ops', 'twin', 'long'],
    '1 3 4',
  ],
];

for (const [what, filters, excluded, effect] of FILTERS) {
  test(`filters become rows: ${what}`, async (t) => {
    const path = temporaryFolder(t);
    await writeExport(join(path, 'export'), model());
    const made = await plan(path, { filters });
    const { categories, rooms } = await readPlan(join(path, 'plan'));
    const found = Object.entries(G).filter(
      ([, guid]) => (categories.get(guid) ?? rooms.get(guid))?.decision?.excludes === true,
    );
    t.deepEqual(
      found.map(([name]) => name),
      [...excluded],
    );
    t.deepEqual(
      made.document.filters.map((each) => `${each.categories} ${each.rooms} ${each.messages}`),
      [effect],
    );
    const text = await readFile(join(path, 'plan', 'rooms.csv'), 'utf8');
    t.true(text.includes(`excluded by ${filters[0]?.flag} ${filters[0]?.patterns.join(' ')}`));
    const run = await transform(path);
    t.deepEqual(run.imbalances, []);
  });
}

test('a name is free when the room that has it is excluded', async (t) => {
  const path = temporaryFolder(t);
  await writeExport(join(path, 'export'), model());
  const made = await plan(path, { filters: [{ flag: '--exclude-rooms', patterns: [G.ops] }] });
  t.is(made.proposals, 1);
  t.is((await readPlan(join(path, 'plan'))).rooms.get(G.twin)?.decision, null);
});

test('names that the target has, and names of nothing, are replaced by free ones', async (t) => {
  const path = temporaryFolder(t);
  const nameless = (rows: readonly Row[]): readonly Row[] =>
    rows.map((row) => {
      if (row.nodeID === 7) return { ...row, nodeName: ' ' };
      return row.nodeID === 4 ? { ...row, nodeName: 'Room_7', parentID: 2 } : row;
    });
  await writeExport(join(path, 'export'), model({ tblNode: nameless }));
  const listed = ['sales', 'OPS_2', 'Room_7_2'].map((Name) => ({
    Name,
    Identity: `pool\\${Name}`,
    Privacy: 'Open',
    Type: 'Normal',
    Category: 'x',
    Disabled: false,
  }));
  await writeFile(join(path, 'rooms.json'), JSON.stringify(listed));
  await plan(path, { inventoryPaths: [join(path, 'rooms.json')] });
  const { categories, rooms } = await readPlan(join(path, 'plan'));
  t.is(categories.get(G.sales)?.decision?.name, 'Sales_2');
  t.is(rooms.get(G.twin)?.decision?.name, 'OPS_2_2');
  t.is(rooms.get(G.long)?.decision?.name, 'Room_7_3');
  t.deepEqual(
    [...rooms.values()].map(({ decision }) => decision?.name ?? null),
    [null, null, 'OPS_2_2', 'Room_7_3'],
  );
  const run = await transform(path, { inventoryPaths: [join(path, 'rooms.json')] });
  const errors = run.findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule);
  t.deepEqual(errors, ['message-author-missing', 'principal-type-unknown']);
});

test('a filter that fits nothing is misspelt', async (t) => {
  const path = temporaryFolder(t);
  await writeExport(join(path, 'export'), model());
  const failure = await t.throwsAsync(
    () => plan(path, { filters: [{ flag: '--rooms', patterns: ['Desk', 'Dosk'] }] }),
    { instanceOf: RunFailure },
  );
  t.is(failure?.message, '--rooms "Dosk" fits nothing in the export');
  t.deepEqual(await readdir(path), ['export']);
});

test('an unsorted export and one with the messages first give the same plan', async (t) => {
  const path = temporaryFolder(t);
  const csv = async (written: ExportModel, shape: string): Promise<string[]> => {
    await rm(join(path, 'export'), { recursive: true, force: true });
    await writeExport(join(path, 'export'), written, shape);
    await plan(path, { replace: true });
    return await Promise.all(
      ['categories.csv', 'rooms.csv', 'principals.csv'].map((file) =>
        readFile(join(path, 'plan', file), 'utf8'),
      ),
    );
  };
  const sorted = await csv(model(), 'raw-attributes');
  t.deepEqual(await csv(model({ tblChat: (rows) => rows.toReversed() }), 'raw-attributes'), sorted);
  const tables = [...model().values()];
  const chat = tables.filter(({ name }) => name === 'tblChat');
  const first = modelOf([...chat, ...tables.filter(({ name }) => name !== 'tblChat')]);
  t.true(rowsOf(first, 'tblChat').length > 0);
  t.deepEqual(await csv(first, 'dataset'), sorted);
  t.deepEqual((await readdir(path)).sort(), ['export', 'plan'], 'nothing is left of the sorting');
});

test('a plan gives way to a plan only, and only when asked', async (t) => {
  const path = temporaryFolder(t);
  await writeExport(join(path, 'export'), model());
  await plan(path);
  await t.throwsAsync(() => plan(path), { message: /plan exists\./ });
  await t.notThrowsAsync(() => plan(path, { replace: true }));
  await rm(join(path, 'plan', 'plan.json'));
  await t.throwsAsync(() => plan(path, { replace: true }), { message: /is no plan/ });
  t.deepEqual((await readdir(path)).sort(), ['export', 'plan']);
});

test('the command: exit codes, and what it prints', async (t) => {
  const path = temporaryFolder(t);
  await writeExport(join(path, 'export'), model());
  const command = async (...args: string[]): Promise<string> =>
    await new Promise((resolve) => {
      const all = [CHATFERRY, 'plan', 'export', ...args];
      execFile(process.execPath, all, { cwd: path }, (error, out, err) =>
        resolve(`${error === null ? 0 : String(error.code)} ${out}${err}`.trimEnd()),
      );
    });
  const target = 'plan';
  t.regex(
    await command('-o', target),
    /^1 Plan written: 2 categories, 4 rooms, 5 principals\. Left to decide: 3 error findings\.\nNames proposed in place of unusable ones: 2\./,
  );
  t.is(await command('--check', target), '0 The plan fits the export.');
  t.regex(await command('--check', target, '--json'), /^0 \{[\s\S]*"documents": \[\]/);
  await writeFile(join(path, 'rooms.txt'), '\ufeff# rooms that go\r\nOps\r\n\r\nOPS\r\n');
  t.regex(
    await command('-o', target, '--replace', '--exclude-rooms', '@rooms.txt'),
    /--exclude-rooms Ops OPS: excludes 0 categories\s+and 2 rooms with 4 messages\./,
  );
  t.regex(
    await command('-o', target, '--replace', '--quiet', '--until', '2010-03-04', '--exclude-rooms', 'Ops'),
    /^1 Plan written: [^\n]*$/,
  );
  t.is((await readPlan(join(path, target))).options.until, ticksOf('2010-03-04T00:00:00Z'));
  t.regex(await command('-o', 'x', '--since', '2010-02-30'), /^2 [\s\S]*--since 2010-02-30 is not a date/);
  t.regex(
    await command('-o', 'x', '--since', '2011-01-01', '--until', '2010-01-01'),
    /^2 [\s\S]*is not before --until/,
  );
  t.regex(await command(), /^2 [\s\S]*Give either -o <plan>/);
  t.regex(await command('-o', 'x', '--check', target), /^2 [\s\S]*Give either -o <plan>/);
  t.regex(
    await command('--check', target, '--exclude-rooms', 'Ops'),
    /^2 [\s\S]*--check and --exclude-rooms do not go together/,
  );
  t.regex(
    await command('-o', 'x', '--rooms', '@nowhere.txt'),
    /^2 [\s\S]*The list nowhere\.txt cannot be read \(ENOENT\)/,
  );
  t.regex(await command('--check', 'export'), /^2 [\s\S]*plan\.json" cannot be read \(ENOENT\)/);
  await writeExport(join(path, 'export'), model({ tblChat: (rows) => rows.slice(1) }));
  t.regex(
    await command('--check', target),
    /^1 The plan does not fit: [\s\S]*tblChat\.xml has changed[\s\S]*"Desk" has 2 messages/,
  );
  t.deepEqual((await readdir(path)).sort(), ['export', 'plan', 'rooms.txt']);
});
