import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, copyFile, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RunFailure } from '@chatferry/export';
import { canonicalJson, DEFAULT_LAYOUT } from '@chatferry/import';
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import { runTrace, type TraceRequest } from '../../packages/transform/dist/trace/run-trace.js';
import type { NoTrace, Trace } from '../../packages/transform/dist/trace/trace.js';
import { traceJson } from '../../packages/transform/dist/trace/trace-json.js';
import { parseTraceQuery } from '../../packages/transform/dist/trace/trace-query.js';
import { traceText } from '../../packages/transform/dist/trace/trace-text.js';
import { type ExportModel, modelOf, type Row, rowsOf } from '../support/export-model.js';
import { writeShape } from '../support/export-shapes.js';
import { sampleModel, smallModel } from '../support/sample-model.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { transformed } from '../support/transformed.js';
import { FIXTURES } from '../support/write-fixtures.js';

const test = anyTest as TestFn<{ readonly folder: string; readonly handoff: string }>;
const SAMPLE = join(FIXTURES, 'sample');
const BO = 'a708a7ae-0050-4c0d-9a5c-fcd94e3b000d';

const FOLDER = temporaryFolder({ teardown: test.after.always });

test.before(async (t) => {
  t.context = { folder: FOLDER, handoff: await handedOver(SAMPLE, join(FOLDER, 'handoff')) };
});

async function handedOver(exportPath: string, handoffPath: string): Promise<string> {
  await transformed({ exportPath, handoffPath });
  return handoffPath;
}

type Asked = Partial<TraceRequest> & Pick<TraceRequest, 'record'>;

async function traced(handoffPath: string, asked: Asked): Promise<Trace | NoTrace> {
  return await runTrace({
    handoffPath,
    exportPath: SAMPLE,
    from: 'source',
    layout: DEFAULT_LAYOUT,
    isTextShown: false,
    progress: () => undefined,
    ...asked,
  });
}

async function found(t: ExecutionContext<{ handoff: string }>, asked: Asked | string): Promise<Trace> {
  const trace = await traced(t.context.handoff, typeof asked === 'string' ? { record: asked } : asked);
  if (!trace.isFound) throw new Error(trace.sentence);
  return trace;
}

/** The only row that the export holds of a record. */
function source(trace: Trace): Trace['sources'][number] {
  if (trace.sources.length !== 1) throw new Error(`${trace.sources.length} rows`);
  return trace.sources[0] as Trace['sources'][number];
}

function valuesOf(values: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(values);
}

function targetValues(trace: Trace): Record<string, unknown> {
  return valuesOf(trace.target?.values ?? []);
}

function rules(trace: Trace): string[] {
  return trace.findings.map(({ rule }) => rule);
}

