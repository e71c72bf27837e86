import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, Severity } from '@chatferry/export';
import {
  BlockFile,
  canonicalJson,
  FileLinkWriter,
  type FindingGroup,
  FindingSink,
  fileLinksOf,
  htmlReport,
  importPackageScript,
  type LedgerDocument,
  layoutSentence,
  type RoomAccount,
  type RunbookFacts,
  type RunSummary,
  runbookMarkdown,
  type StateCounts,
  summaryJson,
  textReport,
  verdictOf,
  visible,
} from '@chatferry/import';
import test from 'ava';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { powershellCode } from '../support/powershell-code.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const SHA = 'ab'.repeat(32);
const ASSUMED = { name: 'pool-2013', assumedPaths: 3, reference: null };
const CONFIRMED = { name: 'my-pool', assumedPaths: 0, reference: SHA };
const NOT_CONFIRMED =
  'Layout not confirmed against your pool: rehearse with Import-CsPersistentChatData -WhatIf before the import.';

function finding(members: Partial<Finding> = {}): Finding {
  return {
    rule: 'name-unusable',
    severity: 'warning',
    place: { file: 'tblNode.xml', line: 3, column: 9, record: 'node 5' },
    message: 'Unexpected backslash in the name of node 5, expected none; did replace it.',
    ...members,
  };
}

function group(severity: Severity, count = 1): FindingGroup {
  return { rule: `some-${severity}`, severity, count, first: [finding({ severity })] };
}

function counts(members: Partial<StateCounts> = {}): StateCounts {
  return { read: 0, carried: 0, changed: 0, excluded: 0, refused: 0, written: 0, byRule: {}, ...members };
}

function room(name: string, members: Partial<RoomAccount>): RoomAccount {
  return {
    ...counts(),
    name,
    textBytesRead: 0,
    textBytesWritten: 0,
    textBytesExcluded: 0,
    textBytesRefused: 0,
    textBytesAltered: 0,
    firstDate: null,
    lastDate: null,
    lowestId: null,
    highestId: null,
    sha256: SHA,
    ...members,
  };
}

const LEDGER: LedgerDocument = {
  version: 1,
  tables: {
    tblChat: counts({
      read: 1_234_567,
      carried: 1_234_560,
      changed: 4,
      excluded: 2,
      refused: 1,
      written: 1_234_564,
      byRule: {
        'message-content-forbidden-character': [{ state: 'changed', records: 4, textBytes: 8 }],
        'message-before-cutoff': [{ state: 'excluded', records: 2, textBytes: 20 }],
        'message-room-missing': [{ state: 'refused', records: 1, textBytes: 5 }],
      },
    }),
    tblNode: counts({ read: 12, carried: 12, written: 12 }),
  },
  rooms: {
    '0b5e3f52-7a55-4f0e-9d5c-2b7f0a9e6c11': room('Night <shift> & "friends" \u202egnp', {
      read: 1_234_566,
      carried: 1_234_560,
      changed: 4,
      excluded: 2,
      written: 1_234_564,
      textBytesRead: 500_020,
      textBytesAltered: 8,
      textBytesExcluded: 20,
      textBytesWritten: 500_008,
    }),
  },
  unplaced: { '99': room('', { read: 1, refused: 1, textBytesRead: 5, textBytesRefused: 5 }) },
};

