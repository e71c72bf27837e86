import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RunFailure } from '@chatferry/export';
import { DEFAULT_LAYOUT } from '@chatferry/import';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { diffText, diffVerdict } from '../../packages/transform/dist/diff/diff-summary.js';
import { Differences } from '../../packages/transform/dist/diff/differences.js';
import { DifferencesFile } from '../../packages/transform/dist/diff/differences-file.js';
import { IgnoredFields } from '../../packages/transform/dist/diff/ignored-fields.js';
import { type DiffRequest, runDiff } from '../../packages/transform/dist/diff/run-diff.js';
import {
  type Documents,
  documentsOf,
  type Edit,
  soundBut,
  zipOf,
} from '../import/support/package-fixture.js';
import { columnsFrom, type ExportModel, modelOf, type Row, type Table } from '../support/export-model.js';
import { SHAPE_NAMES, writeShape } from '../support/export-shapes.js';
import { smallModel } from '../support/sample-model.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const CHATFERRY = fileURLToPath(new URL('../../packages/transform/bin/chatferry.js', import.meta.url));
const ZONED = ['tblPrincipal.prinVerifiedOn', 'tblPrincipalInvites.createdOn'];

async function writeExport(path: string, model: ExportModel, shape = 'raw-attributes'): Promise<string> {
  await mkdir(path, { recursive: true });
  for (const [name, bytes] of writeShape(model, shape)) await writeFile(join(path, name), bytes);
  return path;
}

/** The small model with tables exchanged. */
function altered(...changes: readonly (readonly [table: string, change: (table: Table) => Table])[]) {
  const tables = [...smallModel().values()];
  return modelOf(
    tables.map((table) =>
      changes.reduce((one, [name, change]) => (name === one.name ? change(one) : one), table),
    ),
  );
}

function rows(change: (rows: readonly Row[]) => readonly Row[]): (table: Table) => Table {
  return (table) => ({ ...table, rows: change(table.rows) });
}

/** One row with other cells. */
function cells(index: number, other: Row): (table: Table) => Table {
  return rows((all) => all.map((row, at) => (at === index ? { ...row, ...other } : row)));
}

