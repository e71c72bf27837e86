import { Buffer } from 'node:buffer';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_LAYOUT } from '@chatferry/import';
import { DEFAULT_OPTIONS, runTransform, type TransformOptions } from '@chatferry/transform';
import test from 'ava';
import fc from 'fast-check';
import { StretchWriter } from '../../packages/import/dist/package/message-stretch.js';
import { MESSAGE_RULES } from '../../packages/transform/dist/rules/messages.js';
import { choicesFrom, fuzzRuns, tapes } from '../support/choices.js';
import { rowsOf } from '../support/export-model.js';
import { writeShape } from '../support/export-shapes.js';
import { generateExport } from '../support/generate-export.js';
import { ordinaryExport } from '../support/ordinary-export.js';
import { rawZip } from '../support/raw-zip.js';
import { failureInWords } from '../support/rows-read.js';
import { sampleModel } from '../support/sample-model.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const MODEL = sampleModel();
const idsOf = (table: string, column: string): number[] => [
  ...new Set(rowsOf(MODEL, table).map((row) => Number(row[column]))),
];
/** Those that messages have in the sample come often. */
const SCENE = {
  rooms: [...idsOf('tblChat', 'channelID'), ...idsOf('tblChat', 'channelID'), ...idsOf('tblNode', 'nodeID')],
  authors: [...idsOf('tblChat', 'userId'), ...idsOf('tblChat', 'userId'), ...idsOf('tblPrincipal', 'prinID')],
};
const OPTIONS: readonly Partial<TransformOptions>[] = [
  {},
  {},
  { since: 634567890123456791n },
  { until: 634567891323456790n },
  { asOf: 634567890723456789n, rtf: 'drop' },
  { missingAuthors: 12 },
];

const { write } = StretchWriter.prototype;
let stretched = 0;
StretchWriter.prototype.write = function (this: StretchWriter, ...given: Parameters<typeof write>) {
  const stretch = write.apply(this, given);
  stretched += stretch?.messages ?? 0;
  return stretch;
};
const watched = StretchWriter.prototype.write;

/** Runs `work` with every message judged by the rules, one at a time. */
async function oneByOne<Result>(work: () => Promise<Result>): Promise<Result> {
  StretchWriter.prototype.write = () => null;
  try {
    return await work();
  } finally {
    StretchWriter.prototype.write = watched;
  }
}

function filesBelow(folder: string): [path: string, bytes: Buffer | string][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort()
    .map((path) => [path, readFileSync(join(folder, path))]);
}

async function handoffOf(
  exportPath: string,
  options: Partial<TransformOptions>,
  cut: { readonly partSize?: number },
): Promise<Map<string, Buffer | string>> {
  const handoffPath = `${exportPath}-out`;
  try {
    await runTransform({
      ...cut,
      exportPath,
      handoffPath,
      options: { ...DEFAULT_OPTIONS, ...options },
      layout: DEFAULT_LAYOUT,
      isDryRun: false,
      replace: true,
      isStrict: false,
      readsBack: false,
      notice: () => undefined,
      progress: () => undefined,
    });
    return new Map(filesBelow(handoffPath));
  } catch (error) {
    return new Map([['failure', failureInWords(error)]]);
  } finally {
    rmSync(handoffPath, { recursive: true, force: true });
  }
}

test.serial(
  'messages that pass many at a time give the handoff that they give one by one, byte for byte',
  async (t) => {
    t.timeout(24 * 3600 * 1000);
    const folder = temporaryFolder(t);
    for (const [file, bytes] of writeShape(MODEL, 'raw-attributes')) writeFileSync(join(folder, file), bytes);
    let handoffs = 0;
    let messages = 0;
    const runs = fuzzRuns(20);
    await fc.assert(
      fc.asyncProperty(tapes, async (tape) => {
        const random = choicesFrom(tape);
        const options = random.pick(OPTIONS);
        const cut = random.chance(20) ? { partSize: 4096 } : {};
        const document = ordinaryExport(random, SCENE);
        writeFileSync(join(folder, 'tblChat.xml'), document);
        const expected = await oneByOne(() => handoffOf(folder, options, cut));
        const made = await handoffOf(folder, options, cut);
        t.deepEqual([...made.keys()], [...expected.keys()]);
        for (const [file, bytes] of expected) {
          if (String(made.get(file)) !== String(bytes))
            throw new Error(`${file}: ${made.get(file)}\n${bytes}`);
        }
        if (expected.has('failure')) return;
        handoffs += 1;
        messages += document.toString('latin1').split('<tblChat').length - 1;
      }),
      { ...runs, endOnFailure: true },
    );
    t.log(`${handoffs} handoffs, ${stretched} of ${messages} messages at once`);
    t.true(handoffs > runs.numRuns / 2 && stretched > messages / 4);
  },
);

const [ROOM, AUTHOR] = [SCENE.rooms[0], SCENE.authors[0]];
const TICK = 634567890123456789n;

/** A message in attributes; `odd` replaces columns or adds some, and `child` puts one into an element of its own. */
function messageRow(id: number, odd: Readonly<Record<string, string>> = {}, child = ''): string {
  const usual = {
    channelID: `${ROOM}`,
    chatID: `${id}`,
    chatDate: `${TICK + BigInt(id)}`,
    userId: `${AUTHOR}`,
  };
  const columns = Object.entries({ ...usual, isAlert: '0', content: 'Good evening', ...odd });
  const attributes = columns
    .filter(([name]) => child === '' || name !== 'content')
    .map(([name, value]) => ` ${name}="${value}"`)
    .join('');
  return child === '' ? `<tblChat${attributes}/>` : `<tblChat${attributes}>${child}</tblChat>`;
}

