import { Buffer } from 'node:buffer';
import {
  type ChatRow,
  type DirectoryRow,
  type ExportDocument,
  type Finding,
  type OpenedExport,
  openExport,
  RunFailure,
  readDirectory,
  readMessages,
  XML_LIMITS,
} from '@chatferry/export';
import test from 'ava';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { parseRecordText, type RecordElement } from '../../packages/export/dist/record-text.js';
import { ColumnReader } from '../../packages/export/dist/rows/column-reader.js';
import { fuzzRuns } from '../support/choices.js';
import { cellOf, rowsOf } from '../support/export-model.js';
import { deliveredText, SHAPE_NAMES } from '../support/export-shapes.js';
import { smallModel } from '../support/sample-model.js';
import { FIXTURES } from '../support/write-fixtures.js';

/** A message as plain data. */
interface Message {
  readonly place: string;
  readonly columns: readonly unknown[];
  readonly extra: readonly (readonly [string, string | null])[];
  readonly defects: readonly unknown[];
}

interface Read {
  readonly directory: readonly DirectoryRow[];
  readonly messages: readonly Message[];
  readonly findings: readonly Finding[];
}

async function readAll(opened: OpenedExport, findings: Finding[] = []): Promise<Read> {
  const report = (finding: Finding): void => void findings.push(finding);
  const { directory, counts } = await readDirectory(opened, { report, isThorough: true });
  const messages: Message[] = [];
  for await (const window of readMessages(opened, { report, isThorough: true, counts })) {
    for (const row of window.rows) messages.push(plain(row));
  }
  return { directory: Object.values(directory).flat() as DirectoryRow[], messages, findings };
}

function plain(row: ChatRow): Message {
  return {
    place: `${row.place.line}:${row.place.column} ${row.place.record}`,
    columns: [
      row.channelID,
      row.chatID,
      row.chatDate,
      row.userId,
      row.isAlert,
      row.content?.toString() ?? null,
      row.rtf?.toString() ?? null,
    ],
    extra: [...row.extra],
    defects: row.defects,
  };
}

/** The export as one document whose bytes come in pieces of these sizes, again and again. */
function cutUp(documents: readonly (readonly [string, Buffer])[], sizes: readonly number[]): OpenedExport {
  return {
    documents: documents.map(
      ([name, bytes]): ExportDocument => ({
        name,
        sizeInBytes: bytes.length,
        encoding: 'utf-8',
        mayHoldSurrogates: false,
        async *open() {
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const size = sizes[i % sizes.length] as number;
            yield bytes.subarray(at, at + size);
            at += size;
          }
        },
        sha256: () => null,
        readSoFar: () => null,
        expectSame: () => undefined,
        guessSize: async () => bytes.length,
      }),
    ),
    manifest: null,
    close: async () => undefined,
  };
}

const shapesRead = new Map<string, Promise<Read>>();

/** A shape of the small model, read once for all tests. */
async function readShape(shape: string): Promise<Read> {
  const read = shapesRead.get(shape) ?? readShapeAnew(shape);
  shapesRead.set(shape, read);
  return await read;
}

async function readShapeAnew(shape: string): Promise<Read> {
  const findings: Finding[] = [];
  const opened = await openExport(`${FIXTURES}/shapes/${shape}`, {
    report: (finding) => findings.push(finding),
  });
  try {
    return await readAll(opened, findings);
  } finally {
    await opened.close();
  }
}

const withoutPlace = (rows: readonly DirectoryRow[]): readonly unknown[] =>
  rows.map(({ place, ...row }) => ({ ...row, record: place.record }));
const byKey = (messages: readonly Message[]): readonly (readonly unknown[])[] =>
  messages.map((message) => message.columns);

/** Zones: .NET writes the exporting machine's offset to a datetime, SQL Server none. */
const sameInstantText = (row: unknown): unknown =>
  JSON.parse(
    JSON.stringify(row, (key, value) => {
      if (typeof value === 'bigint') return `${value}n`;
      // An unknown column that is NULL may be absent or there.
      if (value instanceof Map) return [...value].filter(([, cell]) => cell !== null);
      return key === 'prinVerifiedOn' || key === 'createdOn' ? (value === null ? null : 'a datetime') : value;
    }),
  );

