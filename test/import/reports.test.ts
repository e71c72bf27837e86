import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Severity } from '@chatferry/export';
import {
  BlockFile,
  CsvFile,
  canonicalJson,
  FileLinkWriter,
  type FindingGroup,
  FindingSink,
  fileLinksOf,
  folded,
  importPackageScript,
  junitXml,
  layoutSentence,
  markdownReport,
  type RunbookFacts,
  runbookMarkdown,
  summaryJson,
  textReport,
  verdictOf,
  visible,
} from '@chatferry/import';
import { Ajv2020 } from 'ajv/dist/2020.js';
import test from 'ava';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { powershellCode } from '../support/powershell-code.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { ASSUMED, CONFIRMED, finding, group, NOT_CONFIRMED, pageOf, run, SHA } from './support/report-run.js';

// The verdict

test('the exit code for every mix of severities, balance and failure', (t) => {
  const severities: Severity[] = ['error', 'warning', 'note'];
  for (let mix = 0; mix < 32; mix++) {
    const findings = severities.filter((_, bit) => (mix & (1 << bit)) !== 0).map((each) => group(each));
    const imbalances = (mix & 8) === 0 ? [] : ['tblNode: read 2, but carried 1'];
    const failure = (mix & 16) === 0 ? null : { message: 'the disk is full.' };
    const { exitCode, sentence } = verdictOf({ findings, imbalances, layout: CONFIRMED, failure });
    const hasError = (mix & 1) !== 0 || (mix & 8) !== 0;
    const expected = failure !== null ? 2 : hasError ? 1 : 0;
    t.is(exitCode, expected, `mix ${mix}`);
    t.true(
      sentence.startsWith((['Ready to import.', 'NOT READY: ', 'Could not finish: '] as const)[expected]),
    );
  }
});

test('the words of the verdict', (t) => {
  const sentence = (findings: FindingGroup[], imbalances: string[] = [], layout = ASSUMED): string =>
    verdictOf({ findings, imbalances, layout, failure: null }).sentence;
  t.is(sentence([]), `Ready to import. ${NOT_CONFIRMED}`);
  t.is(sentence([group('note'), group('warning')], [], CONFIRMED as never), 'Ready to import.');
  t.is(sentence([group('error')]), 'NOT READY: 1 error finding.');
  t.is(sentence([group('error', 2), group('error', 3)]), 'NOT READY: 5 error findings.');
  t.is(sentence([], ['x']), 'NOT READY: the ledger does not balance.');
  t.is(sentence([group('error')], ['x']), 'NOT READY: 1 error finding, and the ledger does not balance.');
  const failure = { message: 'Cannot write out: no space.' };
  const failed = verdictOf({ findings: [group('error')], imbalances: ['x'], layout: ASSUMED, failure });
  t.deepEqual(failed, { exitCode: 2, sentence: 'Could not finish: Cannot write out: no space.' });
});

test('the layout sentence is honest for every kind of layout', (t) => {
  t.is(layoutSentence(ASSUMED), NOT_CONFIRMED);
  t.is(layoutSentence({ ...CONFIRMED, assumedPaths: 1 }), NOT_CONFIRMED);
  t.is(layoutSentence(CONFIRMED), `Layout confirmed against ${SHA}.`);
  t.is(layoutSentence({ ...ASSUMED, assumedPaths: 0 }), 'Layout pool-2013: every path in use is published.');
});

// Findings