/** One line of the file of differences. */
interface Line {
  readonly change: string;
  readonly kind: string;
  readonly key: string;
  readonly field: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

interface Compared {
  readonly sentence: string;
  readonly exitCode: number;
  readonly text: string;
  /** The lines of the file of differences. */
  readonly lines: readonly Line[];
  readonly notices: readonly string[];
}

async function compared(
  paths: readonly [string, string],
  home: string,
  options: Partial<DiffRequest> = {},
): Promise<Compared> {
  const outputPath = join(home, 'out.ndjson');
  const notices: string[] = [];
  const summary = await runDiff({
    before: paths[0],
    after: paths[1],
    layout: DEFAULT_LAYOUT,
    outputPath,
    showText: false,
    ignoresLineEnds: false,
    ignored: [],
    notice: (sentence) => notices.push(sentence),
    progress: () => undefined,
    ...options,
  });
  const lines = (await readFile(outputPath, 'utf8')).split('\n').slice(0, -1);
  await rm(outputPath);
  return {
    ...diffVerdict(summary),
    text: diffText(summary, null),
    lines: lines.map((line): Line => JSON.parse(line)),
    notices,
  };
}

/** Compares the small model with another, both as attributes of FOR XML RAW. */
async function comparedModels(
  t: ExecutionContext,
  after: ExportModel,
  options: Partial<DiffRequest> = {},
): Promise<Compared> {
  const home = temporaryFolder(t);
  const paths = [
    await writeExport(join(home, 'a'), smallModel()),
    await writeExport(join(home, 'b'), after),
  ] as const;
  return await compared(paths, home, options);
}

function digest(text: string): { bytes: number; sha256: string } {
  return {
    bytes: Buffer.byteLength(text),
    sha256: createHash('sha256').update(text).digest('hex'),
  };
}

function chat(index: number): Row {
  return smallModel().get('tblChat')?.rows[index] as Row;
}

function chatKey(row: Row): string {
  return `message ${row.channelID}#${row.chatID}`;
}

const FIRST = chat(0);

test('every shape of one export is equal to every other, but for what the shape cannot carry', async (t) => {
  const home = temporaryFolder(t);
  const reference = await writeExport(join(home, 'reference'), smallModel());
  const raw = /^(?:dataset|datatable|diffgram)/;
  for (const shape of SHAPE_NAMES) {
    const paths = [reference, await writeExport(join(home, shape), smallModel(), shape)] as const;
    const asIs = await compared(paths, home);
    const isLossy = raw.test(shape) || shape === 'export-script';
    t.is(asIs.exitCode, isLossy ? 1 : 0, shape);
    if (!isLossy) {
      t.deepEqual([asIs.sentence, asIs.lines], ['Equal.', []], shape);
      continue;
    }
    // Attributes of a DataSet hold a TAB raw, which XML reads as a blank.
    const tabs = shape.startsWith('dataset-attributes') ? 1 : 0;
    const left = await compared(paths, home, { ignoresLineEnds: true, ignored: ZONED });
    t.is(left.exitCode, tabs, shape);
    t.is(left.lines.length, tabs, shape);
  }
});

test('line ends and zones are differences, each until it is ignored', async (t) => {
  const home = temporaryFolder(t);
  const paths = [
    await writeExport(join(home, 'a'), smallModel()),
    await writeExport(join(home, 'b'), smallModel(), 'dataset'),
  ] as const;
  const kinds = async (options: Partial<DiffRequest>) => {
    const { lines } = await compared(paths, home, options);
    return [...new Set(lines.map((line) => `${line.kind}.${line.field}`))].sort();
  };
  t.deepEqual(await kinds({}), ['tblChat.content', 'tblChat.rtf', ...ZONED]);
  t.deepEqual(await kinds({ ignoresLineEnds: true }), ZONED);
  t.deepEqual(await kinds({ ignored: ZONED.map((entry) => entry.toUpperCase()) }), [
    'tblChat.content',
    'tblChat.rtf',
  ]);
  t.deepEqual(await kinds({ ignored: ['tblChat', ...ZONED] }), []);
});

test('a changed field of a directory row is one line, whatever the table', async (t) => {
  const after = altered(
    ['tblNode', cells(1, { nodeName: 'Renamed', topic: null })],
    ['tblPrincipal', cells(0, { 'Cost Centre': 'CC 7' })],
    ['tblPrincipalType', cells(0, { ptypeIsUser: true })],
    ['tblLastChatId', cells(0, { lastChatID: 9007199254740993n })],
  );
  const node = smallModel().get('tblNode')?.rows[1] as Row;
  const counter = smallModel().get('tblLastChatId')?.rows[0] as Row;
  const type = smallModel().get('tblPrincipalType')?.rows[0] as Row;
  const { sentence, lines } = await comparedModels(t, after);
  t.is(sentence, 'Different: 0 added, 0 removed, 4 changed.');
  const changed = (kind: string, key: string, field: string, values: readonly unknown[]) => ({
    after: values[1],
    before: values[0],
    change: 'changed',
    field,
    key,
    kind,
  });
  t.deepEqual(lines, [
    changed('tblNode', `node ${node.nodeID}`, 'nodeName', [node.nodeName, 'Renamed']),
    changed('tblNode', `node ${node.nodeID}`, 'topic', ['', null]),
    changed('tblPrincipal', 'principal 1', 'Cost Centre', [null, 'CC 7']),
    changed('tblPrincipalType', `principal type ${type.ptypeID}`, 'ptypeIsUser', ['0', '1']),
    changed('tblLastChatId', `last chat id of node ${counter.nodeID}`, 'lastChatID', [
      String(counter.lastChatID),
      '9007199254740993',
    ]),
  ]);
});

test('a role of another type is one role removed and one added', async (t) => {
  const role = smallModel().get('tblPrincipalRole')?.rows[0] as Row;
  const { sentence, lines } = await comparedModels(
    t,
    altered(['tblPrincipalRole', cells(0, { prinRoleTypeID: 77 })]),
  );
  t.is(sentence, 'Different: 1 added, 1 removed, 0 changed.');
  const key = (type: unknown) =>
    `role ${type} of principal ${role.prinRolePrinID} on node ${role.prinRoleNodeID}`;
  t.like(lines[0] as Line, { change: 'removed', field: null, after: null, key: key(role.prinRoleTypeID) });
  t.like(lines[1] as Line, { change: 'added', field: null, before: null, key: key(77) });
});

test('message text is told by length and SHA-256 of its UTF-8, and as it is only when asked for', async (t) => {
  const text = 'new\r\n\u{1F680} \u0001 text';
  const after = altered([
    'tblChat',
    cells(0, { content: 'new text', chatDate: (FIRST.chatDate as bigint) + 1n }),
  ]);
  const { sentence, lines, text: shown } = await comparedModels(t, after);
  t.is(sentence, 'Different: 0 added, 0 removed, 1 changed.');
  const line = { change: 'changed', key: chatKey(FIRST), kind: 'tblChat' };
  t.deepEqual(lines, [
    { ...line, field: 'chatDate', before: `${FIRST.chatDate}`, after: `${(FIRST.chatDate as bigint) + 1n}` },
    { ...line, field: 'content', before: digest(FIRST.content as string), after: digest('new text') },
  ]);
  t.false(JSON.stringify(lines).includes('new text'));
  t.false(shown.includes('new text'));
  const open = await comparedModels(t, altered(['tblChat', cells(0, { content: text })]), { showText: true });
  t.deepEqual(open.lines, [{ ...line, field: 'content', before: FIRST.content, after: text }]);
});

test('author, alert, rtf and a column that the schema does not know are fields of a message', async (t) => {
  const withColumn = (table: Table): Table => ({
    ...table,
    columns: [...table.columns, ...columnsFrom('mood:text?')],
  });
  const after = altered(
    ['tblChat', withColumn],
    ['tblChat', cells(0, { userId: 999, isAlert: true })],
    ['tblChat', cells(1, { rtf: null })],
    ['tblChat', cells(4, { mood: 'secret' })],
  );
  const { lines } = await comparedModels(t, after);
  const of = (line: Line) => [line.key, line.field, line.before, line.after];
  t.deepEqual(lines.map(of), [
    [chatKey(FIRST), 'userId', String(FIRST.userId), '999'],
    [chatKey(FIRST), 'isAlert', '0', '1'],
    [chatKey(chat(1)), 'rtf', digest(chat(1).rtf as string), null],
    [chatKey(chat(4)), 'mood', null, digest('secret')],
  ]);
  const hidden = await comparedModels(t, after, {
    ignored: ['tblChat.userId', 'tblchat.ISALERT', 'tblChat.rtf', 'tblChat.mood', 'tblChat.moon'],
  });
  t.is(hidden.sentence, 'Equal.');
  t.deepEqual(hidden.notices, ['--ignore tblChat.moon has hidden no difference.']);
  t.true(
    hidden.text.includes(
      '\nLeft aside: tblChat.userId, tblchat.ISALERT, tblChat.rtf, tblChat.mood, tblChat.moon.\n',
    ),
  );
});

test('columns that do not decode are compared as they stand', async (t) => {
  const home = temporaryFolder(t);
  const paths = [
    await writeExport(join(home, 'a'), smallModel()),
    await writeExport(join(home, 'b'), smallModel()),
  ] as const;
  const edit = async (path: string, behaviour: string, date: string) => {
    const nodes = await readFile(join(path, 'tblNode.xml'), 'utf8');
    await writeFile(join(path, 'tblNode.xml'), nodes.replace('behavior="4"', `behavior="${behaviour}"`));
    const chats = await readFile(join(path, 'tblChat.xml'), 'utf8');
    await writeFile(join(path, 'tblChat.xml'), chats.replace(/chatDate="\d+"/, `chatDate="${date}"`));
  };
  await edit(paths[0], 'four', 'Monday');
  await edit(paths[1], 'five', 'Tuesday');
  const { lines } = await compared(paths, home, { showText: true });
  t.is(lines.length, 2);
  t.like(lines[0] as Line, { field: 'chatDate', before: 'Monday', after: 'Tuesday' });
  t.like(lines[1] as Line, { field: 'behavior', before: 'four', after: 'five' });
  t.is((await compared([paths[1], paths[1]], home)).sentence, 'Equal.');
});

test('an added and a removed message, and a room with all that belongs to it', async (t) => {
  const added = { ...FIRST, chatID: 100_000n, content: 'one more' };
  const messages = altered(['tblChat', rows((all) => [...all.slice(1, 15), added, ...all.slice(15)])]);
  const few = await comparedModels(t, messages);
  t.is(few.sentence, 'Different: 1 added, 1 removed, 0 changed.');
  t.deepEqual(few.lines, [
    {
      after: null,
      before: {
        channelID: String(FIRST.channelID),
        chatID: String(FIRST.chatID),
        chatDate: String(FIRST.chatDate),
        userId: String(FIRST.userId),
        isAlert: '0',
        content: digest(FIRST.content as string),
        rtf: null,
      },
      change: 'removed',
      field: null,
      key: chatKey(FIRST),
      kind: 'tblChat',
    },
    {
      after: {
        channelID: String(FIRST.channelID),
        chatID: '100000',
        chatDate: String(FIRST.chatDate),
        userId: String(FIRST.userId),
        isAlert: '0',
        content: digest('one more'),
        rtf: null,
      },
      before: null,
      change: 'added',
      field: null,
      key: `message ${FIRST.channelID}#100000`,
      kind: 'tblChat',
    },
  ]);
  const room = 24;
  const without = (column: string) => rows((all) => all.filter((row) => row[column] !== room));
  const lost = await comparedModels(
    t,
    altered(
      ['tblNode', without('nodeID')],
      ['tblChat', without('channelID')],
      ['tblPrincipalRole', without('prinRoleNodeID')],
      ['tblLastChatId', without('nodeID')],
    ),
  );
  const count = (table: string, column: string) =>
    smallModel()
      .get(table)
      ?.rows.filter((row) => row[column] === room).length ?? 0;
  const roles = count('tblPrincipalRole', 'prinRoleNodeID');
  const chats = count('tblChat', 'channelID');
  t.true(roles > 0 && chats > 0);
  t.is(lost.sentence, `Different: 0 added, ${1 + 1 + roles + chats} removed, 0 changed.`);
  t.regex(lost.text, /^tblNode +13 +12 +12 +0 +1 +0$/m);
  t.regex(lost.text, /^ {2}removed node 24 ".+"$/m);
});

test('rows in any order are equal; messages are sorted on whichever side needs it', async (t) => {
  const home = temporaryFolder(t);
  const reversed = modelOf([...smallModel().values()].map(rows((all) => [...all].reverse())));
  const changed = modelOf(
    [...reversed.values()].map((table) =>
      table.name === 'tblChat' ? cells(3, { userId: 999 })(table) : table,
    ),
  );
  const byRoom = (a: Row, b: Row): number => Number(b.channelID) - Number(a.channelID);
  const lastRoomFirst = altered(['tblChat', rows((all) => [...all].sort(byRoom))]);
  const roomwise = await writeExport(join(home, 'roomwise'), lastRoomFirst);
  const straight = await writeExport(join(home, 'straight'), smallModel());
  const back = await writeExport(join(home, 'back'), reversed);
  const other = await writeExport(join(home, 'other'), changed, 'dataset-schema');
  for (const paths of [
    [straight, back],
    [back, straight],
    [back, back],
    [roomwise, back],
    [straight, roomwise],
  ] as const) {
    t.deepEqual((await compared(paths, home)).lines, []);
  }
  const options = { ignoresLineEnds: true, ignored: ZONED };
  for (const paths of [
    [straight, other],
    [back, other],
  ] as const) {
    const { sentence, lines } = await compared(paths, home, options);
    t.is(sentence, 'Different: 0 added, 0 removed, 1 changed.');
    t.like(lines[0] as Line, { field: 'userId', after: '999' });
  }
});

test('rows with one key are a multiset, the rest is paired in order', async (t) => {
  const home = temporaryFolder(t);
  const with_ = (texts: readonly string[], names: readonly string[]) =>
    altered(
      ['tblChat', rows((all) => [...texts.map((content) => ({ ...FIRST, content })), ...all.slice(1)])],
      [
        'tblNode',
        rows((all) => [
          ...all.slice(0, -1),
          ...names.map((nodeName) => ({ ...(all.at(-1) as Row), nodeName })),
        ]),
      ],
    );
  const a = await writeExport(join(home, 'a'), with_(['x', 'y', 'x', 'z'], ['n', 'm']));
  const b = await writeExport(join(home, 'b'), with_(['z', 'x', 'w'], ['m', 'n', 'n']));
  const { sentence, lines } = await compared([a, b], home, { showText: true });
  t.is(sentence, 'Different: 1 added, 1 removed, 1 changed.');
  const facts = lines.map((line) => [line.kind, line.change, line.before, line.after]);
  t.deepEqual(facts[0], ['tblChat', 'changed', 'y', 'w']);
  t.like(lines[1] as Line, { kind: 'tblChat', change: 'removed', before: { content: 'x' } });
  t.like(lines[2] as Line, { kind: 'tblNode', change: 'added', after: { nodeName: 'n' } });
  t.is(lines.length, 3);
});

test('law: of one key, what both sides have is equal, and every record is counted once on its side', (t) => {
  const side = fc.array(fc.constantFrom('p', 'q', 'r', 'P\r\n', 'P\n'), { maxLength: 12 });
  fc.assert(
    fc.property(side, side, fc.boolean(), (left, right, ignoresLineEnds) => {
      const differences = new Differences({ file: null, ignored: new IgnoredFields([]), ignoresLineEnds });
      const records = (values: readonly string[]) =>
        values.map((value) => ({ key: 'k', names: ['v'], values: [value] }));
      differences.group('kind', records(left), records(right));
      const count = differences.counts.get('kind') ?? { equal: 0, added: 0, removed: 0, changed: 0 };
      const meant = (value: string) => (ignoresLineEnds ? value.replace('\r', '') : value);
      const rest = right.map(meant);
      let common = 0;
      for (const value of left.map(meant)) {
        const at = rest.indexOf(value);
        if (at < 0) continue;
        rest.splice(at, 1);
        common += 1;
      }
      t.is(count.equal, common);
      t.is(count.equal + count.changed + count.removed, left.length);
      t.is(count.equal + count.changed + count.added, right.length);
      t.true(count.added === 0 || count.removed === 0);
    }),
  );
});

test('tables that are not carried over are compared by rows and contents, in any order', async (t) => {
  const config = smallModel().get('tblConfig')?.rows[0] as Row;
  const two = [config, { ...config, configSeqID: 2 }];
  const home = temporaryFolder(t);
  const write = async (name: string, all: readonly Row[]) =>
    await writeExport(join(home, name), altered(['tblConfig', rows(() => all)]));
  const a = await write('a', two);
  t.is((await compared([a, await write('b', [...two].reverse())], home)).sentence, 'Equal.');
  const c = await write('c', [config, { ...config, configSeqID: 3 }]);
  const { lines } = await compared([a, c], home);
  t.is(lines.length, 1);
  t.like(lines[0] as Line, { kind: 'table', key: 'tblConfig', field: 'contents' });
  t.is((await compared([a, c], home, { ignored: ['tblConfig'] })).sentence, 'Equal.');
  const d = await write('d', [config]);
  t.like((await compared([a, d], home)).lines[0] as Line, { field: 'rows', before: '2', after: '1' });
});

test('hostile names are printed safely and written as JSON', async (t) => {
  const name = 'a\u202Eb\u2028\u0007"\\';
  const { text, lines } = await comparedModels(
    t,
    altered(['tblNode', rows((all) => [...all, { ...(all[1] as Row), nodeID: 9999, nodeName: name }])]),
  );
  t.true(text.includes('  added node 9999 "a\\u{202e}b\\u{2028}\\u0007\\"\\\\"'), text);
  t.false(['\u202E', '\u2028', '\u0007'].some((character) => text.includes(character)));
  t.like(lines[0] as Line, { kind: 'tblNode', change: 'added', after: { nodeName: name } });
});

async function packageAt(path: string, documents: Documents): Promise<string> {
  await writeFile(path, zipOf(documents));
  return path;
}

async function comparedPackages(
  t: ExecutionContext,
  edits: readonly Edit[],
  options: Partial<DiffRequest> = {},
) {
  const home = temporaryFolder(t);
  const paths = [
    await packageAt(join(home, 'a.zip'), documentsOf('sound')),
    await packageAt(join(home, 'b.zip'), soundBut(...edits)),
  ] as const;
  return await compared(paths, home, options);
}

test('packages are equal in any order of rooms, and every entry of a list is a record', async (t) => {
  t.is((await comparedPackages(t, [['AddIns.xml', '</Pool>', '</Pool>\n']])).sentence, 'Equal.');
  const group = /(<ChatRoom id="200">[\s\S]*?<\/ChatRoom>)\s*(<ChatRoom id="201">[\s\S]*?<\/ChatRoom>)/;
  const messages = String(documentsOf('sound').get('Messages.xml'));
  const swapped = messages.replace(group, '$2$1');
  t.not(swapped, messages);
  t.is((await comparedPackages(t, [['Messages.xml', messages, swapped]])).sentence, 'Equal.');
  const { sentence, lines } = await comparedPackages(t, [
    [
      'Messages.xml',
      messages,
      swapped.replace('634000000000000000', '634000000000000009').replace('café', 'cafe'),
    ],
    ['ChatRooms.xml', '<Name>Apples</Name>', '<Name>Pears</Name>'],
    ['ChatRooms.xml', 'isManager="1"', 'isManager="0"'],
    ['Categories.xml', 'isDenied="1"', 'isDenied="0"'],
    ['AdAffiliations.xml', '<Group id="20"/><Group id="21"/>', '<Group id="21"/>'],
  ]);
  t.is(sentence, 'Different: 1 added, 3 removed, 3 changed.');
  const facts = lines.map((line) => [line.change, line.kind, line.key, line.field].join(' '));
  t.deepEqual(facts, [
    'changed message message 200#2 date',
    'changed message message 200#2 content',
    'changed room room 200 name',
    'removed role manager 10 of room 200 ',
    'removed scope denied 13 of category 100 ',
    'added scope allowed 13 of category 100 ',
    'removed affiliation affiliation of principal 10 to 20 ',
    'changed affiliation affiliation of principal 10 to 21 index',
  ]);
});

test('a removed room of a package takes its roles, counter and messages along', async (t) => {
  const { sentence } = await comparedPackages(t, [
    ['ChatRooms.xml', /<ChatRoom id="201"[\s\S]*?<\/ChatRoom>\n/, ''],
    ['Messages.xml', /<ChatRoom id="201"[\s\S]*?<\/ChatRoom>\n/, ''],
  ]);
  t.is(sentence, 'Different: 0 added, 5 removed, 0 changed.');
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function chatferry(args: readonly string[], cwd: string): Promise<Ended> {
  // Whatever is left in the folder for temporary files shows.
  const temporary = join(cwd, 'temporary');
  await mkdir(temporary, { recursive: true });
  const env = { ...process.env, TMPDIR: temporary, TEMP: temporary };
  return await new Promise((resolve) => {
    execFile(process.execPath, [CHATFERRY, ...args], { cwd, env }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, err }),
    );
  });
}

test('handoffs are compared by their packages and by the accounts of their ledgers', async (t) => {
  const home = temporaryFolder(t);
  await writeExport(join(home, 'export'), smallModel());
  const until = '2009-03-05T12:00:00Z';
  const one = await chatferry(['transform', 'export', '-o', 'one', '--quiet'], home);
  const two = await chatferry(['transform', 'export', '-o', 'two', '--quiet', '--until', until], home);
  t.deepEqual([one.code === 2, two.code === 2], [false, false], one.err + two.err);
  const [a, b] = [join(home, 'one'), join(home, 'two')];
  t.is((await compared([a, a], home)).sentence, 'Equal.');
  const { lines, exitCode } = await compared([a, b], home);
  t.is(exitCode, 1);
  const ledger = JSON.parse(await readFile(join(a, 'data/ledger.json'), 'utf8'));
  const other = JSON.parse(await readFile(join(b, 'data/ledger.json'), 'utf8'));
  const lost = ledger.tables.tblChat.written - other.tables.tblChat.written;
  t.true(lost > 0);
  t.is(lines.filter((line) => line.kind === 'message').length, lost);
  const accounts = lines.filter((line) => line.key === 'account of table tblChat');
  t.deepEqual(
    accounts.find((line) => line.field === 'written'),
    {
      after: String(other.tables.tblChat.written),
      before: String(ledger.tables.tblChat.written),
      change: 'changed',
      field: 'written',
      key: 'account of table tblChat',
      kind: 'ledgerTable',
    },
  );
  t.true(accounts.some((line) => line.field === 'byRule.message-after-cutoff.excluded.records'));
  t.true(lines.some((line) => /^account of room [-0-9a-f]{36}$/.test(line.key)));

  const mixed = await t.throwsAsync(compared([a, join(home, 'export')], home), { instanceOf: RunFailure });
  t.is(mixed?.code, 'arguments');
  t.is(mixed?.message, `${a} is a handoff and ${join(home, 'export')} is an export`);
  await rm(join(b, 'data/ledger.json'));
  const missing = await t.throwsAsync(compared([a, b], home), { instanceOf: RunFailure });
  t.is(missing?.message, `${b} holds no data/ledger.json.`);
  await writeFile(join(b, 'data/ledger.json'), '{"version":1}');
  const broken = await t.throwsAsync(compared([a, b], home), { instanceOf: RunFailure });
  t.regex(broken?.message ?? '', /ledger\.json is no ledger: /);
});

test('what cannot be compared whole is refused, and leaves no file behind', async (t) => {
  const home = temporaryFolder(t);
  const good = await writeExport(join(home, 'good'), smallModel());
  const sound = await packageAt(join(home, 'sound.zip'), documentsOf('sound'));
  const refusal = async (paths: readonly [string, string], options: Partial<DiffRequest> = {}) => {
    const error = await t.throwsAsync(compared(paths, home, options), { instanceOf: RunFailure });
    return `${error?.code}: ${error?.message}`;
  };
  t.is(await refusal([good, join(home, 'none')]), `input-missing: ${join(home, 'none')} does not exist.`);
  t.is(await refusal([good, sound]), `arguments: ${good} is an export and ${sound} is a package`);
  t.regex(await refusal(['-', '-']), /^arguments: Standard input cannot be both sides/);
  t.is(await refusal([good, good], { ignored: ['tblNode.'] }), 'arguments: --ignore cannot take "tblNode."');

  const empty = await writeExport(join(home, 'empty'), modelOf([]));
  await writeFile(join(empty, 'x.xml'), '<ROOT/>');
  t.is(
    await refusal([good, empty]),
    'input-empty: Unexpected export without rows of Group Chat tables (x.xml)',
  );

  const damaged = await writeExport(join(home, 'damaged'), smallModel());
  const nodes = await readFile(join(damaged, 'tblNode.xml'), 'utf8');
  await writeFile(join(damaged, 'tblNode.xml'), nodes.replace('<row ', 'stray <row '));
  t.regex(
    await refusal([good, damaged]),
    /^input-not-well-formed: Unexpected text between rows.*tblNode\.xml:1:/,
  );

  const cut = join(home, 'cut.zip');
  await writeFile(cut, (await readFile(sound)).subarray(0, 900));
  t.regex(await refusal([sound, cut]), /^archive-damaged: /);
  const strange = await packageAt(
    join(home, 'strange.zip'),
    soundBut(['ChatRooms.xml', 'isDisabled="1"', 'isDisabled="yes"']),
  );
  t.regex(
    await refusal([sound, strange]),
    /^input-unreadable: .*strange\.zip cannot be compared: .*ChatRooms\.xml:\d/,
  );

  await writeFile(join(home, 'out.ndjson'), 'mine');
  t.is(await refusal([good, good]), `output-exists: ${join(home, 'out.ndjson')} exists already.`);
  t.is(await readFile(join(home, 'out.ndjson'), 'utf8'), 'mine');
  t.deepEqual(
    (await readdir(home)).filter((name) => name.startsWith('chatferry-diff')),
    [],
  );
});

test('the file of -o replaces nothing: neither what lies beside it, nor what has come under its name', async (t) => {
  const home = temporaryFolder(t);
  const path = join(home, 'out.ndjson');
  await writeFile(`${path}.partial`, 'of another');
  const file = new DifferencesFile(path);
  file.lines.append('ours\n');
  await writeFile(path, 'of another');
  t.like(
    t.throws(() => file.commit()),
    { code: 'output-exists', message: `${path} exists already.` },
  );
  file.abort();
  t.deepEqual((await readdir(home)).sort(), ['out.ndjson', 'out.ndjson.partial']);
  t.is(await readFile(path, 'utf8'), 'of another');
  t.is(await readFile(`${path}.partial`, 'utf8'), 'of another');
  await rm(path);
  await symlink('nowhere', path);
  t.like(
    t.throws(() => new DifferencesFile(path)),
    { code: 'output-exists' },
  );
  t.like(
    t.throws(() => new DifferencesFile(join(home, 'none', 'out.ndjson'))),
    { code: 'output-unwritable' },
  );
});

test('the command: verdict first, exit codes 0, 1 and 2, nothing left in the temporary folder', async (t) => {
  const home = temporaryFolder(t);
  await writeExport(join(home, 'a'), smallModel());
  const reversed = modelOf([...smallModel().values()].map(rows((all) => [...all].reverse())));
  await writeExport(join(home, 'b'), reversed);
  await writeExport(join(home, 'c'), altered(['tblNode', cells(2, { nodeName: 'Other' })]));
  const equal = await chatferry(['diff', 'a', 'b'], home);
  t.deepEqual([equal.code, equal.err, equal.out.split('\n')[0]], [0, '', 'Equal.']);
  const different = await chatferry(['diff', 'a', 'c', '--quiet', '-o', 'd.ndjson'], home);
  t.deepEqual([different.code, different.out], [1, 'Different: 0 added, 0 removed, 1 changed.\n']);
  t.is((await readFile(join(home, 'd.ndjson'), 'utf8')).split('\n').length, 2);
  const json = await chatferry(['diff', 'a', 'c', '--json', '--ignore', 'tblConfig, tblNode.nodeName'], home);
  const summary = JSON.parse(json.out);
  t.is(json.code, 0);
  t.like(summary, {
    verdict: 'Equal.',
    exitCode: 0,
    compared: 'export',
    differences: { added: 0, removed: 0, changed: 0 },
    ignored: { columns: ['tblConfig', 'tblNode.nodeName'], lineEnds: false },
  });
  t.deepEqual(summary.records.tblChat, {
    added: 0,
    after: 30,
    before: 30,
    changed: 0,
    equal: 30,
    fields: {},
    removed: 0,
  });
  const failed = await chatferry(['diff', 'a', 'nowhere', '-o', 'e.ndjson'], home);
  t.is(failed.code, 2);
  t.is(
    failed.err,
    'Could not finish: nowhere does not exist.\nName an export, a package ZIP or a handoff folder.\n',
  );
  t.is((await chatferry(['diff', 'a'], home)).code, 2);
  t.deepEqual((await readdir(home)).sort(), ['a', 'b', 'c', 'd.ndjson', 'temporary']);
  t.deepEqual(await readdir(join(home, 'temporary')), []);
});
