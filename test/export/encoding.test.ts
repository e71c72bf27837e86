import { Buffer } from 'node:buffer';
import { RunFailure, TextValue, truncationHint } from '@chatferry/export';
import test from 'ava';
import fc from 'fast-check';
import type { ConsoleArtefacts } from '../../packages/export/dist/input/console-artefacts.js';

/** A module behind the package's index: from the compiled test the way is one folder longer than from its source. */
const input = (file: string): URL => new URL(`../../packages/export/dist/input/${file}.js`, import.meta.url);

const { withoutArtefacts } = (await import(
  input('artefact-filter').href
)) as typeof import('../../packages/export/dist/input/artefact-filter.js');
const { artefactFinding, findConsoleArtefacts } = (await import(
  input('console-artefacts').href
)) as typeof import('../../packages/export/dist/input/console-artefacts.js');
const { checkDeclaredEncoding, detectEncoding } = (await import(
  input('encoding').href
)) as typeof import('../../packages/export/dist/input/encoding.js');
const { firstElement } = (await import(
  input('first-element').href
)) as typeof import('../../packages/export/dist/input/first-element.js');
const { utf16ToUtf8 } = (await import(
  input('transcode-utf16').href
)) as typeof import('../../packages/export/dist/input/transcode-utf16.js');

type Utf16 = 'utf-16le' | 'utf-16be';

async function* cut(bytes: Buffer, places: readonly number[]): AsyncGenerator<Buffer> {
  let from = 0;
  for (const place of [...places].map((p) => p % (bytes.length + 1)).sort((a, b) => a - b)) {
    yield Buffer.from(bytes.subarray(from, place));
    from = Math.max(from, place);
  }
  yield Buffer.from(bytes.subarray(from));
}

async function joined(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

function utf16(units: readonly number[], encoding: Utf16): Buffer {
  const bytes = Buffer.alloc(units.length * 2);
  for (const [i, unit] of units.entries()) {
    if (encoding === 'utf-16le') bytes.writeUInt16LE(unit, i * 2);
    else bytes.writeUInt16BE(unit, i * 2);
  }
  return bytes;
}

/** UTF-8 written out by hand, surrogates without partner in three bytes: the oracle. */
function wtf8(units: readonly number[]): Buffer {
  const text = String.fromCharCode(...units);
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code >= 0xd800 && code <= 0xdfff)
      bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(...Buffer.from(character));
  }
  return Buffer.from(bytes);
}

const unit = fc.oneof(
  fc.integer({ min: 0x20, max: 0x7e }),
  fc.integer({ min: 0, max: 0xffff }),
  fc.integer({ min: 0xd800, max: 0xdfff }),
);
const places = fc.array(fc.nat(), { maxLength: 6 });

test('UTF-16 of any units becomes the same UTF-8 wherever it is cut', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(unit, { maxLength: 30 }),
      places,
      fc.constantFrom<Utf16>('utf-16le', 'utf-16be'),
      async (units, cuts, encoding) => {
        const output = await joined(utf16ToUtf8(cut(utf16(units, encoding), cuts), encoding, 'x.xml'));
        return output.equals(wtf8(units));
      },
    ),
    { seed: 1, numRuns: 400 },
  );
  t.pass();
});

test('an unpaired surrogate keeps its three-byte form, a pair becomes one character', async (t) => {
  const units = [0x41, 0xd83d, 0xde00, 0xde00, 0xd83d, 0x42, 0xd83d];
  const expected = '41 f09f9880 edb880 eda0bd 42 eda0bd'.replaceAll(' ', '');
  for (const encoding of ['utf-16le', 'utf-16be'] as const) {
    const output = await joined(utf16ToUtf8(cut(utf16(units, encoding), [1, 3, 5, 9]), encoding, 'x.xml'));
    t.is(output.toString('hex'), expected);
  }
});

test('half a code unit at the end is a failure', async (t) => {
  const bytes = Buffer.from('3c007200ff', 'hex');
  const failure = await t.throwsAsync(joined(utf16ToUtf8(cut(bytes, [2]), 'utf-16le', 'x.xml')), {
    instanceOf: RunFailure,
  });
  t.is(failure?.code, 'input-encoding');
  t.regex(failure?.message ?? '', /"x\.xml" ends in half a UTF-16 code unit/);
});