test('findings.ndjson and findings.csv hold every finding, and the groups the first 20', (t) => {
  const base = temporaryFolder(t);
  const paths = { ndjson: join(base, 'findings.ndjson'), csv: join(base, 'findings.csv') };
  const sink = new FindingSink(paths);
  const { report } = sink;
  for (let i = 0; i < 300; i++) report(finding({ message: `message ${i}` }));
  report(finding({ severity: 'error', place: null, seen: 'a', expected: 'b', did: 'c', remedy: 'd' }));
  report(finding({ rule: 'a-rule', severity: 'note' }));
  report(finding({ rule: 'b-rule', severity: 'note' }));
  sink.close();
  const lines = readFileSync(paths.ndjson, 'utf8').trimEnd().split('\n');
  t.is(lines.length, 303);
  t.deepEqual(JSON.parse(lines[299] as string), finding({ message: 'message 299' }));
  t.is(
    lines[300],
    '{"did":"c","expected":"b","message":"Unexpected backslash in the name of node 5, expected none; did replace it.","place":null,"remedy":"d","rule":"name-unusable","seen":"a","severity":"error"}',
  );
  const rows: Record<string, string>[] = parse(readFileSync(paths.csv), { bom: true, columns: true });
  t.is(rows.length, 303);
  t.like(rows[299], {
    severity: 'warning',
    file: 'tblNode.xml',
    line: '3',
    column: '9',
    message: 'message 299',
  });
  t.like(rows[300], { file: '', line: '', record: '', seen: 'a', expected: 'b', did: 'c', remedy: 'd' });
  t.deepEqual(
    sink.summary().map(({ rule, severity, count, first }) => [severity, rule, count, first.length]),
    [
      ['error', 'name-unusable', 1, 1],
      ['warning', 'name-unusable', 300, 20],
      ['note', 'a-rule', 1, 1],
      ['note', 'b-rule', 1, 1],
    ],
  );
  t.is(sink.summary()[1]?.first[19]?.message, 'message 19');
});

test('a row of plain cells is written as the same cells are beside one that must be quoted', (t) => {
  const folder = temporaryFolder(t);
  const piece = fc.constantFrom(
    ...['a', 'Ü', '7', ' ', ',', '"', ';', '=', '+', '-', '@', '|', "'", '.', 'ש'],
    ...['\u0301', '\uff1d', '\u202e', '\r\n', '\t', '\ud800'],
  );
  const cell = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
  const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 300 });
  let files = 0;
  const written = (all: readonly (readonly string[])[]): string => {
    const path = join(folder, `${files++}.csv`);
    const file = new CsvFile(path, ['head']);
    for (const row of all) file.row(row);
    file.close();
    return readFileSync(path, 'utf8');
  };
  const check = fc.property(rows, (all) => {
    const quoted = written(all.map((row) => [...row, '"']));
    t.is(written(all), quoted.replaceAll(',""""\r\n', '\r\n'));
  });
  fc.assert(check, { numRuns: 200 });
});

test('findings.csv reads back as it is shown, whatever the cells, and no cell is a formula', (t) => {
  const base = temporaryFolder(t);
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      '=1+1',
      '+1',
      '-1',
      '@x',
      '\tx',
      '\rx',
      'a"b',
      'a,b',
      'a\r\nb',
      'a\nb',
      ' a ',
      '\u001b[2J',
      '\u202eb',
    ),
  );
  const check = fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (messages) => {
    const csv = join(base, 'findings.csv');
    const sink = new FindingSink({ ndjson: null, csv });
    for (const message of messages) sink.report(finding({ message }));
    sink.close();
    const bytes = readFileSync(csv);
    t.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
    t.true(bytes.subarray(-2).equals(Buffer.from('\r\n')));
    const rows: Record<string, string>[] = parse(bytes, {
      bom: true,
      columns: true,
      record_delimiter: '\r\n',
    });
    const expected = messages
      .map(visible)
      .map((message) => (/^[=+\-@\uff0b\uff0d\uff1d\uff20]/.test(message) ? `'${message}` : message));
    t.deepEqual(
      rows.map((row) => row.message),
      expected,
    );
  });
  fc.assert(check, { numRuns: 100 });
});

test('a sink rewinds to its mark, in files and in groups', (t) => {
  const base = temporaryFolder(t);
  const paths = { ndjson: join(base, 'findings.ndjson'), csv: join(base, 'findings.csv') };
  const sink = new FindingSink(paths);
  for (let i = 0; i < 5; i++) sink.report(finding({ message: 'kept' }));
  const mark = sink.mark();
  for (let i = 0; i < 1_000; i++) sink.report(finding({ message: 'forgotten' }));
  sink.report(finding({ severity: 'error' }));
  sink.rewind(mark);
  sink.report(finding({ message: 'after' }));
  sink.close();
  t.deepEqual(
    sink.summary().map(({ severity, count }) => [severity, count]),
    [['warning', 6]],
  );
  const messages = ['kept', 'kept', 'kept', 'kept', 'kept', 'after'];
  t.deepEqual(
    sink.summary()[0]?.first.map(({ message }) => message),
    messages,
  );
  const rows: Record<string, string>[] = parse(readFileSync(paths.csv), { bom: true, columns: true });
  t.deepEqual(
    rows.map((row) => row.message),
    messages,
  );
  t.is(readFileSync(paths.ndjson, 'utf8').split('\n').length, 7);
});