function run(members: Partial<RunSummary> = {}): RunSummary {
  return {
    tool: { name: 'chatferry', version: '0.1.0' },
    command: 'transform',
    date: null,
    verdict: verdictOf({ findings: [], imbalances: [], layout: ASSUMED, failure: null }),
    layout: ASSUMED,
    inputs: [
      { name: 'export/tblChat.xml', sha256: SHA, bytes: 700_123_456 },
      { name: 'export/tblNode.xml', sha256: null, bytes: null },
    ],
    package: {
      name: 'PersistentChatData.zip',
      sha256: SHA,
      bytes: 12_345,
      entries: [{ name: 'AdUsers.xml', sha256: SHA, size: 999 }],
    },
    ledger: LEDGER,
    imbalances: [],
    findings: [
      {
        rule: 'role-out-of-scope',
        severity: 'error',
        count: 25,
        first: Array.from({ length: 20 }, (_, index) =>
          finding({
            rule: 'role-out-of-scope',
            severity: 'error',
            message: `Unexpected member ${index} of <room>, expected one of the scope; did keep it.`,
            remedy: 'Widen the scope in categories.csv.',
          }),
        ),
      },
      { rule: 'name-unusable', severity: 'warning', count: 1, first: [finding({ place: null })] },
    ],
    categories: [
      { legacyPath: ['IT', 'Operations'], name: 'IT_Operations', roomsRead: 5, roomsWritten: 4 },
      { legacyPath: [], name: 'General', roomsRead: 0, roomsWritten: 2 },
      { legacyPath: ['Old'], name: null, roomsRead: 1, roomsWritten: 0 },
    ],
    options: [
      { name: 'separator', value: ' - ', default: '_' },
      { name: 'topics', value: 'drop', default: 'drop' },
      { name: 'since', value: null, default: null },
    ],
    pages: {
      'role-out-of-scope': { sections: [{ title: 'Condition', text: 'A member is outside <the scope>.' }] },
    },
    ...members,
  };
}

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

test('a sink without files counts, and one that cannot write says what to do', (t) => {
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

type Schema = Readonly<Record<string, unknown>>;

/** What of a value does not follow a schema; as much of JSON Schema 2020-12 as summary.schema.json uses. */
function violations(schema: Schema, value: unknown, root: Schema = schema, path = '$'): string[] {
  const found: string[] = [];
  const known = [
    '$schema',
    '$id',
    '$defs',
    'title',
    'description',
    'type',
    'const',
    'enum',
    'anyOf',
    '$ref',
    'minimum',
    'pattern',
    'required',
    'properties',
    'additionalProperties',
    'items',
  ];
  for (const word of Object.keys(schema))
    if (!known.includes(word)) found.push(`${path}: schema says ${word}`);
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.replace('#/$defs/', '');
    found.push(...violations((root.$defs as Record<string, Schema>)[name] as Schema, value, root, path));
  }
  if (
    Array.isArray(schema.anyOf) &&
    !schema.anyOf.some((each) => violations(each, value, root, path).length === 0)
  ) {
    found.push(`${path}: none of anyOf`);
  }
  const types = schema.type === undefined ? [] : [schema.type].flat();
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const isTyped = types.includes(type) || (types.includes('integer') && Number.isInteger(value));
  if (types.length > 0 && !isTyped) found.push(`${path}: ${type}`);
  if ('const' in schema && schema.const !== value) found.push(`${path}: not const`);
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) found.push(`${path}: not in enum`);
  if (typeof schema.minimum === 'number' && typeof value === 'number' && value < schema.minimum)
    found.push(`${path}: too small`);
  if (typeof schema.pattern === 'string' && !new RegExp(schema.pattern, 'u').test(String(value)))
    found.push(`${path}: pattern`);
  if (Array.isArray(value) && schema.items !== undefined) {
    found.push(
      ...value.flatMap((item, index) => violations(schema.items as Schema, item, root, `${path}[${index}]`)),
    );
  } else if (type === 'object') {
    found.push(...memberViolations(schema, value as Record<string, unknown>, root, path));
  }
  return found;
}

function memberViolations(
  schema: Schema,
  value: Record<string, unknown>,
  root: Schema,
  path: string,
): string[] {
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  const missing = ((schema.required ?? []) as string[]).filter((name) => !(name in value));
  const members = Object.entries(value).flatMap(([name, member]) => {
    const own = properties[name] ?? schema.additionalProperties ?? {};
    if (own === false) return [`${path}: unexpected ${name}`];
    return violations(own as Schema, member, root, `${path}.${name}`);
  });
  return [...missing.map((name) => `${path}: no ${name}`), ...members];
}

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../packages/import/schemas/summary.schema.json', import.meta.url), 'utf8'),
) as Schema;

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

