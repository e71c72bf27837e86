import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { RunFailure } from '@chatferry/export';
import { canonicalJson } from '@chatferry/import';
import { DEFAULT_OPTIONS, type TransformOptions } from '@chatferry/transform';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { csvRow, protectedCell, unprotected } from '../../packages/transform/dist/plan/csv-cell.js';
import { parseJsonText } from '../../packages/transform/dist/plan/json-text.js';
import { makePlanDocument, plannedValue } from '../../packages/transform/dist/plan/make-plan-document.js';
import { checkNewNames, readCategories, readRooms } from '../../packages/transform/dist/plan/node-rows.js';
import {
  OPTION_FACTS,
  OPTION_NAMES,
  type OptionFacts,
} from '../../packages/transform/dist/plan/option-facts.js';
import {
  CATEGORIES_TABLE,
  PRINCIPALS_TABLE,
  ROOMS_TABLE,
} from '../../packages/transform/dist/plan/plan-tables.js';
import { readPrincipals } from '../../packages/transform/dist/plan/principal-rows.js';
import { readPlanCsv } from '../../packages/transform/dist/plan/read-csv.js';
import { readPlanJson } from '../../packages/transform/dist/plan/read-plan-json.js';
import { NO_DIRECTORY } from '../support/no-directory.js';

const A = '00000000-0000-4000-8000-00000000000a';
const B = '00000000-0000-4000-8000-00000000000b';
const HASH = 'ab'.repeat(32);

/** A row of a table with the given cells, the others empty. */
function rowOf(
  table: { readonly columns: readonly string[] },
  cells: Readonly<Record<string, string>>,
): string {
  return csvRow(
    table.columns.map((column) => cells[column] ?? ''),
    ',',
  );
}

function fileOf(
  table: { readonly columns: readonly string[]; readonly comment: string },
  ...rows: readonly Readonly<Record<string, string>>[]
): Buffer {
  const body = rows.map((cells) => rowOf(table, { action: 'keep', ...cells }));
  return Buffer.from(`\ufeff${table.comment}\r\n${csvRow(table.columns, ',')}${body.join('')}`);
}

const rooms = (...rows: readonly Readonly<Record<string, string>>[]): Buffer => fileOf(ROOMS_TABLE, ...rows);
const principals = (...rows: readonly Readonly<Record<string, string>>[]): Buffer =>
  fileOf(PRINCIPALS_TABLE, ...rows);

/** Asserts that the plan is refused at a place (`file:line:column`), in words, and with a way out. */
function refused(t: ExecutionContext, work: () => unknown, at: string, words: RegExp): void {
  const failure = t.throws(work, { instanceOf: RunFailure });
  if (failure === undefined) return;
  t.is(failure.code, 'plan-unusable');
  t.true(failure.message.startsWith(`${at}: `), failure.message);
  t.regex(failure.message, words);
  t.regex(failure.remedy, /\w.*[.?]$/);
  t.deepEqual(`${failure.place?.file}:${failure.place?.line}:${failure.place?.column}`, at);
}

test('a protected cell comes back as it was, whatever it holds', (t) => {
  const parts = fc.constantFrom(
    "'",
    '=',
    '+',
    '-',
    '@',
    '\t',
    '1',
    '12',
    'March',
    ' ',
    '/',
    '.',
    'x',
    'Ops',
    '％',
    '＝',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(parts).map((all) => all.join('')),
      ),
      (text) => {
        t.is(unprotected(protectedCell(text)), text);
      },
    ),
  );
});

test('cells that a spreadsheet would calculate or convert are text, and others stay plain', (t) => {
  for (const text of [
    '=1+1',
    '+1',
    '-x',
    '@x',
    '\tx',
    '＝1',
    '007',
    '1/2',
    '1,5',
    '3 Mar',
    '5 pm',
    '1-Okt-2010',
    'août 2009',
    'March 1',
    'Mai2010',
    '1E5',
    '(5)',
    '5 %',
    "'=x",
  ]) {
    t.is(protectedCell(text), `'${text}`, text);
  }
  for (const text of ['', 'Ops', "'t Hart", 'Room of 12 people', '日本支社', 'a=b', '1st floor, east wing']) {
    t.is(protectedCell(text), text, text);
    t.is(unprotected(text), text, text);
  }
});