test('every shape gives the same directory, apart from the zone of datetime columns', async (t) => {
  const reference = withoutPlace((await readShape('raw-xsinil')).directory).map(sameInstantText);
  t.true(reference.length > 150);
  for (const shape of SHAPE_NAMES) {
    t.deepEqual(withoutPlace((await readShape(shape)).directory).map(sameInstantText), reference, shape);
  }
});

test('every shape gives the same messages, apart from what its route writes raw', async (t) => {
  const rows = rowsOf(smallModel(), 'tblChat');
  for (const shape of SHAPE_NAMES) {
    const { messages } = await readShape(shape);
    const expected = rows.map((row) => [
      Number(cellOf(row, 'channelID')),
      BigInt(String(cellOf(row, 'chatID'))),
      BigInt(String(cellOf(row, 'chatDate'))),
      Number(cellOf(row, 'userId')),
      Boolean(cellOf(row, 'isAlert')),
      delivered(shape, cellOf(row, 'content')),
      delivered(shape, cellOf(row, 'rtf')),
    ]);
    t.deepEqual(byKey(messages), expected, shape);
    t.true(messages.every((message) => message.defects.length === 0 && message.extra.length === 0));
  }
});

function delivered(shape: string, cell: unknown): string | null {
  return cell === null || cell === undefined ? null : deliveredText(shape, String(cell));
}

test('any cutting into chunks gives the same rows at the same places', async (t) => {
  for (const shape of ['raw-attributes', 'dataset', 'diffgram', 'xmlschema-fragment', 'auto-xsinil']) {
    const opened = await openExport(`${FIXTURES}/shapes/${shape}`, { report: () => undefined });
    const documents: [string, Buffer][] = [];
    for (const document of opened.documents) {
      const chunks: Buffer[] = [];
      for await (const chunk of document.open()) chunks.push(Buffer.from(chunk));
      documents.push([document.name, Buffer.concat(chunks)]);
    }
    await opened.close();
    const whole = await readAll(cutUp(documents, [1 << 24]));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 5 }),
        async (sizes) => {
          t.deepEqual(await readAll(cutUp(documents, sizes)), whole);
        },
      ),
      fuzzRuns(5),
    );
  }
});

const NODE =
  '<tblNode nodeID="1" nodeGuid="357fb9f1-39b0-5662-9e2e-279690f87bfd" parentID="1" nodeType="1" nodeName="R" nodeDesc="" disabled="0" behavior="4" invite="1" logged="1" filePost="1" visibility="3" restrictChildCreate="1"/>';
const REST =
  '<tblPrincipal prinID="1" prinGuid="357fb9f1-39b0-5662-9e2e-279690f87bfe" prinUri="sip:a@b" prinDisabled="0" prinTypeID="4"/>' +
  '<tblRoleType rtypeID="1" rtypeDesc="Member"/><tblPrincipalRole prinRoleNodeID="1" prinRolePrinID="1" prinRoleTypeID="1"/>' +
  '<tblScopePrincipal scopeNodeID="1" scopePrinID="1"/><tblLastChatId nodeID="1" lastChatID="1"/><tblPrincipalAffiliations principalID="1" affiliationID="1" index="-1"/>';
const chat = (columns: string): string =>
  `<tblChat channelID="1" chatID="7" chatDate="633482073409535482" userId="1" isAlert="0" ${columns}/>`;

async function readText(body: string, name = 'export.xml'): Promise<Read> {
  return await readAll(
    cutUp([[name, Buffer.from(`<ROOT>${NODE}${REST}${body}</ROOT>`)], EMPTY_CHAT], [1 << 20]),
  );
}

/** Says that tblChat was exported, with or without rows elsewhere. */
const EMPTY_CHAT: [string, Buffer] = ['tblChat.xml', Buffer.from('<ROOT/>')];