/** What stands among ordinary messages 1 to 3 and 7 to 9. */
const ODD_ROWS: Readonly<Record<string, readonly string[]>> = {
  // The kernel takes a column only after the tokens have met it.
  rtf: [messageRow(4, { rtf: '{\\rtf1 met}' }), messageRow(5), messageRow(6, { rtf: '{\\rtf1 kept}' })],
  'a column that nobody knows': [
    messageRow(4, { mood: 'good' }),
    messageRow(5),
    messageRow(6, { mood: 'better' }),
  ],
  'ticks with a leading zero': [messageRow(4, { chatDate: `0${TICK + 4n}` })],
  'an id with a leading zero': [messageRow(4, { chatID: '04' })],
  'a raw > in the text': [messageRow(4, { content: 'a > b' })],
  'a raw > beside a reference': [messageRow(4, { content: 'a > &quot;b&quot;' })],
  'the same message again, read by tokens': [
    messageRow(4),
    messageRow(4, {}, '<content><![CDATA[Good evening]]></content>'),
  ],
  'another message of the same key, read by tokens': [
    messageRow(4),
    messageRow(4, {}, '<content><![CDATA[other]]></content>'),
  ],
  'a date back and forth': [
    messageRow(4, { chatDate: `${TICK}` }),
    messageRow(5, { chatDate: `${TICK + 1n}` }),
    messageRow(6, { chatDate: `${TICK + 900n}` }),
  ],
};
const LOW_DATES = [1, 2, 3].map((id) => messageRow(id, { chatDate: `${id}` }));

test.serial('one odd message among ordinary ones is treated as it is alone', async (t) => {
  const folder = temporaryFolder(t);
  for (const [file, bytes] of writeShape(MODEL, 'raw-attributes')) writeFileSync(join(folder, file), bytes);
  const ordinary = (ids: readonly number[]): string[] => ids.map((id) => messageRow(id));
  const cases = Object.entries(ODD_ROWS).map(
    ([what, rows]) => [what, [...ordinary([1, 2, 3]), ...rows, ...ordinary([7, 8, 9])]] as const,
  );
  for (const [what, rows] of [
    ...cases,
    ['dates before 1995', [...LOW_DATES, ...ordinary([7, 8, 9])]] as const,
  ]) {
    writeFileSync(join(folder, 'tblChat.xml'), `<root>${rows.join('\n')}</root>`);
    const expected = await oneByOne(() => handoffOf(folder, {}, {}));
    const before = stretched;
    t.deepEqual(await handoffOf(folder, {}, {}), expected, what);
    t.true(expected.has('data/ledger.json') && stretched > before, what);
  }
});

test.serial('a message with the key of the last one in memory is seen when it comes', async (t) => {
  const folder = temporaryFolder(t);
  for (const [file, bytes] of writeShape(MODEL, 'raw-attributes')) writeFileSync(join(folder, file), bytes);
  // So many that wherever the bytes in memory end, a pair is often cut apart.
  const rows = Array.from({ length: 24_000 }, (_, i) =>
    i % 3 === 0 ? [messageRow(i + 1), messageRow(i + 1, { content: 'other' })] : [messageRow(i + 1)],
  );
  writeFileSync(join(folder, 'tblChat.xml'), `<root>${rows.flat().join('\n')}</root>`);
  const expected = await oneByOne(() => handoffOf(folder, {}, {}));
  const before = stretched;
  const made = await handoffOf(folder, {}, {});
  t.deepEqual([...made.keys()], [...expected.keys()]);
  for (const [file, bytes] of expected) t.true(String(made.get(file)) === String(bytes), file);
  t.true(expected.has('data/ledger.json') && stretched > before);
  t.is(JSON.parse(String(made.get('data/ledger.json'))).tables.tblChat.refused, 8000);
});

test.serial('runs that take turns on one thread do not disturb each other', async (t) => {
  const folder = temporaryFolder(t);
  const generated = Buffer.concat([
    ...generateExport({ messages: 2000, rooms: 3, users: 20, shape: 'attributes' }),
  ]);
  const dates = [...generated.toString('latin1').matchAll(/chatDate="(\d+)"/g)].map(([, date]) =>
    BigInt(date ?? 0),
  );
  const since = dates.sort((a, b) => (a < b ? -1 : 1))[1000] as bigint;
  const runs = [{ since }, {}, { until: since }, {}].map((options, at) => {
    const file = join(folder, `${at}.zip`);
    // An archive is inflated in the background, so that others have their turn.
    writeFileSync(file, rawZip([{ name: 'export.xml', data: generated, method: 8 }]));
    return { file, options };
  });
  const expected: Map<string, Buffer | string>[] = [];
  for (const { file, options } of runs) expected.push(await oneByOne(() => handoffOf(file, options, {})));
  const before = stretched;
  const made = await Promise.all(runs.map(({ file, options }) => handoffOf(file, options, {})));
  t.true(stretched > before);
  t.deepEqual(made, expected);
});

test('every message rule says on what terms ordinary messages pass it', (t) => {
  const voice = { say: () => undefined, changed: () => undefined, fileLinks: () => undefined };
  const context = {
    options: { ...DEFAULT_OPTIONS, since: 1n, until: 2n },
    rooms: new Map(),
    authors: new Map(),
    roomStates: new Map(),
  };
  const withoutTerms = MESSAGE_RULES.filter((rule) => rule.begin(context, voice)?.ordinary === undefined);
  t.deepEqual(
    withoutTerms.map(({ id }) => id),
    [],
  );
});