test('a package in parts is told part by part, and in the same order everywhere', (t) => {
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
  const html = htmlReport(run(IN_PARTS));
  t.true(html.includes('PersistentChatData-part-0001.zip: Messages.xml'));
  t.true(html.indexOf('part-0001.zip') < html.indexOf('part-0002.zip'));
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
  for (const each of [run(), bare, richer, run({ layout: CONFIRMED }), run(IN_PARTS)]) {
    t.deepEqual(violations(SCHEMA, JSON.parse(summaryJson(each))), []);
  }
  const sound = JSON.parse(summaryJson(run())) as Record<string, unknown>;
  const { verdict: _, ...silent } = sound;
  t.deepEqual(violations(SCHEMA, silent), ['$: no verdict']);
  t.deepEqual(violations(SCHEMA, { ...sound, exitCode: 3 }), ['$.exitCode: not in enum']);
  t.deepEqual(violations(SCHEMA, { ...sound, text: 'x' }), ['$: unexpected text']);
  t.not(violations(SCHEMA, { ...sound, inputs: [{ name: 'a', bytes: -1, sha256: 'x' }] }).length, 0);
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
  });
  t.is(summary.decidedOptions.length, 1);
  t.is(summaryJson(run()), summaryJson(structuredClone(run())));
});

// Text