const rules = (read: Read): readonly string[] =>
  read.findings.map((finding) => `${finding.severity} ${finding.rule}`);

test('a damaged row is refused with its place, and reading goes on behind it', async (t) => {
  for (const [columns, seen] of [
    ['content="a" content="b"', 'duplicate-attribute'],
    ['content="&nbsp;"', 'undefined-entity'],
    ['content="a & b"', 'bad-reference'],
    ['content="x" CONTENT="y"', 'column-repeated'],
    ['p:content="x"', 'unbound-prefix'],
  ]) {
    const read = await readText(`${chat(columns as string)}${chat('content="good"')}`);
    t.deepEqual(
      read.messages.map((message) => message.columns[5]),
      ['good'],
      columns,
    );
    const [finding] = read.findings.filter(({ severity }) => severity === 'error');
    t.is(finding?.rule, 'record-not-well-formed');
    t.is(finding?.seen, seen);
    t.is(finding?.place?.line, 1);
  }
});

test('bytes that are not UTF-8 refuse the one row', async (t) => {
  const bytes = Buffer.from(`<ROOT>${NODE}${REST}${chat('content="ab"')}${chat('content="good"')}</ROOT>`);
  bytes[bytes.indexOf('content="ab') + 9] = 0xff;
  const read = await readAll(cutUp([['export.xml', bytes]], [1 << 20]));
  t.deepEqual(
    read.messages.map((message) => message.columns[5]),
    ['good'],
  );
  t.is(read.findings.find(({ rule }) => rule === 'record-not-well-formed')?.seen, 'invalid-bytes');
});

test('what breaks the structure ends the run and says where', async (t) => {
  for (const [body, code, text] of [
    ['<tblChat channelID="1"', 'input-not-well-formed', 'Unexpected'],
    ['<tblChat></tblNode>', 'input-not-well-formed', 'end tag'],
    ['<!DOCTYPE a>', 'input-dtd', 'document type'],
    [`<tblChat>${'<x>'.repeat(70)}`, 'input-limit', 'nesting'],
  ]) {
    const error = await t.throwsAsync(readText(body as string), { instanceOf: RunFailure });
    t.is(error?.code, code as RunFailure['code'], body);
    t.regex(error?.message ?? '', new RegExp(`^export\\.xml:1:\\d+: .*${text}`));
    t.true((error?.remedy.length ?? 0) > 20);
  }
});

test('columns that do not decode are defects that quote the text', async (t) => {
  const read = await readText(
    '<tblChat channelID="one" chatID=" 7" chatDate="2009-01-01" isAlert="yes" content="x"/>',
  );
  t.deepEqual(read.messages[0]?.defects, [
    { column: 'channelID', seen: 'one', expected: 'an int' },
    { column: 'chatID', seen: ' 7', expected: 'a bigint' },
    { column: 'chatDate', seen: '2009-01-01', expected: 'a bigint' },
    { column: 'userId', seen: null, expected: 'an int' },
    { column: 'isAlert', seen: 'yes', expected: 'a bit (0, 1, true, false)' },
  ]);
});

test('unknown columns and tables are kept or counted, and told once', async (t) => {
  const read = await readText(`<tblOther a="1"/><tblOther a="2"/>${chat('content="x" colour="red"')}`);
  t.deepEqual(read.messages[0]?.extra, [['colour', 'red']]);
  t.deepEqual(rules(read), ['warning table-not-exported', 'note table-unknown', 'note column-unknown']);
  t.regex(read.findings[1]?.message ?? '', /tblOther with 2 rows/);
});

test('a nullable column that no row has is a warning, once a column', async (t) => {
  const body = Buffer.from(
    `<ROOT>${NODE.replace(' invite="1"', '').replace(' visibility="3"', '')}${REST}</ROOT>`,
  );
  const read = await readAll(cutUp([['tblNode.xml', body], EMPTY_CHAT], [1 << 20]));
  const missing = read.findings.filter(({ rule }) => rule === 'column-not-exported');
  t.deepEqual(
    missing.map(({ message }) => /column (\w+)/.exec(message)?.[1]),
    ['invite', 'visibility'],
  );
});