function texts(bytes: Buffer): string[] {
  const found: string[] = [];
  readPlanCsv(bytes, ROOMS_TABLE, (row) => {
    found.push(
      `${row.at('action').line} ${row.text('roomGuid')} ${row.text('presentName')}|${row.text('newName')}`,
    );
  });
  return found;
}

test('the CSV reader takes what spreadsheets make of the file', (t) => {
  const cells = { roomGuid: A, presentName: "'=Ops, north; 1", newName: 'Two\nlines "x"', action: 'rename' };
  const second = { roomGuid: B, presentName: 'Ärger' };
  const written = rooms(cells, second);
  const expected = [`3 ${A} =Ops, north; 1|Two\nlines "x"`, `5 ${B} Ärger|`];
  t.deepEqual(texts(written), expected);
  const text = written.toString('utf8').slice(1);
  t.deepEqual(texts(Buffer.from(text)), expected, 'without byte order mark');
  t.deepEqual(texts(Buffer.from(text.replaceAll('\r\n', '\n'))), expected, 'LF');
  const lines = text.split('\r\n');
  const padded = [`${lines[0]},,,,,,,,,,`, ...lines.slice(1, -1), ',,,,,,,,,,', ''];
  t.deepEqual(texts(Buffer.from(padded.join('\r\n'))), expected, 'comment row padded, empty row at the end');
  t.deepEqual(
    texts(Buffer.from(lines.slice(1).join('\r\n'))).map((each) => each.slice(1)),
    expected.map((each) => each.slice(1)),
    'no comment row',
  );
});

test('the CSV reader takes semicolons when the header fits', (t) => {
  const row = ROOMS_TABLE.columns.map(
    (column) => ({ roomGuid: A, presentName: '"a;b"', action: 'keep' })[column as string] ?? '',
  );
  const semicolons = `${ROOMS_TABLE.comment};;;\r\n${ROOMS_TABLE.columns.join(';')};;\r\n${row.join(';')}\r\n`;
  t.deepEqual(texts(Buffer.from(semicolons)), [`3 ${A} a;b|`]);
  const tabs = semicolons.replaceAll(';', '\t');
  refused(t, () => texts(Buffer.from(tabs)), 'rooms.csv:2:1', /Unexpected header.*missing: roomGuid/);
});

test('the CSV reader refuses other encodings, headers and quoting, with the place', (t) => {
  const latin = Buffer.from(`${rooms({ roomGuid: A, presentName: 'Xrger' })}`.slice(1), 'latin1');
  latin[latin.indexOf('Xrger')] = 0xc4;
  refused(t, () => texts(latin), 'rooms.csv:3:1', /Unexpected code page, expected UTF-8/);
  const failure = t.throws(() => texts(latin), { instanceOf: RunFailure });
  t.regex(failure?.remedy ?? '', /CSV UTF-8 \(comma delimited\)/);
  const wide = Buffer.from(`\ufeff${rooms({ roomGuid: A })}`, 'utf16le');
  refused(t, () => texts(wide), 'rooms.csv:1:1', /Unexpected UTF-16/);
  const text = rooms({ roomGuid: A }).toString();
  refused(
    t,
    () => texts(Buffer.from(text.replace('newName,newCategory', 'newname,newCategory'))),
    'rooms.csv:2:6',
    /missing: newName and unexpected column "newname"/,
  );
  refused(
    t,
    () => texts(Buffer.from(text.replace('presentName,targetName', 'presentName,presentName'))),
    'rooms.csv:2:4',
    /missing: targetName/,
  );
  refused(t, () => texts(Buffer.from(`${text}${A},"open\r\n`)), 'rooms.csv:4:2', /quotation mark/);
  refused(t, () => texts(Buffer.from(`${text}${A},x\r\n`)), 'rooms.csv:4:2', /row of 2 cells, expected 11/);
  refused(
    t,
    () => texts(Buffer.from(text.replace(/\r\n$/, ',,extra\r\n'))),
    'rooms.csv:3:13',
    /row of 13 cells/,
  );
  refused(t, () => texts(Buffer.from('')), 'rooms.csv:1:1', /Unexpected end of the file/);
  refused(
    t,
    () => texts(Buffer.from(`${ROOMS_TABLE.comment}\r\n`)),
    'rooms.csv:1:1',
    /expected the columns roomGuid/,
  );
});