test('the text report: verdict first, then counts, findings with remedies, and where the report lies', (t) => {
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

test('a verdict other than ready still says whether the layout is confirmed', (t) => {
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
  t.true(htmlReport(run({ verdict, imbalances: ['a: b'] })).includes(`<p>${NOT_CONFIRMED}</p>`));
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

// HTML

test('report.html: verdict first, sign-off last, sections between', (t) => {
  const page = htmlReport(run());
  t.true(page.includes(`<h1>Ready to import. ${NOT_CONFIRMED}</h1>`));
  const titles = [...page.matchAll(/<h2>(.*?)<\/h2>/g)].map((match) => match[1]);
  t.deepEqual(titles, [
    'What was read',
    'What was written',
    'Ledger',
    'Findings',
    'Categories, before and after',
    'Decisions of the plan',
    'All findings',
    'Sign-off',
  ]);
  t.true(page.includes('<tfoot><tr><th scope="row">Sum</th><td>1,234,579</td>'));
  t.true(page.includes('no room: channelID 99'));
  t.is(page.match(/<li>/g)?.length, 21);
  t.true(page.includes('And 5 more'));
  t.true(page.includes('IT › Operations'));
  t.true(page.includes('<strong>&quot; - &quot;</strong>'));
  t.false(page.includes('class="off"'));
});

test('report.html stands alone: its policy forbids everything outside, and nothing is there', (t) => {
  const page = htmlReport(run());
  const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(page)?.[1] ?? '';
  const hash = (text: string | undefined): string =>
    `'sha256-${createHash('sha256')
      .update(text ?? '')
      .digest('base64')}'`;
  const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1];
  const script = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1];
  t.is(
    policy,
    `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'`,
  );
  t.is(page.match(/<script/g)?.length, 2);
  t.false(/<link|<img|<iframe|\ssrc=|\shref=|url\(|@import|https?:|\son[a-z]+=/i.test(page));
});

test('everything that comes from the export is escaped in report.html', (t) => {
  const nasty = `<script>alert(1)</script>&"'\u202e\u0000`;
  const safe = '&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;\\u{202e}\\u{0}';
  const page = htmlReport(
    run({
      verdict: { exitCode: 2, sentence: nasty },
      inputs: [{ name: nasty, sha256: null, bytes: null }],
      package: { name: nasty, sha256: nasty, bytes: 1, entries: [{ name: nasty, sha256: nasty, size: 1 }] },
      imbalances: [nasty],
      findings: [
        {
          rule: nasty,
          severity: 'error',
          count: 1,
          first: [
            finding({
              message: nasty,
              remedy: nasty,
              place: { file: nasty, line: 1, column: 1, record: nasty },
            }),
          ],
        },
      ],
      ledger: {
        ...LEDGER,
        rooms: { [nasty]: room(nasty, {}) },
        unplaced: { [nasty]: room('', {}) },
        tables: {
          [nasty]: counts({ byRule: { [nasty]: [{ state: 'changed', records: 1, textBytes: 1 }] } }),
        },
      },
      categories: [{ legacyPath: [nasty], name: nasty, roomsRead: 1, roomsWritten: 1 }],
      options: [{ name: nasty, value: nasty, default: nasty }],
      pages: { [nasty]: { sections: [{ title: nasty, text: nasty }] } },
      tool: { name: nasty, version: nasty },
      command: nasty,
      date: nasty,
    }),
  );
  t.false(page.includes('<script'));
  t.false(page.includes('\u202e'));
  t.is(page.split(safe).length - 1, 30);
});

test('an account that does not balance stands out in report.html', (t) => {
  const tables = { ...LEDGER.tables, tblNode: counts({ read: 13, carried: 12, written: 12 }) };
  const page = htmlReport(run({ ledger: { ...LEDGER, tables }, imbalances: ['tblNode: read 13, but 12'] }));
  t.true(page.includes('<tr class="off"><th scope="row">tblNode</th>'));
  t.true(page.includes('<li>tblNode: read 13, but 12</li>'));
});

test('a page of very many rooms sums up the quiet ones and still adds up', (t) => {
  const rooms: Record<string, RoomAccount> = {};
  for (let i = 0; i < 3_000; i++) rooms[`guid-${i}`] = room(`Room ${i}`, { read: 2, carried: 2, written: 2 });
  rooms['guid-7'] = room('Loud', { read: 2, carried: 1, refused: 1, written: 1 });
  const page = htmlReport(run({ ledger: { ...LEDGER, rooms, unplaced: {} } }));
  t.true(page.includes('<bdi>Loud</bdi><br>'));
  t.true(
    page.includes('<th scope="row">2,999 other rooms, see ledger.json</th><td>5,998</td><td>5,998</td>'),
  );
  t.true(
    page.includes(
      '<th scope="row">Sum</th><td>6,000</td><td>5,999</td><td>0</td><td>0</td><td>1</td><td>5,999</td>',
    ),
  );
});

test('a run without anything still gives reports', (t) => {
  const bare = run({
    inputs: [],
    package: null,
    ledger: null,
    findings: [],
    categories: [],
    options: [],
    pages: {},
  });
  t.true(htmlReport(bare).includes('No package was written.'));
  t.true(
    textReport(bare, { width: 80, colour: false, reportPath: null }).endsWith(
      'Findings: 0 errors, 0 warnings, 0 notes\n',
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
    '## 2. Check the target',
    '## 3. Stop the services',
    '## 4. Back up the target',
    '## 5. Import',
    '## 6. Copy the files',
    '## 7. Start the services',
    '## 8. Verify',
    '## 9. Let people in',
  ]);
  t.true(text.includes('The package holds 1 category, 1,200 rooms, 0 add-ins and 1,234,564 messages.'));
  t.true(text.includes('hold 1 file link (`files-to-copy.csv`)'));
  t.true(text.includes(`    ${SHA.toUpperCase()}`));
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
  t.is(text.match(/^ {4}Get-FileHash/gm)?.length, 3);
  t.true(text.includes('-FirstPart 2'));
  t.true(text.includes(SHA.replace(/^ab/, 'a3').toUpperCase()));
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