test('a sink without files and one that cannot write says what to do', (t) => {
  const sink = new FindingSink({ ndjson: null, csv: null });
  sink.report(finding());
  sink.rewind(sink.mark());
  sink.close();
  t.is(sink.summary()[0]?.count, 1);
  const error = t.throws(() => new FindingSink({ ndjson: join(temporaryFolder(t), 'no', 'x'), csv: null }));
  t.like(error, { name: 'RunFailure', code: 'output-unwritable' });
  const full = new BlockFile('/dev/full');
  full.append('x'.repeat(10));
  t.like(
    t.throws(() => full.close()),
    { code: 'output-unwritable' },
  );
});

test('a block file holds what was appended, across blocks and in UTF-8', (t) => {
  const path = join(temporaryFolder(t), 'lines.txt');
  const pieces = ['a', 'é'.repeat(30_000), '', '😀'.repeat(40_000), 'b\n'.repeat(50_000), 'end'];
  const file = new BlockFile(path);
  for (const piece of pieces) file.append(piece);
  t.is(file.position, Buffer.byteLength(pieces.join('')));
  file.close();
  t.is(readFileSync(path, 'utf8'), pieces.join(''));
});

test('file links: what stands after ma-filelink: up to a blank, a quotation mark or a tag', (t) => {
  t.deepEqual(fileLinksOf('see ma-filelink://pool/a.docx and "MA-FILELINK:b%20c.txt"<br>'), [
    '//pool/a.docx',
    'b%20c.txt',
  ]);
  t.deepEqual(fileLinksOf("ma-filelink:x<y ma-filelink:z'q ma-filelink:"), ['x', 'z', '']);
  t.deepEqual(fileLinksOf('ma-file:nothing'), []);
  const path = join(temporaryFolder(t), 'files-to-copy.csv');
  const writer = new FileLinkWriter(path);
  const place = { roomGuid: 'g', roomName: '=Room, "one"', messageId: 9_007_199_254_740_993n };
  t.is(writer.message(place, 'ma-filelink:a ma-filelink:b secret words'), 2);
  const mark = writer.mark();
  writer.message(place, 'ma-filelink:forgotten');
  writer.rewind(mark);
  t.is(writer.message(place, 'none'), 0);
  writer.close();
  t.is(
    readFileSync(path, 'utf8'),
    '\ufeffroom guid,room name,message id,link\r\n' +
      'g,"\'=Room, ""one""",9007199254740993,a\r\ng,"\'=Room, ""one""",9007199254740993,b\r\n',
  );
});

test('no cell of a CSV file steers a terminal, breaks a line or turns the direction of text', (t) => {
  const base = temporaryFolder(t);
  const hostile = 'a\u001b]0;x\u0007\u009b1m\u202eb\r\n\u2028c';
  const shown = 'a\\u{1b}]0;x\\u{7}\\u{9b}1m\\u{202e}b\\u{d}\\u{a}\\u{2028}c';
  const csv = join(base, 'findings.csv');
  const sink = new FindingSink({ ndjson: null, csv });
  sink.report(finding({ message: hostile, place: { file: hostile, line: 1, column: 1, record: hostile } }));
  sink.close();
  const links = join(base, 'files-to-copy.csv');
  const writer = new FileLinkWriter(links);
  writer.message({ roomGuid: 'g', roomName: hostile, messageId: 1n }, 'ma-filelink:a\u001bb');
  writer.close();
  for (const [path, times] of [
    [csv, 3],
    [links, 1],
  ] as const) {
    const text = readFileSync(path, 'utf8');
    t.is(text.split(shown).length - 1, times);
    t.notRegex(text.slice(1).replaceAll('\r\n', ''), /[\p{Cc}\p{Bidi_Control}\u2028]/u);
    t.is(text.split('\r\n').length, 3);
  }
});

