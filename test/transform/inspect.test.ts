import { Buffer } from 'node:buffer';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ByteSink, readRowWindows, TextValue, XmlScanner } from '@chatferry/export';
import { canonicalJson, DEFAULT_LAYOUT } from '@chatferry/import';
import {
  DEFAULT_OPTIONS,
  type ExportInventory,
  inspectExport,
  inventoryHtml,
  inventoryText,
  runTransform,
} from '@chatferry/transform';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { addInspectCommand } from '../../packages/transform/dist/commands/inspect.js';
import { MessageCounts } from '../../packages/transform/dist/inspect/message-counts.js';
import { MUST_DECODE, quickLength } from '../../packages/transform/dist/inspect/quick-length.js';
import { YearOfTicks } from '../../packages/transform/dist/inspect/year-of-ticks.js';
import { type Choices, choicesFrom, fuzzRuns, tapes } from '../support/choices.js';
import { cellOf, type ExportModel, rowsOf, ticksOf } from '../support/export-model.js';
import { deliveredText, SHAPE_NAMES } from '../support/export-shapes.js';
import { documentOf } from '../support/rows-read.js';
import { sampleModel, smallModel } from '../support/sample-model.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { FIXTURES } from '../support/write-fixtures.js';

const SAMPLE = join(FIXTURES, 'sample');

function inspect(exportPath: string): Promise<ExportInventory> {
  return inspectExport({ exportPath, progress: () => undefined });
}

/** An export in one file of its own folder, its rows as elements with attributes. */
async function exported(t: ExecutionContext, rows: readonly string[]): Promise<string> {
  const path = temporaryFolder(t);
  await writeFile(join(path, 'groupchat.xml'), `<root>${rows.join('\n')}</root>`);
  return path;
}

const TEXT_COLUMNS = ['content', 'rtf'];

function textBytes(model: ExportModel, delivered: (text: string) => string): number {
  return rowsOf(model, 'tblChat')
    .flatMap((row) => TEXT_COLUMNS.map((column) => cellOf(row, column)))
    .filter((cell) => cell !== null)
    .reduce<number>((sum, cell) => sum + Buffer.byteLength(delivered(String(cell))), 0);
}

test('the sample: what is in it, and that nothing blocks', async (t) => {
  const model = sampleModel();
  const inventory = await inspect(SAMPLE);
  t.deepEqual(inventory.verdict, {
    exitCode: 0,
    sentence: 'Nothing in the directory blocks a migration.',
  });
  t.is(inventory.directoryRules, 'run');
  const chat = rowsOf(model, 'tblChat');
  const dates = chat.map((row) => BigInt(cellOf(row, 'chatDate') ?? 0)).sort((a, b) => (a < b ? -1 : 1));
  const { messages } = inventory;
  t.is(messages.messages, chat.length);
  t.is(messages.textBytes, textBytes(model, String));
  t.deepEqual(messages.years, [{ year: 2009, messages: 400 }]);
  t.is(messages.first, '2009-02-03T01:30:20.6331317Z');
  t.is(dates[0], ticksOf('2009-02-03T01:30:20Z', 6_331_317n));
  t.is(messages.alerts, chat.filter((row) => row.isAlert === true).length);
  t.is(messages.stories, 3);
  t.deepEqual(messages.fileLinks, { messages: 3, links: 3 });
  t.deepEqual(messages.roomLinks, { messages: 3 });
  t.deepEqual(
    messages.oddCharacters.forbidden.map(({ codePoint }) => codePoint),
    ['U+0000', 'U+0001', 'U+000B', 'U+FFFE'],
  );
  t.is(messages.oddCharacters.messagesWithRawReturns, 0);
  t.deepEqual([messages.isSorted, messages.duplicates, messages.withoutRoom.length], [true, 0, 0]);

  t.is(inventory.rooms.length, 30);
  for (const room of inventory.rooms) {
    const own = chat.filter((row) => row.channelID === room.id);
    t.is(room.messages, own.length, room.name);
    t.deepEqual(room.years, own.length === 0 ? [] : [{ year: 2009, messages: own.length }]);
  }
  const watch = inventory.rooms.find(({ id }) => id === 20);
  t.like(watch, { name: 'Night watch', members: 4, managers: 3, presenters: 0, state: 'changed' });
  t.like(
    inventory.rooms.find(({ id }) => id === 36),
    { isDisabled: true, state: 'excluded' },
  );
  t.deepEqual(
    inventory.categories.slice(0, 4).map(({ name, depth, rooms }) => [name, depth, rooms]),
    [
      ['Contoso', 0, 2],
      ['Operations', 1, 4],
      ['Shifts', 2, 2],
      ['Night', 3, 1],
    ],
  );
  t.is(inventory.categories.find(({ id }) => id === 4)?.targetName, 'Operations_Shifts_Night');
  t.deepEqual(
    inventory.principals.map(({ type, principals, disabled }) => [type, principals, disabled]),
    [
      [4, 1, 0],
      [5, 29, 3],
      [7, 2, 0],
      [8, 2, 0],
      [9, 3, 0],
      [10, 2, 0],
      [11, 1, 0],
    ],
  );
});