const DETECTED: readonly [string, string, string, number][] = [
  ['UTF-8 with mark', 'efbbbf3c', 'utf-8', 3],
  ['UTF-8 declaration', '3c3f786d', 'utf-8', 0],
  ['UTF-16LE with mark', 'fffe3c00', 'utf-16le', 2],
  ['UTF-16BE with mark', 'feff003c', 'utf-16be', 2],
  ['UTF-16LE declaration', '3c003f00', 'utf-16le', 0],
  ['UTF-16BE declaration', '003c003f', 'utf-16be', 0],
  ['UTF-16LE fragment', '3c007200', 'utf-16le', 0],
  ['UTF-16BE fragment', '003c0072', 'utf-16be', 0],
  ['UTF-16LE with a Greek element', '3c00b103', 'utf-16le', 0],
  ['UTF-16LE after a line break', '0d000a00', 'utf-16le', 0],
  ['UTF-16LE with a console header', '58004d00', 'utf-16le', 0],
  ['nothing', '', 'utf-8', 0],
  ['one character', '3c', 'utf-8', 0],
];

for (const [what, hex, encoding, bomLength] of DETECTED) {
  test(`detects ${what}`, (t) => {
    t.deepEqual(detectEncoding(Buffer.from(hex, 'hex'), 'x') as unknown, { encoding, bomLength });
  });
}

for (const hex of ['fffe00003c000000', '0000feff', '3c000000', '0000003c']) {
  test(`refuses UTF-32 (${hex})`, (t) => {
    const failure = t.throws(() => detectEncoding(Buffer.from(hex, 'hex'), 'x'), { instanceOf: RunFailure });
    t.is(failure?.code, 'input-encoding');
    t.regex(failure?.message ?? '', /UTF-32/);
  });
}

test('a declared encoding must agree with the bytes', (t) => {
  const check = (declaration: string, encoding: 'utf-8' | Utf16): void =>
    checkDeclaredEncoding(`${declaration}<r/>`, encoding, 'x');
  for (const [declared, encoding] of [
    ['UTF-8', 'utf-8'],
    ['us-ascii', 'utf-8'],
    ['utf-16', 'utf-16le'],
    ['UTF-16', 'utf-16be'],
    ['utf-16BE', 'utf-16be'],
  ] as const) {
    t.notThrows(() => check(`<?xml version="1.0" encoding="${declared}"?>`, encoding));
  }
  for (const [declared, encoding] of [
    ['windows-1252', 'utf-8'],
    ['iso-8859-1', 'utf-8'],
    ['utf-16', 'utf-8'],
    ['utf-8', 'utf-16le'],
    ['utf-16be', 'utf-16le'],
    ['', 'utf-8'],
  ] as const) {
    const failure = t.throws(() => check(`<?xml version='1.0' encoding = '${declared}' ?>`, encoding), {
      instanceOf: RunFailure,
    });
    t.is(failure?.code, 'input-encoding');
    t.true(failure?.message.includes(`"${declared}"`));
  }
  t.notThrows(() => check('<?xml version="1.0" standalone="yes"?><r encoding="x"/>', 'utf-8'));
  t.notThrows(() => check('<r><?xml encoding="x"?></r>', 'utf-8'));
});

test('the first element is found behind declarations and comments', (t) => {
  t.is(
    firstElement('\r\n<?xml version="1.0"?>\n<!-- <no/> --><?pi <no/> ?><dbo.tblNode a="1"/>'),
    'dbo.tblNode',
  );
  t.is(firstElement('<xsd:schema>'), 'schema');
  t.is(firstElement('<!DOCTYPE html><html>'), 'html');
  t.is(firstElement('<row/>'), 'row');
  t.is(firstElement('text <row/>'), null);
  t.is(firstElement('<!-- never closed'), null);
  t.is(firstElement(''), null);
});

const HEADER = `XML_F52E2B61-18A1-11d1-B105-00805F49916B\r\n${'-'.repeat(40)}\r\n`;

/** Text as sqlcmd writes it: a line break after every `units` UTF-16 units. */
function wrapped(text: string, units: number, lineBreak = '\r\n'): string {
  return (text.match(new RegExp(`[^]{1,${units}}`, 'g')) ?? []).join(lineBreak);
}

/** Text in UTF-8, halves of a torn pair in three bytes as the transcoder writes them. */
const utf8 = (text: string): Buffer => TextValue.from(text).bytes;

async function repaired(
  bytes: Buffer,
  cuts: readonly number[] = [],
): Promise<[Buffer, ConsoleArtefacts | null]> {
  const artefacts = await findConsoleArtefacts(bytes.subarray(0, 65536), bytes.length < 65536, () =>
    cut(bytes, cuts),
  );
  return [
    artefacts === null ? bytes : await joined(withoutArtefacts(cut(bytes, cuts), artefacts)),
    artefacts,
  ];
}

const xml = (length: number, filling = 'é€😀a\n'): string =>
  `<r>${filling.repeat(Math.ceil(length / filling.length)).slice(0, length)}</r>`;