// Canonical JSON and summary.json

test('canonical JSON: sorted keys, two blanks, LF, nothing that JSON cannot hold', (t) => {
  t.is(
    canonicalJson({ b: [1, { d: 'x\n', c: null }], '10': true, '9': [], a: {}, gone: undefined }),
    '{\n  "10": true,\n  "9": [],\n  "a": {},\n  "b": [\n    1,\n    {\n      "c": null,\n      "d": "x\\n"\n    }\n  ]\n}\n',
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      t.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
    }),
  );
  for (const impossible of [1n, Number.NaN, Number.POSITIVE_INFINITY, undefined, () => 1]) {
    t.throws(() => canonicalJson({ impossible: [impossible] }), { instanceOf: TypeError });
  }
});

const isSummary = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(
    readFileSync(new URL('../../packages/import/schemas/summary.schema.json', import.meta.url), 'utf8'),
  ),
);

const IN_PARTS = {
  package: null,
  parts: [1, 2].map((order) => ({
    name: `PersistentChatData-part-000${order}.zip`,
    sha256: SHA,
    bytes: 5_000 * order,
    entries: [{ name: 'Messages.xml', sha256: SHA, size: 999 }],
    rooms: 3,
    firstRoomId: order * 10,
    lastRoomId: order * 10 + 2,
    messages: 1_000,
  })),
};

test('a package in parts is told part by part, and in the same order everywhere', async (t) => {
  const summary = JSON.parse(summaryJson(run(IN_PARTS)));
  t.is(summary.package, null);
  t.deepEqual(
    summary.parts.map(({ name, firstRoomId }: { name: string; firstRoomId: number }) => [name, firstRoomId]),
    [
      ['PersistentChatData-part-0001.zip', 10],
      ['PersistentChatData-part-0002.zip', 20],
    ],
  );
  const text = textReport(run(IN_PARTS), { width: 130, colour: false, reportPath: null }).split('\n');
  t.true(text.includes('Package: 2 parts, 15,000 bytes; PARTS.json tells their order'));
  t.true(text.includes('  PersistentChatData-part-0002.zip, 10,000 bytes, 3 rooms, 1,000 messages'));
  const many = Array.from({ length: 13 }, () => IN_PARTS.parts[0] as (typeof IN_PARTS.parts)[0]);
  const short = textReport(run({ package: null, parts: many }), {
    width: 130,
    colour: false,
    reportPath: null,
  });
  t.true(short.includes('\n  and 3 more\n'));
  const html = await pageOf(run(IN_PARTS));
  t.true(html.includes('PersistentChatData-part-0001.zip: Messages.xml'));
  t.true(html.indexOf('part-0001.zip') < html.indexOf('part-0002.zip'));
});

/** A message as handoffs of before have it. */
const OLD_SAMPLED = { contentSha256: SHA, id: '7', roomGuid: 'x' };

const CHANGED = run({
  sample: {
    seed: 'x',
    of: 1,
    messages: (run().sample?.messages ?? []).map((message) => ({
      ...message,
      content: { ...message.content, text: 'personal' },
      changedBy: 'principal-duplicate',
      changedFields: ['author'],
      place: { file: 'tbl|Chat.xml', line: 7, column: 3, record: 'message 40#9' },
      source: {
        authorId: 9,
        author: 'x',
        content: { bytes: 9, sha256: SHA, text: 'personal too' },
        rtf: null,
      },
    })),
  },
});