for (const shape of SHAPE_NAMES) {
  test(`shape ${shape}: the same inventory, whatever the order of tables`, async (t) => {
    const model = smallModel();
    const inventory = await inspect(join(FIXTURES, 'shapes', shape));
    t.is(inventory.verdict.exitCode, 0);
    t.deepEqual(
      inventory.tables.map(({ name, rows, damaged }) => [name, rows, damaged]),
      [...model.values()].map(({ name, rows }) => [name, rows.length, 0]).sort(),
    );
    t.deepEqual(
      inventory.tables.flatMap(({ unknownColumns }) => unknownColumns.map(({ name }) => name)),
      ['Cost Centre'],
    );
    t.is(
      inventory.messages.textBytes,
      textBytes(model, (text) => deliveredText(shape, text)),
    );
    t.is(inventory.messages.rtf, 2);
    t.regex(shapeOf(inventory), EXPECTED_SHAPES.find(([prefix]) => shape.startsWith(prefix))?.[1] ?? /^$/);
    const words = shapeOf(inventory);
    t.is(words.includes('no root element'), shape.endsWith('-fragment') || shape === 'utf-16le-bare', words);
    t.is(words.includes('inline schema'), /schema/.test(shape), words);
    t.is(words.includes('xsi:nil'), /xsinil|export-script/.test(shape), words);
  });
}