function messagesOf(trace: Trace, rule: string): string[] {
  return trace.findings
    .filter((group) => group.rule === rule)
    .flatMap(({ first }) => first.map((one) => one.message));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function failure(t: ExecutionContext, running: Promise<unknown>): Promise<RunFailure> {
  const error = await t.throwsAsync(running, { instanceOf: RunFailure });
  return error as RunFailure;
}

async function writeExport(path: string, model: ExportModel, shape = 'raw-attributes'): Promise<string> {
  await mkdir(path, { recursive: true });
  for (const [name, bytes] of writeShape(model, shape)) await writeFile(join(path, name), bytes);
  return path;
}

function altered(model: ExportModel, table: string, change: (row: Row) => Row): ExportModel {
  return modelOf(
    [...model.values()].map((one) => (one.name === table ? { ...one, rows: one.rows.map(change) } : one)),
  );
}

const QUERIES: readonly (readonly [string, object])[] = [
  ['node 5', { by: 'id', kinds: ['category', 'room'], id: 5 }],
  ['Room 5', { by: 'id', kinds: ['room'], id: 5 }],
  ['category 5', { by: 'id', kinds: ['category'], id: 5 }],
  ['principal  12', { by: 'id', kinds: ['principal'], id: 12 }],
  [`add-in {${BO.toUpperCase()}}`, { by: 'guid', kinds: ['add-in'], guid: BO }],
  [BO, { by: 'guid', kinds: ['category', 'room', 'principal', 'add-in'], guid: BO }],
  ['40#7', { by: 'message', room: 40, chatID: 7n }],
  ['message 40#9007199254740993', { by: 'message', room: 40, chatID: 9007199254740993n }],
  [`${BO.toUpperCase()}#-7`, { by: 'message', room: BO, chatID: -7n }],
  ['C#7', { by: 'name', kinds: ['category', 'room', 'principal', 'add-in'], name: 'C#7' }],
  ['add-in 5', { by: 'name', kinds: ['category', 'room', 'principal', 'add-in'], name: 'add-in 5' }],
  ['  node 5', { by: 'name', kinds: ['category', 'room', 'principal', 'add-in'], name: '  node 5' }],
];

for (const [typed, query] of QUERIES) {
  test(`"${typed}" is understood`, (t) => t.deepEqual(parseTraceQuery(typed), query as never));
}

test('a nested category: as exported, what the rules said, and what it became', async (t) => {
  const trace = await found(t, 'category 3');
  const row = source(trace);
  t.deepEqual(row.place, { file: 'tblNode.xml', line: 4, column: 3, record: 'node 3' });
  t.deepEqual([row.table, row.state, row.rule], ['tblNode', 'changed', 'category-nested']);
  const values = valuesOf(row.values);
  t.is(values.nodeGuid, '78DDE6C4-004E-4C0D-9A5C-230C0F510003');
  t.is(values.nodeName, 'Shifts');
  t.false('invite' in values, 'a NULL that the shape leaves out is left out');
  t.is(trace.target?.key, 'category 3');
  t.is(trace.target?.place?.file, 'Categories.xml');
  t.like(targetValues(trace), { name: 'Operations_Shifts', allowed: [2, 3], rooms: [24, 25] });
  t.true(messagesOf(trace, 'category-nested').join().includes('made it top-level as "Operations_Shifts"'));
  t.true(rules(trace).includes('setting-inherited'));
  t.regex(
    trace.sentence,
    /^category 3 "Shifts" .*: changed by category-nested, in the package as category 3 "Op/,
  );
  t.deepEqual(trace.remarks, []);
});

test('a category below two others: what their rules said of them is not said of it', async (t) => {
  const trace = await found(t, 'Night');
  t.is(messagesOf(trace, 'category-nested').length, 1);
  t.true(messagesOf(trace, 'category-nested')[0]?.includes('category 4 "Night"'));
});

test('a prefixed room: its account, its rights and those from above', async (t) => {
  const trace = await found(t, 'EARLY SHIFT');
  t.is(source(trace).rule, 'room-name-prefixed');
  t.like(targetValues(trace), {
    name: 'Operations_Shifts_Early shift',
    categoryId: 3,
    managers: [12, 13, 18],
    members: [4, 28],
    lastChatId: '22',
  });
  t.like(trace.account, { read: 22, carried: 22, written: 22, lowestId: '1', highestId: '22' });
  const own = trace.hanging.filter(({ relation }) => relation === 'own');
  t.deepEqual(
    own.map(({ meaning, state }) => `${meaning}: ${state}`),
    ['Member: principal 28 on node 24: carried', 'Message counter: 22 of node 24: carried'],
  );
  const above = trace.hanging.filter(({ relation }) => relation === 'above');
  t.true(above.some(({ meaning }) => meaning === 'Manager: principal 12 on node 1'));
  t.true(above.some(({ rule }) => rule === 'principal-federated'));
  t.false(above.some(({ meaning }) => meaning.includes('node 24')));
  t.true(rules(trace).includes('message-date-out-of-order'), 'what a message rule said of the room');
});

test('a check that reads the package back is heard, too', async (t) => {
  t.true(rules(await found(t, 'room 37')).includes('message-in-unlogged-category'));
});

test('an excluded room, its rights and its messages', async (t) => {
  const trace = await found(t, 'room 36');
  t.deepEqual([source(trace).state, source(trace).rule, trace.target], ['excluded', 'room-disabled', null]);
  t.regex(trace.sentence, /: excluded by room-disabled, not in the package\.$/);
  t.like(trace.account, { read: 16, excluded: 16, written: 0 });
  t.deepEqual(
    trace.hanging
      .filter(({ relation }) => relation === 'own')
      .map(({ state, rule }) => `${state} by ${rule}`),
    ['excluded by room-disabled', 'excluded by principal-disabled', 'excluded by room-disabled'],
  );
  const message = await found(t, '36#3');
  t.deepEqual([source(message).state, source(message).rule], ['excluded', 'message-room-excluded']);
  t.is(message.target, null);
  t.is(source(message).texts[0]?.equalsTarget, null);
  t.deepEqual(rules(message), ['message-room-excluded'], 'told of the room, and it is the rule that decided');
});

test('a merged principal lives on in another one, and so do its messages', async (t) => {
  const merged = await found(t, 'principal 38');
  t.is(source(merged).rule, 'principal-duplicate');
  t.is(merged.target?.key, 'principal 13');
  t.deepEqual(merged.remarks, [
    `principal 13 "Bo Lindqvist" (${BO}) has the same GUID; ask for it by its id.`,
  ]);
  t.true(messagesOf(merged, 'principal-duplicate')[0]?.includes('merged it onto principal 13'));

  for (const asked of [{ record: BO }, { record: 'principal 13', from: 'target' as const }]) {
    const both = await found(t, asked);
    t.deepEqual(
      both.sources.map(({ place, state }) => `${place.record} ${state}`),
      ['principal 13 carried', 'principal 38 excluded'],
    );
    t.is(both.target?.key, 'principal 13');
  }

  const message = await found(t, '42#12');
  t.is(source(message).rule, 'principal-duplicate');
  t.true(source(message).texts[0]?.equalsTarget);
  t.deepEqual(message.remarks, ['Its author, principal 38, is written as principal 13.']);
  t.deepEqual(rules(message), ['principal-duplicate']);
});

test('a federated principal and what it lost', async (t) => {
  const trace = await found(t, 'sip:lena.fischer@fabrikam.example');
  t.is(trace.label, 'principal 10 "Lena Fischer" (cc623a9b-0050-4c0d-9a5c-97b3d30e000a)');
  t.is(source(trace).rule, 'principal-federated');
  t.like(targetValues(trace), { principalKind: 'user', disabled: 1, groupIds: [9] });
  t.deepEqual(
    trace.hanging.filter(({ rule }) => rule === 'principal-federated').map(({ meaning }) => meaning),
    ['Member: principal 10 on node 33', 'Manager: principal 10 on node 33', 'Scope: principal 10 on node 9'],
  );
});

test('an add-in and the rooms that use it', async (t) => {
  const trace = await found(t, 'ticket viewer');
  t.is(trace.target?.key, 'add-in 3c6ef362-0053-4c0d-9a5c-67bf1af70001');
  t.deepEqual(targetValues(trace).rooms, [21]);
  t.deepEqual(
    trace.hanging.map(({ relation, place }) => `${relation} ${place.record}`),
    ['room node 21'],
  );
});

test('a changed message: lengths and hashes of both sides, the text only when asked for', async (t) => {
  const before = 'control \u0001 and vertical \u000b tab';
  const after = 'control \ufffd and vertical \ufffd tab';
  const trace = await found(t, 'fa8cfb85-004e-4c0d-9a5c-a15d12100014#5');
  t.is(trace.label, 'message 20#5');
  t.is(source(trace).rule, 'message-content-forbidden-character');
  const [content, ...others] = source(trace).texts;
  t.deepEqual(others, []);
  t.like(content, { column: 'content', bytes: 28, sha256: sha256(before), text: null, equalsTarget: false });
  t.like(trace.target?.texts[0], { column: 'content', bytes: 32, sha256: sha256(after), text: null });
  t.true(messagesOf(trace, 'message-content-forbidden-character')[0]?.includes('U+0001, U+000B'));
  for (const printed of [traceText(trace, 100), canonicalJson(traceJson(trace))]) {
    t.false(printed.includes('vertical'));
  }
  const shown = await found(t, { record: '20#5', isTextShown: true });
  t.is(source(shown).texts[0]?.text, before);
  t.is(shown.target?.texts[0]?.text, after);
  t.true(traceText(shown, 100).includes('| control \\u{1} and vertical \\u{b} tab\n'));
  t.true(canonicalJson(traceJson(shown)).includes('vertical'));
});

test('a carried message has the same text on both sides', async (t) => {
  const trace = await found(t, { record: '20#1', isTextShown: true });
  t.deepEqual([source(trace).state, source(trace).rule], ['carried', null]);
  t.true(source(trace).texts[0]?.equalsTarget);
  t.is(trace.target?.texts[0]?.text, 'line one\r\nline two\r\n\r\nline four');
  t.deepEqual(valuesOf(source(trace).values), {
    channelID: '20',
    chatID: '1',
    chatDate: '633716740612811362',
    userId: '14',
    isAlert: '0',
  });
  t.like(targetValues(trace), { roomId: 20, id: '1', date: '633716740612811362', userId: 14, alert: false });
  t.deepEqual(trace.findings, []);
});

test('a message in the midst of many has its own values, not those of another', async (t) => {
  const trace = await found(t, '40#7');
  t.like(valuesOf(source(trace).values), { channelID: '40', chatID: '7', userId: '25' });
  t.is(source(trace).place.record, 'message 40#7');
});

test('backwards: a created category, by name and without asking for that side', async (t) => {
  const asked = await found(t, { record: 'general', from: 'target' });
  const fallen = await found(t, 'general');
  t.deepEqual(fallen, {
    ...asked,
    remarks: ['Not found in the export, so it was looked for in the package.'],
  });
  t.deepEqual([asked.foundIn, asked.sources.length, asked.target?.key], ['target', 0, 'category 50']);
  t.regex(asked.sentence, /: in the package, without a row of its own in the export; a rule created it\.$/);
  t.is(messagesOf(asked, 'room-under-root').length, 2);
  t.deepEqual(
    asked.hanging.map(({ relation, place, rule }) => [relation, place.record, rule]),
    [
      ['room', 'node 47', 'room-under-root'],
      ['room', 'node 48', 'room-under-root'],
    ],
  );
});

test('backwards: a flattened name leads to its row, a room that stayed behind is found in the export', async (t) => {
  const flattened = await found(t, { record: 'Operations_Incidents', from: 'target' });
  t.is(source(flattened).place.record, 'node 5');
  t.deepEqual(flattened.remarks, []);
  const behind = await found(t, { record: 'Old helpdesk', from: 'target' });
  t.deepEqual(behind.remarks, ['Not found in the package, so it was looked for in the export.']);
  t.is(source(behind).rule, 'room-disabled');
});

test('the root is implied by the package', async (t) => {
  const trace = await found(t, 'node 1');
  t.is(trace.target, null);
  t.regex(trace.sentence, /: carried, implied by the package, which never holds the root\.$/);
  t.deepEqual(trace.remarks, []);
});

test('every node, principal and add-in of the sample is found, in agreement with the ledger', async (t) => {
  const model = sampleModel();
  const asked = [
    ...rowsOf(model, 'tblNode').map((row) => `node ${row.nodeID}`),
    ...rowsOf(model, 'tblPrincipal').map((row) => `principal ${row.prinID}`),
    ...rowsOf(model, 'tblSiopWhiteList').map((row) => `add-in ${row.siopID}`),
  ];
  const states = new Map<string, number>();
  for (const record of asked) {
    const trace = await found(t, record);
    t.deepEqual(
      trace.remarks.filter((remark) => remark.startsWith('The ledger')),
      [],
      record,
    );
    const { state, table, values } = source(trace);
    t.true(values.length >= 3, record);
    states.set(`${table} ${state}`, (states.get(`${table} ${state}`) ?? 0) + 1);
  }
  const ledger = JSON.parse(await readFile(join(t.context.handoff, 'data/ledger.json'), 'utf8'));
  for (const [key, count] of states) {
    const [table = '', state = ''] = key.split(' ');
    t.is(ledger.tables[table][state], count, key);
  }
  t.is(asked.length, 88);
});

test('a name of several records is not guessed at', async (t) => {
  const folder = join(t.context.folder, 'ambiguous');
  const model = altered(smallModel(), 'tblNode', (row) =>
    row.nodeID === 29 ? { ...row, nodeName: 'night WATCH' } : row,
  );
  const exportPath = await writeExport(join(folder, 'export'), model);
  const handoff = await handedOver(exportPath, join(folder, 'handoff'));
  const error = await failure(t, traced(handoff, { record: 'Night watch', exportPath }));
  t.is(error.code, 'arguments');
  t.regex(
    error.message,
    /^2 records of the export go by that: room 20 "Night watch" .*; room 29 "night WATCH" /,
  );
  t.true(error.remedy.includes('`room 20`'));
  const one = await traced(handoff, { record: 'room 29', exportPath });
  t.true(
    one.isFound && rules(one).includes('name-duplicate'),
    'a handoff that is not ready is traced as well',
  );
});

const UNKNOWN: readonly (readonly [string, RegExp, readonly RegExp[]])[] = [
  ['Earli shift', /neither in the export nor in the package/, [/^room 24 "Early shift"/]],
  ['helpdesk', /neither/, [/^room 36 "Old helpdesk"/]],
  ['room 3', /neither/, [/^category 3 "Shifts"/, /^room 20 /, /^room 21 /, /^room 22 /]],
  ['5', /neither/, [/^category 5 "Incidents"/, /^principal 5 /]],
  [
    'add-in 3c6ef362-0053-4c0d-9a5c-67bf1af70002',
    /neither/,
    [/^add-in 3c6ef362-0053-4c0d-9a5c-67bf1af70001 "Ti/],
  ],
  ['xyzzy plugh', /neither/, []],
  ['20#4', /^Not found: message 20#4 is neither/, [/^message 20#2$/, /^message 20#5$/]],
  ['99#1', /^Not found: message 99#1 is neither/, []],
  ['736ae249-004e-4c0d-9a5c-28bb0bdc0019#1', /names no room of the export/, [/^room 24 /]],
];

for (const [record, sentence, nearest] of UNKNOWN) {
  test(`"${record}" is on neither side, and the nearest are named`, async (t) => {
    const trace = await traced(t.context.handoff, { record });
    if (trace.isFound) return t.fail(trace.sentence);
    t.regex(trace.sentence, sentence);
    t.is(trace.nearest.length, nearest.length, trace.nearest.join('\n'));
    nearest.forEach((pattern, index) => {
      t.regex(trace.nearest[index] ?? '', pattern);
    });
    t.regex(traceText(trace, 80), /Looked in the export: \d+ .*\nLooked in the package: /);
  });
}

test('an export that the handoff was not made from is refused before anything is told', async (t) => {
  const copyOf = async (name: string): Promise<string> => {
    const path = join(t.context.folder, name);
    await cp(SAMPLE, path, { recursive: true });
    return path;
  };
  const refusal = async (exportPath: string): Promise<string> => {
    const error = await failure(t, traced(t.context.handoff, { record: 'node 3', exportPath }));
    t.is(error.code, 'arguments');
    return error.message;
  };
  const changed = await copyOf('changed');
  const chat = await readFile(join(changed, 'tblChat.xml'), 'utf8');
  await writeFile(join(changed, 'tblChat.xml'), chat.replace('line four', 'line five'));
  t.regex(
    await refusal(changed),
    /another export: tblChat\.xml has SHA-256 [0-9a-f]{64}, and had SHA-256 [0-9a-f]{64} when/,
  );
  const longer = await copyOf('longer');
  await appendFile(join(longer, 'tblNode.xml'), '\n');
  t.regex(await refusal(longer), /tblNode\.xml has \d+ bytes, and had \d+ when/);
  for (const name of ['tblSiopWhiteList.xml', 'tblEnumAttribute.xml']) {
    const shorter = await copyOf(`without-${name}`);
    await rm(join(shorter, name));
    t.true((await refusal(shorter)).includes(`${name} is missing here`));
  }
  for (const name of ['aaa.xml', 'zzz.xml']) {
    const more = await copyOf(`with-${name}`);
    await copyFile(join(more, 'tblNode.xml'), join(more, name));
    t.true((await refusal(more)).includes(`${name} is not among what it was made from`));
  }
  const renamed = await copyOf('renamed');
  await rename(join(renamed, 'tblNode.xml'), join(renamed, 'Node.xml'));
  t.true((await refusal(renamed)).includes('Node.xml is not among what it was made from'));
});

test('lists of the target stand among the inputs and are no part of the export', async (t) => {
  const handoff = await handoffCopy(t, 'with-lists');
  const path = join(handoff, 'data/summary.json');
  const summary = JSON.parse(await readFile(path, 'utf8'));
  summary.inputs.push({ name: 'rooms.json', sha256: 'f'.repeat(64), bytes: 3 });
  await writeFile(path, JSON.stringify(summary));
  t.true((await traced(handoff, { record: 'node 3' })).isFound);
});

async function handoffCopy(
  t: ExecutionContext<{ folder: string; handoff: string }>,
  name: string,
): Promise<string> {
  const path = join(t.context.folder, name);
  await cp(t.context.handoff, path, { recursive: true });
  return path;
}

test('a handoff that is none, or of which a paper is missing or altered, ends the trace', async (t) => {
  const { handoff } = t.context;
  const refusal = async (path: string): Promise<string> => {
    const { code, message } = await failure(t, traced(path, { record: 'node 3' }));
    return `${code}: ${message}`;
  };
  t.regex(await refusal(join(handoff, 'data/PersistentChatData.zip')), /^input-not-an-export: .* is a file/);
  t.regex(await refusal(join(handoff, 'nowhere')), /^input-missing: /);
  const file = async (name: string, change: (path: string) => Promise<void>): Promise<string> => {
    const copy = await handoffCopy(t, `altered-${name}-${change.name}`);
    await change(join(copy, 'data', name));
    return await refusal(copy);
  };
  const gone = async (path: string): Promise<void> => rm(path);
  const spoiled = async (path: string): Promise<void> => appendFile(path, '{"place":');
  const odd = async (path: string): Promise<void> => appendFile(path, '{"place":null,"rule":"x"}\n');
  const empty = async (path: string): Promise<void> => writeFile(path, '{}');
  t.regex(
    await file('ledger.ndjson', gone),
    /^input-unreadable: ledger\.ndjson of the handoff cannot be read/,
  );
  t.regex(
    await file('findings.ndjson', spoiled),
    /^input-unreadable: Unexpected line \d+ of findings\.ndjson/,
  );
  t.regex(await file('ledger.ndjson', odd), /^input-unreadable: Unexpected line \d+ of ledger\.ndjson/);
  t.regex(await file('ledger.json', empty), /^input-unreadable: ledger\.json of the handoff is not what/);
  t.regex(await file('summary.json', empty), /^input-unreadable: summary\.json of the handoff is not what/);
  t.regex(await file('summary.json', gone), /^input-missing: /);
  t.regex(await file('PersistentChatData.zip', empty), /^archive-damaged: /);
});

test('a ledger and a package that contradict each other are told apart', async (t) => {
  const folder = join(t.context.folder, 'contradiction');
  const exportPath = await writeExport(join(folder, 'export'), smallModel());
  const other = await handedOver(exportPath, join(folder, 'other'));
  const handoff = await handoffCopy(t, 'contradicted');
  await copyFile(join(other, 'data/PersistentChatData.zip'), join(handoff, 'data/PersistentChatData.zip'));
  for (const record of ['room 34', 'message 34#4']) {
    const trace = await traced(handoff, { record });
    t.deepEqual(trace.isFound ? trace.remarks : [], [
      'The ledger says that it was written, but the package does not hold it: run `chatferry validate` on the handoff.',
    ]);
  }
});

for (const shape of ['dataset', 'auto-elements', 'raw-attributes-fragment']) {
  test(`values come as the shape ${shape} has them`, async (t) => {
    const folder = join(t.context.folder, shape);
    const exportPath = await writeExport(join(folder, 'export'), smallModel(), shape);
    const handoff = await handedOver(exportPath, join(folder, 'handoff'));
    const room = await traced(handoff, { record: 'node 24', exportPath });
    const message = await traced(handoff, { record: '20#2', exportPath });
    if (!room.isFound || !message.isFound) return t.fail();
    const guid = '736ae249-004e-4c0d-9a5c-28bb0bdc0018';
    t.is(valuesOf(source(room).values).nodeGuid, shape === 'dataset' ? guid : guid.toUpperCase());
    t.is(room.target?.key, 'room 24');
    t.deepEqual(
      source(message).texts.map(({ column, equalsTarget }) => [column, equalsTarget]),
      [
        ['content', true],
        ['rtf', true],
      ],
    );
    t.is(valuesOf(source(message).values).isAlert, shape === 'dataset' ? 'false' : '0');
  });
}

test('two rows of one key are shown with the state of each', async (t) => {
  const folder = join(t.context.folder, 'twice');
  const small = smallModel();
  const chat = small.get('tblChat');
  if (chat === undefined) return t.fail();
  const [first] = chat.rows as [Row];
  const rows = [first, { ...first, content: 'not the same' }, ...chat.rows.slice(1)];
  const model = modelOf(
    [...small.values()].map((table) => (table.name === 'tblChat' ? { ...table, rows } : table)),
  );
  const exportPath = await writeExport(join(folder, 'export'), model);
  const handoff = await handedOver(exportPath, join(folder, 'handoff'));
  const trace = await traced(handoff, { record: `${first.channelID}#${first.chatID}`, exportPath });
  if (!trace.isFound) return t.fail(trace.sentence);
  t.deepEqual(
    trace.sources.map(({ state, rule, texts }) => [state, rule, texts[0]?.equalsTarget]),
    [
      ['carried', null, true],
      ['refused', 'message-id-duplicate', false],
    ],
  );
  t.is(trace.sentence, 'message 20#1: 2 rows (carried; refused by message-id-duplicate), in the package.');
  t.deepEqual(rules(trace), ['message-id-duplicate']);
});

test('a row that goes with what is above it shows the finding of the cause', async (t) => {
  const folder = join(t.context.folder, 'subtree');
  const model = altered(smallModel(), 'tblNode', (row) =>
    row.nodeID === 3 ? { ...row, parentID: 777 } : row,
  );
  const exportPath = await writeExport(join(folder, 'export'), model);
  const handoff = await handedOver(exportPath, join(folder, 'handoff'));
  const trace = await traced(handoff, { record: 'room 24', exportPath });
  if (!trace.isFound) return t.fail(trace.sentence);
  t.deepEqual([source(trace).state, source(trace).rule], ['refused', 'node-parent-missing']);
  t.is(messagesOf(trace, 'node-parent-missing').length, 1);
  t.true(messagesOf(trace, 'node-parent-missing')[0]?.includes('category 3'));
  t.like(trace.account, { written: 0 });
});

test('a name that would steer a terminal is shown as its code points', async (t) => {
  const folder = join(t.context.folder, 'hostile');
  const hostile = '\u001b[31mred\u202e\u2028\\end';
  const model = altered(smallModel(), 'tblNode', (row) =>
    row.nodeID === 24 ? { ...row, nodeName: hostile } : row,
  );
  const exportPath = await writeExport(join(folder, 'export'), model);
  const handoff = await handedOver(exportPath, join(folder, 'handoff'));
  const trace = await traced(handoff, { record: 'room 24', exportPath });
  const text = traceText(trace, 100);
  t.deepEqual(
    ['\u001b', '\u202e', '\u2028'].filter((character) => text.includes(character)),
    [],
  );
  t.true(text.includes('"\\u{1b}[31mred\\u{202e}\\u{2028}\\end"'));
  t.true((await traced(handoff, { record: hostile, exportPath })).isFound);
});

test('no line is longer than the terminal, save those that cannot be broken', async (t) => {
  const text = traceText(await found(t, 'node 5'), 80);
  const longest = text.split('\n').filter((line) => !/^ {2}(?:tbl|SHA|read )/.test(line));
  t.deepEqual(
    longest.filter((line) => line.length > 80),
    [],
  );
  t.true(text.endsWith('\n') && !text.endsWith('\n\n'));
});

/** The command in a program of its own, as `chatferry` runs it. */
function command(...args: readonly string[]): { code: number | null; out: string; err: string } {
  const script = `
    import { runProgram } from '@chatferry/import';
    import { createRequire } from 'node:module';
    const { Command } = createRequire(process.env.TRANSFORM)('commander');
    const { addTraceCommand } = await import(process.env.COMMAND);
    process.exitCode = await runProgram(['node', 'chatferry', ...process.argv.slice(1)], (done) => {
      const program = new Command('chatferry');
      addTraceCommand(program, done);
      return program;
    });`;
  const url = new URL('../../packages/transform/', import.meta.url);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', script, '--', 'trace', ...args],
    {
      encoding: 'utf8',
      cwd: fileURLToPath(url),
      env: {
        ...process.env,
        TRANSFORM: fileURLToPath(new URL('package.json', url)),
        COMMAND: new URL('dist/commands/trace.js', url).href,
      },
    },
  );
  return { code: status, out: stdout, err: stderr };
}

test('the command: exit 0 found, 1 on neither side, 2 could not; ids without quotation marks; json', (t) => {
  const sides = ['--handoff', t.context.handoff, '--export', SAMPLE];
  const done = command('room', '24', ...sides);
  t.is(done.code, 0, done.err);
  t.true(done.out.startsWith('room 24 "Early shift"'));
  t.is(done.err, '');
  const json = command('20#5', ...sides, '--json');
  t.is(json.code, 0);
  t.like(JSON.parse(json.out), { found: true, kind: 'message', record: 'message 20#5', account: null });
  t.false(json.out.includes('"text"'));
  const quiet = command('general', '--from', 'target', ...sides, '--quiet');
  t.deepEqual([quiet.code, quiet.out.split('\n').length], [0, 2]);
  const missing = command('room 99', ...sides, '--json');
  t.is(missing.code, 1);
  t.like(JSON.parse(missing.out), { found: false });
  t.is(command('room 99', ...sides).code, 1);
  const other = command(
    'room 24',
    '--handoff',
    t.context.handoff,
    '--export',
    join(FIXTURES, 'shapes/raw-attributes'),
  );
  t.is(other.code, 2);
  t.regex(other.err, /^Could not finish: The handoff was made from another export: /);
  t.is(command('room 24', '--handoff', t.context.handoff).code, 2);
  t.is(command('room 24', ...sides, '--from', 'middle').code, 2);
});