test('summary.json and report.md tell what became of each message of the sample, and never its text', (t) => {
  const { sample } = JSON.parse(summaryJson(CHANGED));
  t.deepEqual(sample.messages, [
    {
      changedBy: 'principal-duplicate',
      changedFields: ['author'],
      contentSha256: SHA,
      id: '9007199254740993',
      place: { column: 3, file: 'tbl|Chat.xml', line: 7 },
      roomGuid: '0b5e3f52-7a55-4f0e-9d5c-2b7f0a9e6c11',
      roomId: 40,
    },
  ]);
  const before = { ...JSON.parse(summaryJson(run())), sample: { seed: '', of: 9, messages: [OLD_SAMPLED] } };
  t.true(isSummary(before), JSON.stringify(isSummary.errors));
  const told = markdownReport(CHANGED);
  t.true(told.includes('| `40#9007199254740993` |'));
  t.true(told.includes('| changed by `principal-duplicate`: author | `tbl\\|Chat.xml:7:3` | 41 |'));
  t.true(told.includes('`chatferry trace 40#9007199254740993 --handoff handoff --export export`'));
  t.true(markdownReport(run()).includes('| carried as it was |  | 41 |'));
  for (const report of [told, summaryJson(CHANGED), junitXml(CHANGED)]) t.false(report.includes('personal'));
});

test('summary.json follows its schema, and the schema refuses other shapes', (t) => {
  const bare = run({
    package: null,
    ledger: null,
    inputs: [],
    findings: [],
    options: [],
    date: '2020-01-01T00:00:00Z',
  });
  const crc32 = 5;
  const richer = run({
    package: {
      name: 'x.zip',
      sha256: SHA,
      bytes: 1,
      entries: [{ name: 'a', sha256: SHA, size: 1, crc32 } as never],
    },
  });
  const { access: _, ...unheld } = run();
  for (const each of [run(), bare, richer, run({ layout: CONFIRMED }), run(IN_PARTS), CHANGED, unheld]) {
    t.true(isSummary(JSON.parse(summaryJson(each))), JSON.stringify(isSummary.errors));
  }
  const sound = JSON.parse(summaryJson(run())) as Record<string, unknown>;
  t.deepEqual(sound.access, { added: 2, leftBehind: 5, lost: 1_234, rows: 5_678 });
  t.false('access' in JSON.parse(summaryJson(unheld)));
  const { verdict: __, ...silent } = sound;
  for (const [wrong, path] of [
    [silent, ''],
    [{ ...sound, exitCode: 3 }, '/exitCode'],
    [{ ...sound, text: 'x' }, ''],
    [{ ...sound, access: { added: 2, lost: 1 } }, '/access'],
    [{ ...sound, sample: { seed: '', of: 1, messages: [{ ...OLD_SAMPLED, text: 'x' }] } }, '/sample'],
    [{ ...sound, inputs: [{ name: 'a', bytes: -1, sha256: SHA }] }, '/inputs/0/bytes'],
    [{ ...sound, inputs: [{ name: 'a', bytes: 1, sha256: 'x' }] }, '/inputs/0/sha256'],
    [
      { ...sound, messagesByMonth: [{ month: 'May', read: 1, written: 1, excluded: 0, refused: 0 }] },
      '/messagesByMonth/0/month',
    ],
  ] as const) {
    t.false(isSummary(wrong));
    t.is(isSummary.errors?.[0]?.instancePath, path);
  }
});

test('summary.json says what the verdict rests on', (t) => {
  const summary = JSON.parse(summaryJson(run()));
  t.like(summary, {
    verdict: `Ready to import. ${NOT_CONFIRMED}`,
    exitCode: 0,
    layout: { sentence: NOT_CONFIRMED },
    counts: {
      tables: { tblChat: { read: 1_234_567, written: 1_234_564 } },
      rooms: { read: 1, withMessages: 1 },
      messageTextBytes: { read: 500_025, altered: 8, excluded: 20, refused: 5, written: 500_008 },
    },
    findings: { error: 25, warning: 1, note: 0 },
    decidedOptions: [{ name: 'separator', value: ' - ', default: '_' }],
    sample: { seed: 'seed 1', of: 1_234_564 },
  });
  t.deepEqual(summary.messagesByMonth[0], {
    month: '2010-09',
    read: 1_000_000,
    written: 999_998,
    excluded: 2,
    refused: 0,
  });
  t.is(summary.decidedOptions.length, 1);
  t.is(summaryJson(run()), summaryJson(structuredClone(run())));
});

// Text