for (const units of [2033, 2034]) {
  for (const [what, before, after, lineBreak] of [
    ['bare', '', '', '\r\n'],
    ['with LF', '', '\n', '\n'],
    ['with header and trailer', HEADER, '\r\n\r\n(4 rows affected)\r\n', '\r\n'],
    [
      'with SSMS header and trailer',
      `\r\n${HEADER}`,
      '\r\n\r\n(4 row(s) affected)\r\n\r\n\r\nCompletion time: 2024-03-04T05:06:07.1+01:00\r\n',
      '\r\n',
    ],
    ['after USE', `Changed database context to 'mgc'.\r\n${HEADER}`, '\r\n', '\r\n'],
  ] as const) {
    test(`unwraps lines of ${units}, ${what}`, async (t) => {
      const text = xml(7000, lineBreak === '\n' ? 'é€ab' : undefined);
      const [output, artefacts] = await repaired(utf8(before + wrapped(text, units, lineBreak) + after));
      t.is(output.toString(), text);
      t.is(artefacts?.breaks, 3);
      t.is(artefacts?.lineUnits, units);
    });
  }
}

test('a last line of full length is unwrapped too', async (t) => {
  const text = xml(2033 * 3 - 7, 'ab');
  const [output, artefacts] = await repaired(utf8(`${wrapped(text, 2033)}\r\n`));
  t.is(output.toString(), text);
  t.is(artefacts?.breaks, 2);
});

test('header and trailer go alone when the line breaks belong to the text', async (t) => {
  const text = '<r>\n <a/>\n <b/>\n</r>';
  const [output, artefacts] = await repaired(utf8(`${HEADER}${text}\r\n(1 row affected)\r\n`));
  t.is(output.toString(), text);
  t.is(artefacts?.breaks, 0);
  const [short] = await repaired(utf8(`${text}\r\n\r\n(1 rows affected)\r\n`));
  t.is(short.toString(), text);
});

test('what does not fit the pattern stays as it is', async (t) => {
  const text = xml(9000, 'abc');
  const lines = wrapped(text, 2033).split('\r\n');
  const cases = [
    text,
    '<r>\r\n</r>\r\n',
    [lines[0], `${lines[1]}x`, ...lines.slice(2)].join('\r\n'),
    [lines[0], (lines[1] ?? '').slice(1), ...lines.slice(2)].join('\r\n'),
    wrapped(text, 2032),
    wrapped(text, 2035),
    `${wrapped(text, 2033)}\r\n<more/>\r\n<more/>`,
    `${text.slice(0, 2033)}\r\n`,
  ];
  for (const [i, document] of cases.entries()) {
    const [output, artefacts] = await repaired(utf8(document));
    t.is(artefacts, null, `case ${i}`);
    t.is(output.toString(), document);
  }
});

test('a surrogate pair torn by a line break becomes one character again', async (t) => {
  const text = `<r>${'a'.repeat(2033 - 4)}😀${'b'.repeat(3000)}</r>`;
  const bytes = await joined(
    utf16ToUtf8(cut(Buffer.from(wrapped(text, 2033), 'utf16le'), []), 'utf-16le', 'x.xml'),
  );
  t.is(bytes.indexOf(0xed), 2032);
  for (const place of [2030, 2031, 2032, 2033, 2034, 2035, 2036, 2037, 2038, 2039, 2040, 2041]) {
    const [output] = await repaired(bytes, [place, place + 1]);
    t.is(output.toString(), text, `cut at ${place}`);
  }
});

test('any cutting of the bytes gives the same repaired bytes', async (t) => {
  const text = xml(9000);
  const document = utf8(`${HEADER}${wrapped(text, 2033)}\r\n\r\n(5 rows affected)\r\n`);
  const breaks = [...document.entries()].filter(([, byte]) => byte === 13).map(([i]) => i);
  const near = fc
    .tuple(fc.constantFrom(...breaks), fc.integer({ min: -9, max: 9 }))
    .map(([a, b]) => Math.max(0, a + b));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(near, fc.nat()), { maxLength: 12 }), async (cuts) => {
      const [output] = await repaired(document, cuts);
      return output.equals(Buffer.from(text));
    }),
    { seed: 2, numRuns: 150 },
  );
  t.pass();
});

test('the finding names what was removed', async (t) => {
  const [, artefacts] = await repaired(
    utf8(`${HEADER}${wrapped(xml(3000, 'a'), 2033)}\r\n(2 rows affected)`),
  );
  const finding = artefactFinding('x.xml', artefacts as ConsoleArtefacts);
  t.is(finding.severity, 'warning');
  t.is(
    finding.message,
    'Unexpected output of a console tool around the XML, expected the XML alone; removed the column header, 1 line break after every 2033 characters, the row count.',
  );
});

test('truncation is named at the lengths of known tools only', (t) => {
  for (const length of [2033, 2034, 4000, 65_535, 2_097_152])
    t.regex(truncationHint(length) ?? '', /ends at exactly/);
  for (const length of [0, 2032, 4001, 65_536, 2_000_000]) t.is(truncationHint(length), null);
});
