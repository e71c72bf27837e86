import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { RunFailure } from '@chatferry/export';
import test from 'ava';
import fc from 'fast-check';
import { choicesFrom, fuzzRuns, tapes } from '../support/choices.js';
import { SHAPE_NAMES } from '../support/export-shapes.js';
import { generateExport } from '../support/generate-export.js';
import { hostileExport } from '../support/hostile-export.js';
import { rawZip } from '../support/raw-zip.js';
import { FIXTURES } from '../support/write-fixtures.js';
import { fastRowsOf, plainRowsOf, scratch } from './support/second-reader.js';

const SOURCE_ROOM = new URL('../../packages/import/src/source/', import.meta.url);

for (const shape of SHAPE_NAMES) {
  test(`both readers see the same rows in the shape ${shape}`, async (t) => {
    const path = join(FIXTURES, 'shapes', shape);
    const rows = await plainRowsOf(path);
    t.true(rows.length > 30);
    t.deepEqual(rows, await fastRowsOf(path));
  });
}

test('both readers see the same rows in the sample, packed in any way', async (t) => {
  const folder = scratch(t);
  const sample = join(FIXTURES, 'sample');
  const expected = await fastRowsOf(sample);
  const names = readdirSync(sample);
  const entries = names.map((name) => ({ name, data: readFileSync(join(sample, name)), method: 8 as const }));
  writeFileSync(join(folder, 'export.zip'), rawZip(entries));
  t.deepEqual(await plainRowsOf(join(folder, 'export.zip')), expected);
  mkdirSync(join(folder, 'packed'));
  for (const { name, data } of entries) writeFileSync(join(folder, 'packed', `${name}.gz`), gzipSync(data));
  writeFileSync(join(folder, 'packed', 'notes.txt'), 'not a table');
  t.deepEqual(await plainRowsOf(join(folder, 'packed')), expected);
});

for (const shape of ['elements', 'attributes'] as const) {
  test(`both readers see the same rows in a large generated export of ${shape}`, async (t) => {
    const path = join(scratch(t), 'export.xml');
    const chunks = [...generateExport({ messages: 3000, shape, order: 'date', rooms: 20, users: 30 })];
    writeFileSync(path, Buffer.concat(chunks));
    const rows = await plainRowsOf(path);
    t.is(rows.filter((row) => row.startsWith('tblChat ')).length, 3000);
    t.deepEqual(rows, await fastRowsOf(path));
  });
}

test('both readers see the same rows wherever both take a hostile document', async (t) => {
  t.timeout(24 * 3600 * 1000);
  const path = join(scratch(t), 'export.xml');
  let compared = 0;
  let tried = 0;
  await fc.assert(
    fc.asyncProperty(tapes, async (tape) => {
      tried += 1;
      writeFileSync(path, hostileExport(choicesFrom(tape), { rooms: [17, 18], authors: [7], isCalm: true }));
      const fast = await fastRowsOf(path).catch(onlyFailures);
      const plain = await plainRowsOf(path).catch(onlyFailures);
      if (fast === null || plain === null) return;
      compared += 1;
      if (JSON.stringify(plain) !== JSON.stringify(fast)) {
        throw new Error(`${JSON.stringify(plain)}\n${JSON.stringify(fast)}\n${readFileSync(path, 'latin1')}`);
      }
    }),
    fuzzRuns(300),
  );
  t.log(`${compared} of ${tried} documents were taken by both`);
  t.true(compared > tried / 20);
});

function onlyFailures(error: unknown): null {
  if (error instanceof RunFailure) return null;
  throw error;
}