test('the text report: verdict first, then findings with remedies, and where the report lies', (t) => {
  const text = textReport(run(), { width: 130, colour: false, reportPath: 'out/data/report.html' });
  const lines = text.split('\n');
  t.is(lines[0], `Ready to import. ${NOT_CONFIRMED}`);
  t.true(lines.includes('records       read    carried  changed  excluded  refused    written'));
  t.true(lines.includes('tblChat  1,234,567  1,234,560        4         2        1  1,234,564'));
  t.true(lines.includes('sum      1,234,579  1,234,572        4         2        1  1,234,576'));
  t.true(lines.includes('messages    500,025        8        20        5  500,008'));
  t.true(lines.includes('  separator: " - " (default "_")'));
  t.true(lines.includes('Findings: 25 errors, 1 warning, 0 notes'));
  t.true(lines.includes('Error role-out-of-scope: 25'));
  t.true(lines.includes('  tblNode.xml:3:9 (node 5)'));
  t.true(lines.includes('  and 23 more, all in findings.csv'));
  t.is(lines.filter((line) => line === '  To do: Widen the scope in categories.csv.').length, 1);
  t.true(lines.includes('  whole export or package'));
  t.is(lines.at(-2), 'Report: out/data/report.html');
  t.false(text.includes('\u001b'));
});

test('a rule whose findings name no remedy is told with the remedy of its page', (t) => {
  const pages = { 'name-unusable': { sections: [{ title: 'Remedy', text: 'Give it a name.' }] } };
  const { findings } = run();
  const silent = findings.map((group) => ({
    ...group,
    first: group.first.map(({ remedy: _, ...rest }) => rest),
  }));
  const text = textReport(run({ findings: silent, pages }), { width: 130, colour: false, reportPath: null });
  t.deepEqual(
    text.split('\n').filter((line) => line.includes('To do:')),
    ['  To do: Give it a name.'],
  );
});

test('no line of the text report is wider than the terminal, and colour comes only when told', (t) => {
  const long = finding({
    message: `Unexpected ${'x'.repeat(300)} ${'😀'.repeat(50)} y`,
    remedy: 'word '.repeat(60),
  });
  const noisy = run({
    findings: [{ rule: 'r', severity: 'error', count: 1, first: [long] }],
    imbalances: ['tblChat: '.repeat(30)],
  });
  for (const width of [10, 40, 60, 80, 200]) {
    const lines = textReport(noisy, { width, colour: false, reportPath: `/${'p'.repeat(250)}` }).split('\n');
    t.deepEqual(
      lines.filter((line) => line.length > Math.max(width, 40)),
      [],
    );
    t.true(lines.every((line) => line.isWellFormed()));
  }
  t.regex(
    textReport(noisy, { width: 40, colour: false, reportPath: null }),
    /^tblChat records: read 1,234,567, carried\n1,234,560,/m,
  );
  const coloured = textReport(noisy, { width: 80, colour: true, reportPath: null });
  t.true(coloured.startsWith('\u001b[1;32mReady to import.'));
  t.true(coloured.includes('\u001b[1;31mError r: 1\u001b[0m'));
});

test('a verdict other than ready still says whether the layout is confirmed', async (t) => {
  const verdict = verdictOf({
    findings: [group('error')],
    imbalances: ['a: b'],
    layout: ASSUMED,
    failure: null,
  });
  const text = textReport(run({ verdict, imbalances: ['a: b'] }), {
    width: 120,
    colour: false,
    reportPath: null,
  });
  t.deepEqual(text.split('\n').slice(0, 3), [verdict.sentence, NOT_CONFIRMED, '  a: b']);
  t.true(
    (await pageOf(run({ verdict, imbalances: ['a: b'] }))).includes(
      `<p class="caveat">${NOT_CONFIRMED.replace('-WhatIf', '<span class="word">-WhatIf</span>')}</p>`,
    ),
  );
  t.false(
    textReport(run({ layout: CONFIRMED }), { width: 100, colour: false, reportPath: null }).includes(
      NOT_CONFIRMED.slice(40),
    ),
  );
});