test('the comment rows name what may be edited, without a character that a dialect quotes', (t) => {
  for (const { comment, actions, columns } of [CATEGORIES_TABLE, ROOMS_TABLE, PRINCIPALS_TABLE]) {
    t.regex(comment, /^# Edit only [^,;"]*$/);
    for (const action of actions) t.true(comment.includes(action));
    t.true(columns.includes('action' as never));
  }
  t.is(csvRow([CATEGORIES_TABLE.comment], ';'), `${CATEGORIES_TABLE.comment}\r\n`);
});

test('rooms.csv: each action, and what it decides', (t) => {
  const read = readRooms(
    rooms(
      { roomGuid: A.toUpperCase(), presentName: 'Ops', messages: '3' },
      { roomGuid: B, action: ' Rename ', newName: "'=North" },
      { roomGuid: A.replace('a', 'c'), action: 'exclude', newName: 'left over' },
      { roomGuid: `{${A.replace('a', 'd')}}`, action: 'move', newCategory: B, newName: 'East' },
    ),
  );
  t.like(read.get(A), { presentName: 'Ops', messages: '3', decision: null });
  t.like(read.get(B)?.decision, { excludes: false, name: '=North', category: null });
  t.like(read.get(A.replace('a', 'c'))?.decision, { excludes: true, name: null, category: null });
  t.like(read.get(A.replace('a', 'd'))?.decision, { excludes: false, name: 'East', category: B });
  t.deepEqual(read.get(B)?.decision?.place, { file: 'rooms.csv', line: 4, column: 5, record: B });
});

const LONG = 'x'.repeat(257);
const BAD_ROOMS: readonly (readonly [Readonly<Record<string, string>>, number, RegExp])[] = [
  [{ action: 'renam', newName: 'x' }, 5, /Unexpected action "renam", expected keep, rename, exclude, move/],
  [{ action: '' }, 5, /Unexpected action ""/],
  [{ action: 'merge' }, 5, /Unexpected action "merge"/],
  [{ action: 'rename' }, 6, /Unexpected newName ""/],
  [{ action: 'rename', newName: ' x' }, 6, /Unexpected newName " x"/],
  [{ action: 'rename', newName: 'a\\b' }, 6, /without backslash/],
  [{ action: 'rename', newName: LONG }, 6, /1 to 256 UTF-16 units/],
  [{ newName: 'x' }, 6, /newName "x" is filled, but the action is keep/],
  [{ newCategory: B }, 7, /newCategory is filled, but the action is keep/],
  [{ action: 'rename', newName: 'x', newCategory: B }, 7, /but the action is rename/],
  [{ action: 'move' }, 7, /Unexpected newCategory "", expected a GUID/],
  [{ action: 'move', newCategory: 'Sales' }, 7, /expected a GUID/],
  [{ roomGuid: 'nonsense' }, 1, /Unexpected roomGuid "nonsense"/],
];

for (const [cells, column, words] of BAD_ROOMS) {
  test(`rooms.csv: refused: ${JSON.stringify(cells).slice(0, 60)}`, (t) => {
    refused(
      t,
      () => readRooms(rooms({ roomGuid: A }, { roomGuid: B, ...cells })),
      `rooms.csv:4:${column}`,
      words,
    );
  });
}

test('names of exactly 256 units are taken', (t) => {
  const newName = 'x'.repeat(256);
  const read = readRooms(rooms({ roomGuid: A, action: 'rename', newName }));
  t.is(read.get(A)?.decision?.name, newName);
});

test('a second row for a key, and one new name twice, are refused', (t) => {
  refused(
    t,
    () => readRooms(rooms({ roomGuid: A }, { roomGuid: A.toUpperCase() })),
    'rooms.csv:4:1',
    /second row for .*a, expected one; the first stands in line 3/,
  );
  refused(
    t,
    () => readPrincipals(principals({ prinID: '7' }, { prinID: '07' })),
    'principals.csv:4:1',
    /second row for prinID 7/,
  );
  const named = (newName: string) => ({ roomGuid: A, action: 'rename', newName });
  const category = fileOf(CATEGORIES_TABLE, { categoryGuid: B, action: 'rename', newName: 'OPS '.trim() });
  refused(
    t,
    () => checkNewNames([readCategories(category), readRooms(rooms(named('Ops')))]),
    'rooms.csv:3:5',
    /newName "Ops" is given in categories\.csv:3 too/,
  );
  t.notThrows(() => checkNewNames([readCategories(category), readRooms(rooms(named('Ops 2')))]));
});

test('categories.csv knows no move', (t) => {
  const bytes = fileOf(CATEGORIES_TABLE, { categoryGuid: A, action: 'move' });
  refused(t, () => readCategories(bytes), 'categories.csv:3:5', /expected keep, rename, exclude$/);
});

const BAD_PRINCIPALS: readonly (readonly [Readonly<Record<string, string>>, number, RegExp])[] = [
  [{ prinID: 'x' }, 1, /Unexpected prinID "x"/],
  [{ action: 'mpa' }, 6, /Unexpected action "mpa"/],
  [{ action: 'map' }, 7, /Unexpected target "", expected the prinGuid or prinID/],
  [{ action: 'merge', target: 'Ann' }, 7, /Unexpected target "Ann"/],
  [{ target: A }, 7, /target ".*" is filled, but the action is keep/],
  [{ action: 'drop-rights', target: A }, 7, /but the action is drop-rights/],
  [{ newUri: 'sip:a@b' }, 8, /newUri is filled, but the action is keep/],
  [{ newDisplayName: 'Ann' }, 9, /newDisplayName is filled, but the action is keep/],
  [{ action: 'rename' }, 8, /newUri and newDisplayName are empty/],
  [{ action: 'rename', newUri: ' sip:a' }, 8, /Unexpected newUri/],
  [{ action: 'rename', newDisplayName: LONG }, 9, /Unexpected newDisplayName/],
];

for (const [cells, column, words] of BAD_PRINCIPALS) {
  test(`principals.csv: refused: ${JSON.stringify(cells).slice(0, 60)}`, (t) => {
    refused(
      t,
      () => readPrincipals(principals({ prinID: '1' }, { prinID: '2', ...cells })),
      `principals.csv:4:${column}`,
      words,
    );
  });
}

test('principals.csv: each action, and what it decides', (t) => {
  const read = readPrincipals(
    principals(
      { prinID: '1', presentName: 'Ann' },
      { prinID: '2', action: 'map', target: '{00000000-0000-4000-8000-00000000000A}' },
      { prinID: '3', action: 'merge', target: ' 1 ' },
      { prinID: '4', action: 'rename', newUri: 'sip:new@contoso.example', newDisplayName: "'+1" },
      { prinID: '5', action: 'drop-rights' },
    ),
  );
  t.like(read.get(1), { action: 'keep', presentName: 'Ann', target: null, uri: null });
  t.like(read.get(2), { action: 'map', target: A });
  t.like(read.get(3), { action: 'merge', target: 1 });
  t.like(read.get(4), { action: 'rename', uri: 'sip:new@contoso.example', displayName: '+1' });
  t.like(read.get(5), { action: 'drop-rights', target: null });
});

/** plan.json for the options, as `chatferry plan` writes it. */
function planJson(options: TransformOptions = DEFAULT_OPTIONS): string {
  return canonicalJson(
    makePlanDocument({
      inputs: [{ name: 'tblNode.xml', sha256: HASH, bytes: 3 }],
      options,
      planned: null,
      counts: {
        findings: [],
        ledger: { version: 1, directory: NO_DIRECTORY, tables: {}, rooms: {}, unplaced: {} },
        rtf: 0,
        messagesLeft: new Map(),
      },
      filters: [{ filter: '--rooms Ops', categories: 0, rooms: 2, messages: 9 }],
      authorsWithoutPrincipal: [99],
    }),
  );
}

test('every value of every option can be reached from plan.json', (t) => {
  const others: Partial<Record<keyof TransformOptions, readonly TransformOptions[keyof TransformOptions][]>> =
    {
      forest: [null, 'DC=contoso,DC=example'],
      separator: ['', ' - ', '_'],
      rootRoomsCategory: ['Lobby'],
      missingAuthors: ['block', 0, 12],
      since: [null, 633_000_000_000_000_001n],
      until: [null, 633_000_000_000_000_000n],
      asOf: [null, 3_155_378_975_999_999_999n],
    };
  let tried = 0;
  for (const name of OPTION_NAMES) {
    const { allowed } = OPTION_FACTS[name];
    const values = typeof allowed === 'string' ? others[name] : allowed;
    t.truthy(values, `the test knows values of ${name}`);
    for (const value of values ?? []) {
      const options = { ...DEFAULT_OPTIONS, [name]: value } as TransformOptions;
      t.deepEqual(readPlanJson(Buffer.from(planJson(options))).options, options, `${name}: ${String(value)}`);
      tried += 1;
    }
  }
  t.true(tried > 45);
  t.deepEqual([...OPTION_NAMES].sort(), Object.keys(DEFAULT_OPTIONS).sort());
});

test('plan.json brings inputs, filters and unknown authors back', (t) => {
  const { inputs, filters, authorsWithoutPrincipal } = readPlanJson(Buffer.from(`\ufeff${planJson()}`));
  t.deepEqual(inputs, [{ name: 'tblNode.xml', sha256: HASH, bytes: 3 }]);
  t.deepEqual(filters, [{ filter: '--rooms Ops', categories: 0, rooms: 2, messages: 9 }]);
  t.deepEqual(authorsWithoutPrincipal, [99]);
});

/** Where a text of the default plan.json stands, as `plan.json:line:column`. */
function placeIn(text: string, searched: string): string {
  const before = text.slice(0, text.indexOf(searched)).split('\n');
  return `plan.json:${before.length}:${(before.at(-1) as string).length + 1}`;
}

test('plan.json: a typo anywhere is refused, with line and column and what was meant', (t) => {
  const good = planJson();
  const cases: readonly (readonly [string, string, string, RegExp, RegExp])[] = [
    ['"longNames"', '"longName"', '"longName"', /Unexpected key "longName"/, /Did you mean "longNames"\?/],
    ['"options"', '"option"', '"option"', /Unexpected key "option"/, /Did you mean "options"\?/],
    [
      '"prefix-nested"\n',
      '"prefix-nestd"\n',
      '"prefix-nestd"',
      /Unexpected "prefix-nestd", expected one of prefix-nested, prefix-on-conflict, keep for roomNames/,
      /Did you mean "prefix-nested"\?/,
    ],
    ['"sha256": "ab', '"sha256": "xx', '"xxab', /expected a SHA-256/, /plan anew/],
    ['"version": 1\n}', '"version": 2\n}', '2\n}', /Unexpected 2, expected version 1/, /plan anew/],
    ['"bytes": 3', '"bytes": "3"', '"3"', /expected a number of bytes/, /plan anew/],
    ['    99\n', '    "x"\n', '"x"', /expected a userId/, /plan anew/],
    ['"filters": [', '"filters": 1, "tool": [', '1, "tool"', /key "tool" stands twice|expected a list/, /./],
    ['"inputs": [', '"inputs" [', '[', /expected a colon/, /./],
    ['{\n  "authors', '{,\n  "authors', ',', /expected a key in quotation marks/, /./],
  ];
  for (const [from, to, at, words, way] of cases) {
    const bad = good.replace(from, to);
    t.not(bad, good, from);
    const failure = t.throws(() => readPlanJson(Buffer.from(bad)), { instanceOf: RunFailure }, from);
    t.is(failure?.code, 'plan-unusable');
    if (!/tool|\[$/.test(at))
      t.true(failure?.message.startsWith(`${placeIn(bad, at)}: `), `${failure?.message} at ${at}`);
    t.regex(failure?.message ?? '', words);
    t.regex(failure?.remedy ?? '', way);
  }
});

test('plan.json: values that are not allowed are refused', (t) => {
  const bad: readonly (readonly [keyof TransformOptions, unknown])[] = [
    ['forest', 'contoso.example'],
    ['separator', '\\'],
    ['separator', '01234567890123456'],
    ['rootRoomsCategory', ''],
    ['rootRoomsCategory', 'a\\b'],
    ['missingAuthors', 'Ann'],
    ['missingAuthors', 1.5],
    ['missingAuthors', -1],
    ['since', '2010-02-30'],
    ['until', 633_000_000],
    ['topics', null],
    ['rtf', true],
    ['longNames', ['block']],
  ];
  for (const [name, value] of bad) {
    const document = JSON.parse(planJson());
    document.options[name].value = value;
    const failure = t.throws(
      () => readPlanJson(Buffer.from(canonicalJson(document))),
      { instanceOf: RunFailure },
      name,
    );
    t.regex(failure?.message ?? '', new RegExp(`^plan\\.json:\\d+:\\d+: Unexpected .* for ${name}$`));
  }
  const crossed = JSON.parse(planJson());
  crossed.options.since.value = '2011-01-01';
  crossed.options.until.value = '2010-01-01';
  const failure = t.throws(() => readPlanJson(Buffer.from(canonicalJson(crossed))), {
    instanceOf: RunFailure,
  });
  t.regex(failure?.message ?? '', /until is not after since/);
  delete crossed.options.rtf;
  const missing = t.throws(() => readPlanJson(Buffer.from(canonicalJson(crossed))), {
    instanceOf: RunFailure,
  });
  t.regex(missing?.message ?? '', /Unexpected absence of "rtf"/);
  t.throws(() => readPlanJson(Buffer.from([0x7b, 0xc4, 0x7d])), { message: /expected UTF-8/ });
});

test('an option that the command line overrode shows the value of the plan', (t) => {
  const planned = { ...DEFAULT_OPTIONS, since: 633_000_000_000_000_000n };
  const { options } = makePlanDocument({
    inputs: [],
    options: DEFAULT_OPTIONS,
    planned,
    counts: {
      findings: [],
      ledger: { version: 1, directory: NO_DIRECTORY, tables: {}, rooms: {}, unplaced: {} },
      rtf: 0,
      messagesLeft: new Map(),
    },
    filters: [],
    authorsWithoutPrincipal: [],
  });
  t.is(options.since.planned, plannedValue('since', planned));
  t.is(options.since.value, null);
  t.false('planned' in options.until);
});

type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain };

/** The value without its places. */
function plain(node: ReturnType<typeof parseJsonText>): Plain {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'array') return node.items.map(plain);
  return Object.fromEntries([...node.members].map(([key, { value }]) => [key, plain(value)]));
}