test('a missing table names itself, its use and the recipe', async (t) => {
  const error = await t.throwsAsync(readAll(cutUp([['x.xml', Buffer.from(`<ROOT>${NODE}</ROOT>`)]], [99])), {
    instanceOf: RunFailure,
  });
  t.is(error?.code, 'input-table-missing');
  t.regex(error?.message ?? '', /tblPrincipal \(it holds the authors.*tblRoleType/);
  const empty = await t.throwsAsync(readAll(cutUp([['x.xml', Buffer.from('<ROOT/>')]], [99])), {
    instanceOf: RunFailure,
  });
  t.is(empty?.code, 'input-empty');
  const silent = Buffer.from(`<ROOT>${NODE}${REST}</ROOT>`);
  const mute = await t.throwsAsync(readAll(cutUp([['x.xml', silent]], [99])), { instanceOf: RunFailure });
  t.regex(mute?.message ?? '', /tblChat/);
  t.deepEqual((await readAll(cutUp([['x.xml', silent], EMPTY_CHAT], [99]))).messages, []);
});

test('a damaged value that holds references is told, not waited for', async (t) => {
  for (const columns of ['source="R&amp;D & more"', 'content="a &amp; b & c"', 'content="&lt;&bogus;"']) {
    const read = await readText(`${chat(columns)}${chat('content="good"')}`);
    t.deepEqual(
      read.messages.map((message) => message.columns[5]),
      ['good'],
    );
  }
  const split = '<tblChat><channelID>1 & 2<![CDATA[x]]>&amp;</channelID></tblChat>';
  t.true(rules(await readText(split)).includes('error record-not-well-formed'));
});

test('instructions and comments with quotes hide no columns', async (t) => {
  const node =
    "<tblNode><nodeID>2</nodeID><?a it's?><topic>kept</topic><!-- it\"s --><visibility>2</visibility><?b it's?></tblNode>";
  const read = await readText(node);
  const row = read.directory.find((one) => one.kind === 'node' && one.nodeID === 2);
  t.like(row, { topic: 'kept', visibility: 2 });
});

test('a wrapper may have attributes; a column may not', async (t) => {
  const row = '<row channelID="1" chatID="9" chatDate="1" userId="1" isAlert="0" content="x"/>';
  for (const name of ['ROOT', 'tblChat', 'export']) {
    const wrapped = await readText(`<${name} exported="2012-01-01">${row}${row}</${name}>`);
    t.is(wrapped.messages.length, 2, name);
    t.false(
      wrapped.findings.some(({ severity }) => severity === 'error'),
      name,
    );
  }
  const joined = `<tblNode ${NODE.slice(9, -2)}>${chat('content="inner"')}</tblNode>`;
  for (const first of [joined, `<tblChat channelID="1" chatID="1">${NODE}</tblChat>`]) {
    await t.throwsAsync(
      readAll(cutUp([['x.xml', Buffer.from(`<ROOT>${first}${REST}</ROOT>`)], EMPTY_CHAT], [99])),
      {
        instanceOf: RunFailure,
        message: /inside another row/,
      },
    );
  }
  const odd = await readText('<g><x/><row channelID="1" chatID="9" content="x"/></g>');
  t.true(rules(odd).includes('error record-not-well-formed'));
  const flagged = await readText(
    '<tblChat><channelID>1</channelID><content encoding="base64">eA==</content></tblChat>',
  );
  t.is(flagged.findings.find(({ severity }) => severity === 'error')?.seen, 'column-has-attributes');
});

test('columns keep their data under a prefix, in pieces, and only once', async (t) => {
  const base =
    '<channelID>1</channelID><chatID>7</chatID><chatDate>1</chatDate><userId>1</userId><isAlert>0</isAlert>';
  const row = (columns: string) =>
    readText(
      `<tblChat xmlns:p="u" xmlns:xsi="http:&#47;&#47;www.w3.org/2001/XMLSchema-instance">${base}${columns}</tblChat>`,
    );
  const prefixed = await row(
    '<p:content>a<![CDATA[<b>]]>c<!-- -->d</p:content><p:rtf>r</p:rtf><p:colour>red</p:colour>',
  );
  t.deepEqual(prefixed.messages[0]?.columns.slice(5), ['a<b>cd', 'r']);
  t.deepEqual(prefixed.messages[0]?.extra, [['colour', 'red']]);
  t.is((await row('<content xsi:nil="true"/>')).messages[0]?.columns[5], null);
  for (const twice of [
    '<content xsi:nil="1"/><content>a</content>',
    '<content>a</content><content xsi:nil="1"/>',
    '<A>1</A><A>2</A>',
  ]) {
    t.is(
      (await row(twice)).findings.find(({ severity }) => severity === 'error')?.seen,
      'column-repeated',
      twice,
    );
  }
  t.deepEqual((await row('<A>a<![CDATA[b]]>c</A>')).messages[0]?.extra, [['A', 'abc']]);
});

test('names that are no qualified names, or that JavaScript bends, refuse the row', async (t) => {
  for (const columns of ['a:b:c="1"', ':content="1"']) {
    const read = await readText(`${chat(columns)}${chat(columns)}`);
    t.is(read.messages.length, 0, columns);
    t.is(read.findings.filter(({ severity }) => severity === 'error').length, 2, columns);
  }
  for (const name of ['toString', '__proto__', 'constructor', 'x\u1680y']) {
    const read = await readText(`<tblNode nodeID="2" ${name}="1"/>`);
    const [finding] = read.findings.filter(({ severity }) => severity === 'error');
    t.is(finding?.seen, 'name-unusable-in-row', name);
  }
});

test('a row over the limit is refused where it stands, and its neighbours are read', async (t) => {
  const long = 'x'.repeat(9 * 1024 * 1024);
  const base = 'channelID="1" chatDate="1" userId="1" isAlert="0"';
  const rows = {
    attribute: `<tblChat ${base} chatID="2" content="${long}" a="&#xA;"/>`,
    apostrophes: `<tblChat content='${long}' chatID = '2' />`,
    child: `<tblChat><content>${long}&amp;</content><chatID>2</chatID></tblChat>`,
    cdata: `<tblChat><content><![CDATA[${long}]]]></content></tblChat>`,
    'many attributes': `<tblChat ${Array.from({ length: 900 }, (_, i) => `a${i}="${'y'.repeat(10_000)}"`).join(' ')}/>`,
  };
  for (const [name, row] of Object.entries(rows)) {
    const text = `<ROOT>\n${chat('content="one"')}\n${row}\n${chat('content="two"')}${NODE}${REST}</ROOT>`;
    const read = await readAll(cutUp([['big.xml', Buffer.from(text)]], [1 << 18, 77_777]));
    t.deepEqual(
      read.messages.map((message) => message.columns[5]),
      ['one', 'two'],
      name,
    );
    const errors = read.findings.filter(({ severity }) => severity === 'error' || severity === 'warning');
    const damaged = errors.filter(({ rule }) => rule === 'record-not-well-formed');
    t.is(damaged.length, 1, name);
    t.is(damaged[0]?.seen, 'record-too-long', name);
    t.deepEqual(damaged[0]?.place, { file: 'big.xml', line: 3, column: 1, record: 'tblChat' }, name);
  }
});

test('a row of the directory may be 512 KiB; a longer one is refused, one that stays behind anyway is not', async (t) => {
  const limit = 512 << 10;
  const named = (length: number): string => {
    const node = NODE.replace('nodeID="1"', 'nodeID="2"');
    return node.replace('nodeDesc=""', `nodeDesc="${'x'.repeat(length - node.length)}"`);
  };
  const other = `<tblConfig a="${'x'.repeat(limit)}" xml:space="preserve"><b/></tblConfig>`;
  for (const row of ['tblNode', 'row']) {
    for (const length of [limit, limit + 1, 2 * limit]) {
      const long = named(length).replaceAll('tblNode', row);
      const text = `<ROOT>${NODE}\n${long}\n${other}${REST}${chat(`content="${'y'.repeat(2 * limit)}"`)}</ROOT>`;
      const read = await readAll(cutUp([['a.xml', Buffer.from(text)]], [1 << 18, 77_777]));
      t.is(read.messages.length, 1);
      const damaged = read.findings.filter(({ rule }) => rule === 'record-not-well-formed');
      const isLong = length - ('tblNode'.length - row.length) > limit;
      t.is(read.directory.filter(({ kind }) => kind === 'node').length, isLong ? 1 : 2);
      t.deepEqual(
        damaged.map(({ place, seen }) => [seen, place?.line, place?.record]),
        isLong ? [['record-too-long', 2, 'tblNode']] : [],
        `${row} of ${length}`,
      );
    }
  }
});

test('what is too long does not depend on the chunks, nor on what stands before it', async (t) => {
  const row = (length: number): string => chat(`content="${'x'.repeat(length - chat('content=""').length)}"`);
  const text = (first: string): Buffer =>
    Buffer.from(
      `<ROOT>${first}${chat('content="two"')}${' '.repeat(9 << 20)}${row(900)}${NODE}${REST}</ROOT>`,
    );
  const limit = 8 << 20;
  for (const length of [limit - 1, limit, limit + 1, limit + 100_000, limit + 300_000, limit * 2]) {
    const document = text(row(length));
    const whole = await readAll(cutUp([['all.xml', document]], [document.length]));
    t.is(whole.messages.length, length > limit ? 2 : 3);
    for (const sizes of [[1 << 16], [1 << 18], [(1 << 22) + 1, 77]]) {
      const cut = await readAll(cutUp([['all.xml', document]], sizes));
      t.deepEqual(cut.findings, whole.findings, `${length} in ${sizes}`);
      t.is(cut.messages.length, whole.messages.length);
    }
  }
  const stray = Buffer.from(`<ROOT>${chat('content="one"')}${'x'.repeat(limit + 1)}${NODE}${REST}</ROOT>`);
  for (const size of [1 << 18, stray.length]) {
    const error = await t.throwsAsync(readAll(cutUp([['all.xml', stray]], [size])), {
      instanceOf: RunFailure,
    });
    t.is(error?.code, 'input-limit');
  }
});

test('a comment over the limit is a failure with a remedy', async (t) => {
  const huge = Buffer.alloc(XML_LIMITS.tokenBytes + 4096, 'x');
  huge.write('<ROOT><!-- ');
  const error = await t.throwsAsync(readAll(cutUp([['big.xml', huge]], [1 << 26])), {
    instanceOf: RunFailure,
  });
  t.is(error?.code, 'input-limit');
});

test('bare rows of several tables in one document keep their tables, in any order', async (t) => {
  const bare = (text: string): string => text.replaceAll(/<tbl\w+/g, '<row');
  const rows = [chat('content="one"'), `${NODE}${REST}`, chat('content="two"')].map(bare).join('');
  const read = await readAll(cutUp([['all.xml', Buffer.from(`<ROOT>${rows}</ROOT>`)]], [50]));
  t.deepEqual(
    read.messages.map((message) => message.columns[5]),
    ['one', 'two'],
  );
  t.is(read.directory.length, 7);
});

test('text between rows and rows inside rows do not pass in silence', async (t) => {
  t.true(rules(await readText('stray')).includes('error record-not-well-formed'));
  await t.throwsAsync(readText('<tblNode nodeID="2"><tblChat channelID="2"/></tblNode>'), {
    instanceOf: RunFailure,
    message: /inside another row/,
  });
  const mixed = await readText('<tblChat><channelID>1</channelID>stray</tblChat>');
  t.is(mixed.findings.find(({ severity }) => severity === 'error')?.seen, 'text-in-row');
});

test('base64 of UTF-16LE is decoded where the export script says so', async (t) => {
  const encoded = Buffer.from('a\u0001\ud800b', 'utf16le').toString('base64');
  const read = await readText(
    `<tblChat><channelID>1</channelID><content encoding="base64-utf16le">${encoded}</content></tblChat>`,
  );
  t.is(read.messages[0]?.columns[5], 'a\u0001\ud800b');
  const broken = await readText(
    '<tblChat><channelID>1</channelID><content encoding="base64-utf16le">?</content></tblChat>',
  );
  t.is(broken.findings.find(({ severity }) => severity === 'error')?.seen, 'column-undecodable');
});

/** The same element from saxes. */
function fromSaxes(text: string): RecordElement {
  const stack: {
    name: string;
    attributes: (readonly [string, string])[];
    pieces: RecordElement['pieces'][number][];
  }[] = [];
  let root: RecordElement | null = null;
  const parser = new SaxesParser({});
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => {
    const element = { name: tag.name, attributes: Object.entries(tag.attributes), pieces: [] };
    stack.at(-1)?.pieces.push({ kind: 'element', element });
    root ??= element;
    stack.push(element);
  });
  parser.on('closetag', () => void stack.pop());
  const onText = (piece: string): void => void stack.at(-1)?.pieces.push({ kind: 'text', text: piece });
  parser.on('text', onText);
  parser.on('cdata', onText);
  parser.write(text).close();
  return root as unknown as RecordElement;
}