test('names cannot steer the terminal or turn the page', (t) => {
  const message = 'a\u001b[31m\u202eb\ud800\u0085\ufeff\u2028\té😀';
  const hostile = run({
    findings: [{ rule: 'r', severity: 'warning', count: 1, first: [finding({ message })] }],
  });
  const text = textReport(hostile, { width: 80, colour: false, reportPath: '\u001b[2J' });
  t.true(text.includes('    a\\u{1b}[31m\\u{202e}b\\u{d800}\\u{85}\\u{feff}\\u{2028}\\u{9}é😀\n'));
  t.true(text.endsWith('Report: \\u{1b}[2J\n'));
});

test('a run without anything still gives reports', async (t) => {
  const bare = run({
    inputs: [],
    package: null,
    ledger: null,
    findings: [],
    categories: [],
    options: [],
    pages: {},
    decidedRecords: [],
    months: [],
    roomChanges: [],
    sample: null,
  });
  t.true((await pageOf(bare)).includes('No package was written.'));
  t.true(
    textReport(bare, { width: 80, colour: false, reportPath: null }).endsWith(
      'Findings: 0 errors, 0 warnings, 0 notes\n',
    ),
  );
});

test('a line that is longer than the terminal goes on further in, and loses no word', (t) => {
  t.deepEqual(folded('as long as it may', 17), ['as long as it may']);
  t.deepEqual(folded('  Unexpected blank around the name', 20), [
    '  Unexpected blank',
    '    around the name',
  ]);
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,12}$/)),
      fc.nat(4),
      fc.integer({ min: 20 }),
      (words, blanks, width) => {
        const lines = folded(' '.repeat(blanks) + words.join(' '), width);
        t.true(lines.every((line) => line.length <= width));
        t.deepEqual(lines.join(' ').trim().split(/ +/), words.length === 0 ? [''] : words);
      },
    ),
  );
});

// The target side

const FACTS: RunbookFacts = {
  isReady: true,
  verdict: 'Ready to import.',
  packages: [{ name: 'PersistentChatData.zip', sha256: SHA }],
  categories: 1,
  rooms: 1_200,
  addIns: 0,
  messages: 1_234_564,
  fileLinks: 1,
};

test('RUNBOOK.md has the steps of the migration guide, in order', (t) => {
  const text = runbookMarkdown(FACTS);
  t.deepEqual(text.match(/^## .*$/gm), [
    '## 1. Verify the seal',
    '## 2. Let the package through the gate',
    '## 3. Check the target',
    '## 4. Stop the services',
    '## 5. Back up the target',
    '## 6. Import',
    '## 7. Copy the files',
    '## 8. Start the services',
    '## 9. Verify',
    '## 10. Let people in',
  ]);
  t.true(text.includes('The package holds 1 category, 1,200 rooms, 0 add-ins and 1,234,564 messages.'));
  t.true(text.includes('hold 1 file link (`files-to-copy.csv`)'));
  const rights = text.indexOf('owner of access rights read `data/access.csv` before the import');
  t.true(rights > text.indexOf('## 3. Check the target') && rights < text.indexOf('## 4. Stop'));
  t.true(text.includes(`    ${SHA}  data/PersistentChatData.zip\n`));
  t.regex(text, / <handoff> --rehearse --public-key <signer\.pub\.pem> --custody-head <sha256> --findings /);
  t.regex(
    text,
    /the next step verifies it as far as it goes\.\nThat no entry was taken off its end is proven only/,
  );
  t.true(text.includes('`find data -type f | wc -l`'));
  t.regex(
    text,
    /read every\s+warning too\. Those of the gate are in `validate-findings\.csv`; those of the transform, .* in\s+`data\/findings\.csv`/,
  );
  t.true(text.includes(' --findings <folder>\\validate-findings.csv\n'));
  t.true(text.includes('A warning about rights, names or settings is yours to judge'));
  t.true(text.indexOf('-WhatIf') < text.indexOf('\\import.html'));
  t.false(text.includes('Do not import'));
  t.true(runbookMarkdown({ ...FACTS, isReady: false }).includes('**Do not import this package.'));
});