const REFUSED: Readonly<Record<string, readonly [text: string | Buffer, code: string, message: RegExp]>> = {
  'cut off': ['<rows><row nodeID="5" nodeName="Op', 'input-not-well-formed', /line 1/],
  'cut off between rows': ['<rows>\n<row nodeID="5"/>', 'input-not-well-formed', /line 2: unclosed tag/],
  'mismatched tags': ['<rows><row a="1"></rows></row>', 'input-not-well-formed', /unexpected close tag/],
  'an unknown entity': ['<rows><row a="&me;"/></rows>', 'input-not-well-formed', /undefined entity/],
  'a repeated attribute': ['<rows><row a="1" a="2"/></rows>', 'input-not-well-formed', /duplicate attribute/],
  'text between rows': ['<rows><row a="1"/>oops</rows>', 'input-not-well-formed', /text between rows/],
  'a document type': ['<!DOCTYPE a [<!ENTITY b "c">]><a><row b="&b;"/></a>', 'input-dtd', /doctype/],
  'rows in rows': [
    '<a><tblNode nodeID="1" nodeGuid="x"><tblChat channelID="1" chatID="2"/></tblNode></a>',
    'input-not-well-formed',
    /rows within rows/,
  ],
  'deep nesting': ['<a>'.repeat(300), 'input-limit', /more than 256 levels/],
  'a huge attribute': [`<a><row b="${'x'.repeat(17 * 2 ** 20)}"/></a>`, 'input-limit', /more than 16777216/],
  'a huge text': [`<a><row><b>${'x<!---->'.repeat(2 ** 24 + 9)}`, 'input-limit', /more than 16777216/],
  'bytes that are no UTF-8': [Buffer.from([0x3c, 0x61, 0xff, 0x3e]), 'input-encoding', /not valid UTF-8/],
  'a code page': ['<?xml version="1.0" encoding="windows-1252"?><a/>', 'input-encoding', /windows-1252/],
  'half a character of UTF-16': [Buffer.from('<\0a\0/\0>', 'latin1'), 'input-encoding', /within a character/],
  'no XML': ['channelID,chatID\n1,2\n', 'input-not-an-export', /no XML document/],
  nothing: ['', 'input-not-an-export', /no XML document/],
};

for (const [what, [text, code, message]] of Object.entries(REFUSED)) {
  test(`the second reader refuses with a sentence: ${what}`, async (t) => {
    const path = join(scratch(t), 'export.xml');
    writeFileSync(path, text);
    const error = await t.throwsAsync(plainRowsOf(path), { instanceOf: RunFailure, message });
    t.is(error.code, code as typeof error.code);
    t.regex(error.remedy, /\w\.$/);
  });
}

test('the second reader refuses a missing export, a cut gzip file and a bomb', async (t) => {
  const folder = scratch(t);
  await t.throwsAsync(plainRowsOf(join(folder, 'nowhere')), { message: /does not exist/ });
  if (process.platform === 'win32') return;
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  await t.throwsAsync(plainRowsOf(join(folder, 'pipe')), { message: /is a pipe, a socket or a device/ });
  const path = join(folder, 'export.xml.gz');
  writeFileSync(path, gzipSync(readFileSync(join(FIXTURES, 'sample/tblChat.xml'))).subarray(0, 3000));
  await t.throwsAsync(plainRowsOf(path), { instanceOf: RunFailure, message: /cannot be read/ });
  writeFileSync(path, gzipSync(Buffer.from(`<a>${`<b c="1"/>${' '.repeat(2 ** 20)}`.repeat(80)}`)));
  await t.throwsAsync(plainRowsOf(path), { instanceOf: RunFailure, message: /inflates more than 200 times/ });
});

test('characters that XML 1.0 cannot hold come out as they are, in CDATA as they are written', async (t) => {
  const path = join(scratch(t), 'tblChat.xml');
  const text = 'a&#x1;b&#0;c\u0001d&#xE000;e\ue001f&#xFFFE;g&#xD800;h&#1;';
  writeFileSync(
    path,
    `<r><row channelID="1" chatID="2" content="${text}"/><row>
    <channelID>1</channelID><chatID>3</chatID><content><![CDATA[&#x1;\u000b]]></content></row></r>`,
  );
  const rows = (await plainRowsOf(path)).map((row) => JSON.parse(row.slice('tblChat '.length))[5]);
  t.deepEqual(rows, ['a\u0001b\u0000c\u0001d\ue000e\ue001f\ufffeg\ud800h\u0001', '&#x1;\u000b']);
});

test('the second reader imports nothing of the first, nor of the rules', (t) => {
  const allowed = ['RunFailure', 'openZipArchive', 'type ZipArchive'];
  for (const name of readdirSync(SOURCE_ROOM)) {
    const text = readFileSync(new URL(name, SOURCE_ROOM), 'utf8');
    t.notRegex(text, /@chatferry\/transform|\/rows\/|\/xml\//, name);
    for (const [, names = ''] of text.matchAll(/import (?:type )?\{([^}]*)\} from '@chatferry\/export'/g)) {
      for (const imported of names.split(',').map((one) => one.trim()))
        t.true(allowed.includes(imported), imported);
    }
  }
});