test('the wrapper of fast-xml-parser loses nothing: equal to saxes on awkward records', (t) => {
  const value = fc
    .array(
      fc.constantFrom(
        'x',
        ' ',
        '007',
        '1e5',
        'true',
        '&amp;lt;',
        '&#xD;',
        '&#10;',
        '&#x1F680;',
        '\r\n',
        '\t',
        'é',
        '&quot;',
        '>',
      ),
      { maxLength: 5 },
    )
    .map((parts) => parts.join(''));
  const name = fc.constantFrom('nodeID', 'content', 'toString1', 'dbo.col', 'Cost_x0020_Centre', 'é');
  const record = fc
    .tuple(
      fc.uniqueArray(name, { maxLength: 4 }),
      fc.array(value, { minLength: 4, maxLength: 4 }),
      fc.array(fc.tuple(name, value, fc.boolean()), { maxLength: 4 }),
    )
    .map(
      ([names, values, children]) =>
        `<row${names.map((key, i) => ` ${key}="${values[i]}"`).join('')}>${children
          .map(([key, text, isCdata]) =>
            isCdata ? `<${key}><![CDATA[${text}<&]]></${key}>` : `<${key}>${text}</${key}>`,
          )
          .join('')}</row>`,
    );
  fc.assert(
    fc.property(record, (text) => t.deepEqual(joined(parseRecordText(text)), joined(fromSaxes(text)))),
    { seed: 3, numRuns: 1500 },
  );
});

/** Neighbouring pieces of text as one, so that parsers may cut text as they like. */
function joined(element: RecordElement): unknown {
  const pieces: unknown[] = [];
  let text = '';
  for (const piece of element.pieces) {
    if (piece.kind === 'text') text += piece.text;
    else {
      if (text !== '') pieces.push(text);
      text = '';
      pieces.push(joined(piece.element));
    }
  }
  if (text !== '') pieces.push(text);
  return { name: element.name, attributes: element.attributes, pieces };
}

test('a GUID has both braces or none', (t) => {
  const bare = '357FB9F1-39b0-5662-9e2e-279690f87bfd';
  const read = (value: string) => {
    const reader = new ColumnReader(new Map([['nodeguid', { name: 'nodeGuid', value }]]));
    return [reader.guid('nodeGuid'), reader.defects.length];
  };
  t.deepEqual(read(bare), [bare.toLowerCase(), 0]);
  t.deepEqual(read(`{${bare}}`), [bare.toLowerCase(), 0]);
  t.deepEqual(read(`{${bare}`), ['', 1]);
  t.deepEqual(read(`${bare}}`), ['', 1]);
});