test('the JSON reader agrees with JSON.parse', (t) => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), (text) => {
      const value = JSON.parse(text);
      t.deepEqual(plain(parseJsonText(text, 'plan.json')), JSON.parse(JSON.stringify(value)));
    }),
  );
  for (const bad of [
    '',
    '{',
    '[1,]',
    '{"a":1,}',
    '01',
    '+1',
    'nul',
    '"a',
    '"\\x"',
    '"\t"',
    '1 2',
    '[[',
    "{'a':1}",
    '\u00a01',
  ]) {
    t.throws(() => JSON.parse(bad), undefined, bad);
    t.throws(() => parseJsonText(bad, 'plan.json'), { instanceOf: RunFailure }, bad);
  }
  t.throws(() => parseJsonText('['.repeat(100_000), 'plan.json'), { message: /expected less nesting/ });
  t.throws(() => parseJsonText('{\n  "a": 1,\n  "a": 2}', 'plan.json'), {
    message: /^plan\.json:3:3: key "a" stands twice/,
  });
});

test('the schema that is shipped says what the reader says', (t) => {
  const path = new URL('../../packages/transform/schemas/plan.schema.json', import.meta.url);
  const schema = JSON.parse(readFileSync(path, 'utf8'));
  const document = JSON.parse(planJson());
  t.deepEqual(Object.keys(schema.properties).sort(), Object.keys(document).sort());
  const { properties, required } = schema.properties.options;
  t.deepEqual([...required].sort(), [...OPTION_NAMES].sort());
  for (const name of OPTION_NAMES) {
    const { allowed, explanation }: OptionFacts<never> = OPTION_FACTS[name] as never;
    const option = properties[name];
    t.is(option.description, explanation);
    t.is(option.additionalProperties, false);
    if (typeof allowed !== 'string') t.deepEqual(option.properties.value.enum, [...allowed], name);
    for (const key of Object.keys(document.options[name])) t.true(key in option.properties, key);
  }
  for (const each of [schema, schema.properties.options, schema.properties.inputs.items]) {
    t.is(each.additionalProperties, false);
  }
});