test('Import-Package.ps1 checks the hash, rehearses, asks, and only then imports', (t) => {
  const script = importPackageScript(FACTS);
  const order = [
    `$expectedSha256 = '${SHA}'`,
    'ComputeHash',
    'if ($seenSha256 -cne $expectedSha256) {',
    '-WhatIf -Report $rehearsalReport',
    'Read-Host',
    "if ($answer -cne 'IMPORT') {",
    'Import-CsPersistentChatData -DBInstance $DBInstance -FileName $packagePath -Report $importReport',
  ].map((piece) => script.indexOf(piece));
  t.true(
    order.every((at, index) => at > (order[index - 1] ?? 0)),
    order.join(' '),
  );
  t.regex(script, /^[\x20-\x7e\r\n]*$/);
  t.is(script.replaceAll('\r\n', '').search(/[\r\n]/), -1);
  t.true(
    importPackageScript({ ...FACTS, packages: [{ name: "it's.zip", sha256: SHA }] }).includes("'it''s.zip'"),
  );
  t.throws(() => importPackageScript({ ...FACTS, packages: [{ name: '\u2019; calc', sha256: SHA }] }), {
    message: /^not ASCII/,
  });
});

const PARTS_FACTS: RunbookFacts = {
  ...FACTS,
  packages: [1, 2, 3].map((order) => ({
    name: `PersistentChatData-part-000${order}.zip`,
    sha256: SHA.replace(/^ab/, `a${order}`),
  })),
};

test('RUNBOOK.md tells how a signed handoff is verified without chatferry', (t) => {
  t.true(
    runbookMarkdown(FACTS).includes(
      '    openssl pkeyutl -verify -pubin -inkey <signer.pub.pem> -rawin -in tagmanifest-sha256.txt -sigfile tagmanifest-sha256.txt.sig\n',
    ),
  );
});

test('RUNBOOK.md of a package in parts rehearses and imports every part in order, and can be taken up again', (t) => {
  const text = runbookMarkdown(PARTS_FACTS);
  t.deepEqual(
    [...text.matchAll(/-part-000(\d)\.zip (-WhatIf )?-Report/g)].map(
      ([, order, whatIf]) => `${order}${whatIf ?? ''}`,
    ),
    ['1-WhatIf ', '2-WhatIf ', '3-WhatIf ', '1', '2', '3'],
  );
  t.is(text.match(/^ {4}[0-9a-f]{64} {2}data\/PersistentChatData-part-/gm)?.length, 3);
  t.true(text.includes('-FirstPart 2'));
  t.true(text.includes(SHA.replace(/^ab/, 'a3')));
});

test('Import-Package.ps1 of a package in parts checks all, rehearses all, asks once, imports one by one', (t) => {
  const script = importPackageScript(PARTS_FACTS);
  const { code, strings } = powershellCode(script);
  const order = [
    ...PARTS_FACTS.packages.map(({ name, sha256 }) => `Name = '${name}'; Sha256 = '${sha256}'`),
    'ComputeHash',
    '-WhatIf -Report $rehearsalReport',
    'Read-Host',
    '-FileName $packagePath -Report $importReport',
    '-FirstPart $i',
  ].map((piece) => script.indexOf(piece));
  t.true(
    order.every((at, index) => at > (order[index - 1] ?? 0)),
    order.join(' '),
  );
  t.is(script.match(/Read-Host/g)?.length, 1);
  t.is(code.match(/for \(\$i = \$FirstPart; \$i -le \$parts\.Count; \$i\+\+\)/g)?.length, 4);
  t.true(strings.includes(PARTS_FACTS.packages[2]?.name ?? ''));
  t.regex(script, /^[\x20-\x7e\r\n]*$/);
  t.is(script.replaceAll('\r\n', '').search(/[\r\n]/), -1);
  const refused = importPackageScript({ ...PARTS_FACTS, isReady: false });
  t.false(refused.includes('Import-CsPersistentChatData'));
  t.true(refused.includes("throw 'This package is NOT READY."));
});

test('Import-Package.ps1 of a package that is not ready never imports', (t) => {
  const script = importPackageScript({ ...FACTS, isReady: false });
  t.false(script.includes('Import-CsPersistentChatData'));
  t.true(script.includes("throw 'This package is NOT READY."));
});