/** By the beginning of the shape's name, the first that fits. */
const EXPECTED_SHAPES: readonly (readonly [string, RegExp])[] = [
  ['datatable-schema', /^DataSet\.WriteXml, .*columns as elements/],
  ['datatable', /^DataTable\.WriteXml, .*columns as elements/],
  ['dataset-attributes', /^DataSet\.WriteXml, .*columns as attributes/],
  ['dataset', /^DataSet\.WriteXml, rows named "tblChat", columns as elements/],
  ['diffgram', /^DiffGram, .*columns as elements/],
  ['export-script', /^Export-GroupChat\.ps1, .*columns as elements, root "GroupChat"/],
  ['path-keys-as-attributes', /^FOR XML, .*columns as attributes and elements/],
  ['auto-dbo-', /^FOR XML, rows named "dbo\.tbl/],
  ['raw-named-', /^FOR XML, rows named "tbl/],
  ['raw-attributes', /^FOR XML, rows named "row", columns as attributes/],
  ['xmlschema-auto', /^FOR XML, .*columns as elements/],
  ['raw-', /^FOR XML, rows named "row"/],
  ['', /^FOR XML/],
];

function shapeOf({ documents }: ExportInventory): string {
  return documents.find(({ shape }) => shape !== 'no row at its beginning')?.shape ?? '';
}

const DIRECTORY = [
  '<tblNode nodeID="1" nodeGuid="00000000-0000-4000-8000-000000000001" parentID="1" nodeType="1" nodeName="Root" disabled="0" behavior="4"/>',
  '<tblNode nodeID="2" nodeGuid="00000000-0000-4000-8000-000000000002" parentID="1" nodeType="1" nodeName="Ops" disabled="0" behavior="4"/>',
  '<tblNode nodeID="3" nodeGuid="00000000-0000-4000-8000-000000000003" parentID="2" nodeType="0" nodeName="Live" disabled="0" behavior="4" visibility="3"/>',
  '<tblNode nodeID="4" nodeGuid="00000000-0000-4000-8000-000000000004" parentID="2" nodeType="0" nodeName="Closed" disabled="1" behavior="4" visibility="3"/>',
  '<tblPrincipal prinID="5" prinGuid="00000000-0000-4000-8000-000000000005" prinUri="sip:ann@contoso.example" prinName="Ann" prinADPath="CN=Ann,DC=contoso,DC=example" prinDisabled="0" prinTypeID="5"/>',
  '<tblPrincipal prinID="6" prinGuid="00000000-0000-4000-8000-000000000006" prinUri="sip:bo@contoso.example" prinName="Bo" prinADPath="CN=Bo,DC=contoso,DC=example" prinDisabled="0" prinTypeID="99"/>',
  '<tblRoleType rtypeID="1" rtypeDesc="Member"/>',
  '<tblPrincipalRole prinRoleNodeID="3" prinRolePrinID="5" prinRoleTypeID="1"/>',
  '<tblScopePrincipal scopeNodeID="1" scopePrinID="5"/>',
  '<tblPrincipalAffiliations principalID="5" affiliationID="5" index="-1"/>',
  '<tblLastChatId nodeID="3" lastChatID="99"/>',
];
const TICKS = ticksOf('2010-03-04T05:06:07Z');

function chat(room: number | string, id: number, more: Readonly<Record<string, string>> = {}): string {
  const columns = { chatDate: String(TICKS), userId: '5', isAlert: '0', content: 'hello', ...more };
  const attributes = Object.entries(columns).map(([name, value]) =>
    value === '' ? '' : ` ${name}="${value}"`,
  );
  return `<tblChat channelID="${room}" chatID="${id}"${attributes.join('')}/>`;
}

const TROUBLE = [
  chat(3, 1),
  chat(3, 1),
  chat(3, 1, { content: 'another' }),
  chat(3, 2, { userId: '77' }),
  chat(3, 3, { userId: '77' }),
  chat(3, 4, { userId: '6' }),
  chat(3, 5, { chatDate: '0' }),
  chat(3, 6, { chatDate: String(ticksOf('1994-12-31T23:59:59Z', 9_999_999n)) }),
  chat(3, 7, { content: '' }),
  chat(3, 8, { content: 'a&#x1;b&#x1;' }),
  chat(3, 9, { content: 'a&#xD800;b' }),
  chat(3, 10, { isAlert: 'maybe' }),
  chat(3, 11, { content: '&#109;a-filelink:x y' }),
  chat(4, 1, { userId: '78', content: '' }),
  chat(8, 1),
];

test('inspect names the conditions of messages that transform refuses, changes or carries', async (t) => {
  const path = await exported(t, [...DIRECTORY, ...TROUBLE]);
  const inventory = await inspect(path);
  const told = inventory.readiness.map(({ rule, severity }) => `${severity} ${rule}`);
  const run = await runTransform({
    exportPath: path,
    handoffPath: join(temporaryFolder(t), 'handoff'),
    options: DEFAULT_OPTIONS,
    layout: DEFAULT_LAYOUT,
    isDryRun: true,
    replace: false,
    isStrict: false,
    notice: () => undefined,
    progress: () => undefined,
  });
  /** Of these transform tells, but they neither block nor change anything; inspect counts them. */
  const counted = new Set(['message-file-link', 'message-date-out-of-order']);
  const rules = run.findings.filter(({ rule }) => !counted.has(rule));
  t.deepEqual(
    told,
    rules.map(({ rule, severity }) => `${severity} ${rule}`),
  );
  t.is(inventory.verdict.exitCode, 1);
  t.is(
    inventory.verdict.sentence,
    '7 conditions would block a migration: message-author-missing, message-column-undecodable, ' +
      'message-content-missing, message-date-unusable, message-id-duplicate, message-room-missing, principal-type-unknown.',
  );
  t.is(inventory.messages.fileLinks.messages, 1);
  t.is(inventory.messages.duplicates, 2);
  t.deepEqual(inventory.messages.withoutRoom, [{ channelID: 8, messages: 1, textBytes: 5 }]);
  const authors = inventory.readiness.find(({ rule }) => rule === 'message-author-missing');
  t.deepEqual(
    authors?.first.map(({ message }) => message.slice(0, message.indexOf(','))),
    ['Unexpected userId 6 on 1 message', 'Unexpected userId 77 on 2 messages'],
    'not userId 78, whose message stays behind with its room',
  );
  t.false(canonicalJson(inventory).includes('hello'));
});

test('messages before the directory give the same inventory, save places', async (t) => {
  const places = (inventory: ExportInventory): string =>
    canonicalJson({ ...inventory, documents: [] }).replace(
      /"(?:line|column)": \d+|groupchat\.xml:\d+(?::\d+)?/g,
      '',
    );
  const behind = await inspect(await exported(t, [...DIRECTORY, ...TROUBLE]));
  const before = await inspect(await exported(t, [...TROUBLE, ...DIRECTORY]));
  t.is(places(before), places(behind));
});

test('order, years, and what stands beside the tables', async (t) => {
  const inventory = await inspect(
    await exported(t, [
      ...DIRECTORY,
      chat(3, 2, { chatDate: String(ticksOf('2011-01-01T00:00:00Z')), content: 'a\r\nb' }),
      chat(3, 1, { chatDate: String(ticksOf('2010-12-31T23:59:59Z', 9_999_999n)) }),
      chat(3, 3, { chatDate: '-5' }),
      '<tblChat channelID="3" channelID="4" chatID="4"/>',
      '<Holidays day="1" name="New Year"/>',
    ]),
  );
  const { messages } = inventory;
  t.deepEqual([messages.isSorted, messages.duplicates, messages.damaged], [false, null, 1]);
  t.is(messages.unsortedAt?.record, 'message 3#1');
  t.deepEqual(messages.years, [
    { year: null, messages: 1 },
    { year: 2010, messages: 1 },
    { year: 2011, messages: 1 },
  ]);
  t.deepEqual([messages.first, messages.last], ['2010-12-31T23:59:59.9999999Z', '2011-01-01T00:00:00Z']);
  t.is(messages.oddCharacters.messagesWithRawReturns, 1);
  t.is(messages.textBytes, 13);
  t.deepEqual(
    inventory.tables.filter(({ role }) => role === 'unknown').map(({ name }) => name),
    ['Holidays'],
  );
  t.true(
    inventory.readiness.some(
      ({ rule, severity }) => rule === 'record-not-well-formed' && severity === 'error',
    ),
  );
});

test('what is missing is listed as blocking, not thrown', async (t) => {
  const noRoles = await inspect(
    await exported(
      t,
      DIRECTORY.filter((row) => !row.startsWith('<tblRoleType')),
    ),
  );
  t.is(noRoles.directoryRules, 'left out');
  t.is(noRoles.verdict.sentence, '1 condition would block a migration: table-not-exported.');
  const absent = noRoles.readiness.find(({ severity }) => severity === 'error')?.first ?? [];
  t.deepEqual(
    absent.map(({ message }) => /absence of (\w+)/.exec(message)?.[1]),
    ['tblRoleType', 'tblChat'],
  );
  t.is(noRoles.rooms.length, 2);
  t.like(noRoles.rooms[0], { name: 'Live', members: null, state: null });

  const noRoot = await inspect(await exported(t, [...DIRECTORY.slice(1), ...TROUBLE]));
  t.is(noRoot.directoryRules, 'stopped');
  t.true(noRoot.verdict.sentence.includes('root-missing'));
  t.false(noRoot.verdict.sentence.includes('message-author-missing'));
  t.is(noRoot.nodesOutsideTree.length, 3);
  t.deepEqual(noRoot.categories, []);

  await t.throwsAsync(inspect(join(FIXTURES, 'refuse', 'compliance.xml')), { name: 'RunFailure' });
});

test('a manifest that disagrees blocks', async (t) => {
  const path = temporaryFolder(t);
  const script = join(FIXTURES, 'shapes', 'export-script');
  for (const { name } of (await inspect(script)).documents) {
    const bytes = await readFile(join(script, name));
    await writeFile(join(path, name), name === 'tblChat.xml' ? `${bytes}\n` : bytes);
  }
  await writeFile(join(path, 'export-manifest.json'), await readFile(join(script, 'export-manifest.json')));
  const inventory = await inspect(path);
  t.is(inventory.verdict.sentence, '1 condition would block a migration: manifest-mismatch.');
  t.is(inventory.exportedOn, '2012-02-03T04:05:06Z');
});

test('the text begins with the verdict and keeps to its width', async (t) => {
  const inventory = await inspect(SAMPLE);
  for (const width of [40, 100, 160]) {
    const lines = inventoryText(inventory, width).split('\n');
    t.deepEqual(
      lines.filter((line) => line.length > width),
      [],
    );
    t.is(lines.slice(0, width === 40 ? 2 : 1).join(' '), inventory.verdict.sentence);
  }
  const text = inventoryText(inventory, 160);
  t.true(text.includes('20 Night watch'));
  t.true(text.includes('Operations (4 rooms): Closed, invitations on, history on, upload on'));
  t.is(inventoryText(await inspect(SAMPLE), 160), text);
});

test('the page stands alone and escapes what it shows', async (t) => {
  const hostile = '&lt;script&gt;alert(1)&lt;/script&gt;&amp;&#x202E;"';
  const rows = DIRECTORY.map((row) => row.replace('nodeName="Live"', `nodeName='${hostile}'`));
  const page = inventoryHtml(await inspect(await exported(t, [...rows, ...TROUBLE])));
  t.true(page.includes(`content="default-src 'none'; style-src 'unsafe-inline'"`));
  t.true(page.includes('&lt;script&gt;alert(1)&lt;/script&gt;&amp;'));
  t.notRegex(page, /<script|javascript:|\bsrc=|\bhref=|https?:|\u202e/i);
  t.false(page.includes('hello'));
});

test.serial('the command ends with the exit code of its verdict and writes the page', async (t) => {
  const require = createRequire(new URL('../../packages/transform/package.json', import.meta.url));
  const { Command } = require('commander') as { Command: new () => Parameters<typeof addInspectCommand>[0] };
  const lines: string[] = [];
  const { log } = console;
  t.teardown(() => {
    console.log = log;
  });
  console.log = (line: string) => void lines.push(line);
  const run = async (...args: string[]): Promise<number> => {
    let exitCode = 2;
    const program = new Command();
    addInspectCommand(program, (code) => {
      exitCode = code;
    });
    await program.parseAsync(['node', 'chatferry', 'inspect', '--quiet', ...args]);
    return exitCode;
  };
  const page = join(temporaryFolder(t), 'inventory.html');
  t.is(await run(SAMPLE, '--html', page), 0);
  t.true((await readFile(page, 'utf8')).startsWith('<!DOCTYPE html>'));
  t.is(await run(await exported(t, DIRECTORY)), 1);
  t.is(await run(SAMPLE, '--json'), 0);
  t.deepEqual(lines.slice(0, 2), [
    'Nothing in the directory blocks a migration.',
    '2 conditions would block a migration: principal-type-unknown, table-not-exported.',
  ]);
  t.is(lines[2], canonicalJson(await inspect(SAMPLE)).trimEnd());
  await t.throwsAsync(run(join(SAMPLE, 'nothing')), { name: 'RunFailure', message: /nothing/ });
  await t.throwsAsync(run(SAMPLE, '--html', SAMPLE), { name: 'RunFailure', message: /cannot be written/ });
});

const PIECE = fc.constantFrom(
  ...['a', ' ', 'é', '漢', '🚀', '\t', '\n', '\r', '\r\n', '&amp;', '&lt;', '&gt;', '&quot;', '&apos;', ']'],
  ...['&#xD;', '&#xA;', '&#x9;', '&#13;', '&#0010;', '&#x00D;', '&#65;', '&#x6D;', '&#xe9;', '&#x1F680;'],
  ...['&#1;', '&#xD83D;&#xDE00;'],
);

for (const form of ['element', 'attribute', 'cdata'] as const) {
  test(`quickLength of ${form} text is the length of its decoded form, or none`, (t) => {
    fc.assert(
      fc.property(fc.array(PIECE, { maxLength: 12 }), (pieces) => {
        const value = scanned(pieces.join(''), form);
        const sink = new ByteSink(16);
        value.appendDecoded(sink);
        const quick = quickLength(value);
        if (quick !== MUST_DECODE) t.is(quick, sink.length);
        const isOdd = form !== 'cdata' && /&#(?:65|x6D|xe9|x1F680|1|xD83D);/.test(pieces.join(''));
        t.is(quick === MUST_DECODE, isOdd);
      }),
    );
  });
}

function scanned(text: string, form: 'element' | 'attribute' | 'cdata'): TextValue {
  const scanner = new XmlScanner({ file: 'x', forbidden: 'report' });
  const documents = {
    element: `<a>${text}</a>`,
    attribute: `<a b="${text}"/>`,
    cdata: `<a><![CDATA[${text}]]></a>`,
  };
  scanner.push(Buffer.from(documents[form]));
  scanner.finish();
  const value = new TextValue();
  scanner.next();
  if (form === 'attribute') scanner.attributeValue(0, value);
  else if (text !== '') {
    scanner.next();
    scanner.textValue(value);
  }
  return value;
}

test('years change at their first tick, and dates are judged as the rule does', (t) => {
  const dates = new YearOfTicks(ticksOf('2012-06-01T00:00:00Z'));
  const judged = (ticks: bigint) => [dates.take(ticks), dates.year];
  t.deepEqual(judged(ticksOf('2011-01-01T00:00:00Z')), ['credible', 2011]);
  t.deepEqual(judged(ticksOf('2011-01-01T00:00:00Z') - 1n), ['credible', 2010]);
  t.deepEqual(judged(ticksOf('2012-06-01T00:00:00Z')), ['credible', 2012]);
  t.deepEqual(judged(ticksOf('2012-06-01T00:00:00Z') + 1n), ['incredible', 2012]);
  t.deepEqual(judged(ticksOf('1995-01-01T00:00:00Z')), ['credible', 1995]);
  t.deepEqual(judged(ticksOf('1995-01-01T00:00:00Z') - 1n), ['incredible', 1994]);
  t.deepEqual(judged(0n), ['unusable', null]);
  t.deepEqual(judged(1n), ['incredible', 1]);
  t.deepEqual(judged(3_155_378_975_999_999_999n), ['incredible', 9999]);
  t.deepEqual(judged(3_155_378_976_000_000_000n), ['unusable', null]);
});

const MARKERS = ['[STORY]', 'ma-chan:', 'ma-filelink:'];
const TEXT_PIECES = [
  '',
  'Good evening',
  ...MARKERS,
  'ma-chan',
  'a-filelink:',
  '[STORY',
  ']',
  '&#91;STORY]',
  '&amp;',
  'y'.repeat(300),
];

function markedRow(id: number, random: Choices): string {
  const columns = `channelID="1" chatID="${id}" chatDate="633482073409535482" userId="7" isAlert="0"`;
  const text = random.several(0, 3, () => random.pick(TEXT_PIECES));
  return random.pick([
    `<tblChat ${columns} content="${text}"/>\n`,
    `<tblChat ${columns}><content>${text}</content></tblChat>`,
    `<tblChat ${columns}><content><![CDATA[${text}]]></content></tblChat>`,
  ]);
}

test('stories and links are counted as a search of each text finds them, however the bytes come', async (t) => {
  let found = 0;
  await fc.assert(
    fc.asyncProperty(tapes, async (tape) => {
      const random = choicesFrom(tape);
      const rows = Array.from({ length: 2 + random.below(60) }, (_, i) => markedRow(i + 1, random));
      const document = Buffer.from(`<root>${rows.join('')}</root>`);
      const chunks: Buffer[] = [];
      for (let at = 0; at < document.length; ) {
        const size = random.pick([document.length, 60, 700, 5000]);
        chunks.push(document.subarray(at, at + size));
        at += size;
      }
      const counts = new MessageCounts(new Set([7]), null);
      const expected = MARKERS.map(() => 0);
      for await (const window of readRowWindows(documentOf(chunks))) {
        const { chat } = window.reader;
        counts.beginWindow(window.windowId);
        for (const token of window.rows) {
          t.is(token, 'chat');
          const text = String(chat.content);
          MARKERS.forEach((marker, i) => {
            expected[i] = (expected[i] ?? 0) + Number(text.includes(marker));
          });
          counts.take(chat);
        }
        counts.endWindow();
      }
      t.deepEqual([counts.stories, counts.roomLinkMessages, counts.fileLinkMessages], expected);
      found += expected.reduce((sum, one) => sum + one, 0);
    }),
    { ...fuzzRuns(150), endOnFailure: true },
  );
  t.true(found > 500, String(found));
});

test('what was searched clears neither another buffer nor what stands before it', async (t) => {
  const counts = new MessageCounts(new Set([7]), null);
  const document = Buffer.from(`<root>${markedRow(1, choicesFrom([0, 0, 0]))}</root>`);
  for await (const window of readRowWindows(documentOf([document]))) {
    const { chat } = window.reader;
    counts.beginWindow(window.windowId);
    for (const _ of window.rows) {
      const take = (bytes: Buffer, start: number, end: number): void => {
        const content = new TextValue();
        content.set(bytes, start, end, 'element', 0);
        counts.take(Object.create(chat, { content: { value: content }, place: { value: chat.place } }));
      };
      const clear = Buffer.from(`[STORY]${'.'.repeat(500)}`);
      take(clear, 100, 200);
      take(clear, 200, 300);
      t.is(counts.stories, 0);
      take(clear, 0, 50);
      t.is(counts.stories, 1);
      take(clear, 100, 200);
      take(Buffer.from(`${'.'.repeat(100)}[STORY]${'.'.repeat(400)}`), 100, 200);
      t.is(counts.stories, 2);
    }
    counts.endWindow();
  }
});
