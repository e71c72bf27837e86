import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Finding, openZipArchive, RunFailure } from '@chatferry/export';
import {
  allParts,
  DEFAULT_LAYOUT,
  locatePackage,
  type PackagePart,
  type RunSummary,
  validateParts,
} from '@chatferry/import';
import anyTest, { type TestFn } from 'ava';
import fc from 'fast-check';
import { byteSize } from '../../packages/transform/dist/commands/byte-size.js';
import { runDiff } from '../../packages/transform/dist/diff/run-diff.js';
import { brief } from '../import/support/package-fixture.js';
import { generateExport } from '../support/generate-export.js';
import { rawZip } from '../support/raw-zip.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { transformed, type Wanted } from '../support/transformed.js';
import { FIXTURES } from '../support/write-fixtures.js';

const SAMPLE = join(FIXTURES, 'sample');
const CHATFERRY = fileURLToPath(new URL('../../packages/transform/bin/chatferry.js', import.meta.url));
const VALIDATE = fileURLToPath(new URL('../../packages/import/bin/chatferry-validate.js', import.meta.url));
const PARTS_OF_20K = [1, 2, 3].map((order) => `PersistentChatData-part-000${order}.zip`);

/** The sample in one piece and in three parts, for all tests; copied by those that change it. */
const test = anyTest as TestFn<{ readonly whole: string; readonly parted: string }>;
const FOLDER = temporaryFolder({ teardown: test.after.always });

test.before(async (t) => {
  t.context = { whole: join(FOLDER, 'whole'), parted: join(FOLDER, 'parted') };
  await transform(SAMPLE, t.context.whole);
  await transform(SAMPLE, t.context.parted, { partSize: 20_480 });
});

async function transform(
  exportPath: string,
  handoffPath: string,
  request: Partial<Wanted> = {},
): Promise<RunSummary> {
  return await transformed({ exportPath, handoffPath, ...request });
}

async function documentsIn(zipPath: string): Promise<Map<string, string>> {
  const archive = await openZipArchive(zipPath);
  try {
    const documents = new Map<string, string>();
    for (const entry of archive.entries) {
      const chunks: Buffer[] = [];
      for await (const chunk of archive.open(entry)) chunks.push(Buffer.from(chunk));
      documents.set(entry.name, Buffer.concat(chunks).toString());
    }
    return documents;
  } finally {
    await archive.close();
  }
}

/**
 * What of a package is a room's own: the records of ChatRooms.xml and the groups of all Messages documents, in order.
 */
async function roomsIn(zipPaths: readonly string[]): Promise<readonly string[]> {
  const rooms: string[] = [];
  const messages: string[] = [];
  for (const zipPath of zipPaths) {
    for (const [name, xml] of await documentsIn(zipPath)) {
      const found = xml.match(/<ChatRoom [\s\S]*?<\/ChatRoom>/g) ?? [];
      if (name === 'ChatRooms.xml') rooms.push(...found);
      if (name.startsWith('Messages')) messages.push(...found);
    }
  }
  return [...rooms, ...messages];
}

interface Checked {
  readonly findings: readonly Finding[];
  readonly messages: number;
}

async function validated(handoff: string): Promise<Checked> {
  const findings: Finding[] = [];
  const located = await locatePackage(handoff);
  const { messages } = await validateParts({
    ...located,
    layout: DEFAULT_LAYOUT,
    report: (finding) => findings.push(finding),
  });
  return { findings, messages };
}

/** Rules and checks of the error findings. */
function errorsOf({ findings }: Checked): string[] {
  return [...new Set(findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule))].sort();
}

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(program: string, args: readonly string[]): Promise<Ended> {
  return await new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { maxBuffer: 1 << 26 }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

for (const partSize of [1, 5_000, 20_480]) {
  test(`parts of ${partSize} bytes: the same rooms and the same ledger as in one piece`, async (t) => {
    const path = temporaryFolder(t);
    const whole = JSON.parse(await readFile(join(t.context.whole, 'data/summary.json'), 'utf8'));
    const parted = await transform(SAMPLE, join(path, 'parted'), { partSize, workers: 1 });
    t.is(parted.package, null);
    const parts = parted.parts ?? [];
    t.true(parts.length > 2);
    const zips = parts.map(({ name }) => join(path, 'parted/data', name));
    t.deepEqual(allParts(await locatePackage(join(path, 'parted'))), zips);
    const single = join(t.context.whole, 'data/PersistentChatData.zip');
    t.deepEqual(await roomsIn(zips), await roomsIn([single]));
    const shared = [...(await documentsIn(single))].filter(([name]) => !/^(?:ChatRooms|Messages)/.test(name));
    t.is(shared.length, 5);
    for (const zip of zips) {
      const documents = await documentsIn(zip);
      for (const [name, xml] of shared) t.is(documents.get(name), xml);
    }
    for (const name of ['ledger.json', 'ledger.ndjson', 'files-to-copy.csv']) {
      t.deepEqual(
        await readFile(join(path, 'parted/data', name)),
        await readFile(join(t.context.whole, 'data', name)),
      );
    }
    t.deepEqual(
      parted.findings.map(({ rule, count }) => [rule, count]),
      whole.findings.byRule.map(({ rule, count }: { rule: string; count: number }) => [rule, count]),
    );
    const checked = await validated(join(path, 'parted'));
    t.deepEqual(errorsOf(checked), []);
    t.is(checked.messages, 384);
    t.is(
      parts.reduce((sum, { messages }) => sum + messages, 0),
      384,
    );
    t.is(
      parts.reduce((sum, { rooms }) => sum + rooms, 0),
      29,
    );
  });
}

test('a part ends with the room in which it reaches its size, and its size is that of the XML', async (t) => {
  const { parts = [] } = JSON.parse(
    await readFile(join(t.context.parted, 'data/summary.json'), 'utf8'),
  ) as RunSummary;
  t.deepEqual(
    parts.map(({ name }) => name),
    PARTS_OF_20K,
  );
  for (const { name } of parts.slice(0, -1)) {
    const xml = (await documentsIn(join(t.context.parted, 'data', name))).get('Messages.xml') ?? '';
    const rooms = xml.match(/<ChatRoom [\s\S]*?<\/ChatRoom>/g) ?? [];
    t.true(Buffer.byteLength(xml) >= 20_480);
    t.true(Buffer.byteLength(xml) - Buffer.byteLength(rooms.at(-1) ?? '') < 20_480);
  }
  const order = JSON.parse(await readFile(join(t.context.parted, 'data/PARTS.json'), 'utf8'));
  t.deepEqual(
    order.parts.map((part: PackagePart) => part.name),
    PARTS_OF_20K,
  );
});

test('a size that is not reached gives the package in one piece, byte for byte', async (t) => {
  const path = temporaryFolder(t);
  await cp(t.context.whole, join(path, 'plain'), { recursive: true });
  const summary = await transform(SAMPLE, join(path, 'large'), { partSize: 2 ** 40 });
  t.is(summary.parts, undefined);
  const names = (await readdir(join(path, 'plain'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  t.true(names.length > 10);
  for (const name of names) {
    t.deepEqual(await readFile(name.replace('/plain/', '/large/')), await readFile(name), name);
  }
});

test('messages out of order, and other workers, give the same parts', async (t) => {
  const path = temporaryFolder(t);
  const sorted = Buffer.concat([
    ...generateExport({ messages: 4_000, shape: 'attributes', rooms: 40 }),
  ]).toString();
  const at = sorted.indexOf('<tblChat ');
  const end = sorted.lastIndexOf('<tblChat ');
  const rows = sorted.slice(at, end).split('\n').reverse().join('\n');
  await writeFile(join(path, 'sorted.xml'), sorted);
  await writeFile(join(path, 'reversed.xml'), `${sorted.slice(0, at)}${rows}\n${sorted.slice(end)}`);
  const request = { partSize: 200_000, documentSize: 20_000 };
  const one = await transform(join(path, 'sorted.xml'), join(path, 'one'), request);
  const two = await transform(join(path, 'reversed.xml'), join(path, 'two'), { ...request, workers: 1 });
  t.true((one.parts?.length ?? 0) > 4);
  t.true(
    (one.parts ?? []).flatMap(({ entries }) => entries).some(({ name }) => name === 'Messages-0003.xml'),
  );
  t.deepEqual(two.parts, one.parts);
  const zips = (await readdir(join(path, 'two/data'))).filter((name) => name.endsWith('.zip'));
  t.is(zips.length, (two.parts ?? []).length, 'nothing is left of the pass that was given up');
  t.deepEqual(errorsOf(await validated(join(path, 'two'))), []);
});

test('numbered documents: transform, validate, diff and trace go through all of them', async (t) => {
  const path = temporaryFolder(t);

  const made = await run(CHATFERRY, [
    'transform',
    SAMPLE,
    '-o',
    join(path, 'cut'),
    '--document-size',
    '1',
    '--quiet',
  ]);
  t.is(made.code, 0, made.err);
  const zip = join(path, 'cut/data/PersistentChatData.zip');
  const documents = [...(await documentsIn(zip)).keys()].filter((name) => name.startsWith('Messages'));
  t.is(documents.length, 28, 'one for each room with messages');
  t.is(documents[1], 'Messages-0002.xml');
  t.deepEqual(await roomsIn([zip]), await roomsIn([join(t.context.whole, 'data/PersistentChatData.zip')]));
  t.is((await run(CHATFERRY, ['validate', join(path, 'cut'), '--quiet'])).code, 0);
  t.is((await run(CHATFERRY, ['diff', t.context.whole, join(path, 'cut'), '--quiet'])).code, 0);
  const trace = await run(CHATFERRY, ['trace', '40#7', '--handoff', join(path, 'cut'), '--export', SAMPLE]);
  t.is(trace.code, 0, trace.err);
  t.regex(trace.out, /In the package: Messages-00\d\d\.xml:1:\d+ \(message 40#7\)/);
});

test('diff and trace take parts for one package', async (t) => {
  const path = temporaryFolder(t);

  await cp(t.context.parted, join(path, 'parted'), { recursive: true });
  const summary = await runDiff({
    before: t.context.whole,
    after: join(path, 'parted'),
    layout: DEFAULT_LAYOUT,
    outputPath: null,
    showText: false,
    ignoresLineEnds: false,
    ignored: [],
    notice: () => undefined,
    progress: () => undefined,
  });
  const different = summary.kinds.filter(({ added, removed, changed }) => added + removed + changed > 0);
  t.deepEqual(
    different.map(({ kind, changed }) => [kind, changed]),
    [['handoff', 1]],
    'only the names of the files differ',
  );
  for (const [record, place] of [
    ['room 24', 'PersistentChatData-part-0001.zip/ChatRooms.xml:'],
    ['room 45', 'PersistentChatData-part-0003.zip/ChatRooms.xml:'],
    ['40#7', 'PersistentChatData-part-0002.zip/Messages.xml:'],
  ] as const) {
    const { code, out, err } = await run(CHATFERRY, [
      'trace',
      ...record.split(' '),
      '--handoff',
      join(path, 'parted'),
      '--export',
      SAMPLE,
    ]);
    t.is(code, 0, err);
    t.true(out.includes(`In the package: ${place}`), out);
  }
  await rm(join(path, 'parted/data', PARTS_OF_20K[1] as string));
  const refused = await run(CHATFERRY, ['diff', t.context.whole, join(path, 'parted')]);
  t.is(refused.code, 2);
  t.regex(refused.err, /is not whole: Unexpected absence of PersistentChatData-part-0002\.zip/);
});

test('a lone part is checked like a package, and nobody takes it for the whole', async (t) => {
  const path = temporaryFolder(t);
  await cp(t.context.parted, join(path, 'handoff'), { recursive: true });
  const part = join(path, 'handoff/data', PARTS_OF_20K[1] as string);
  const ledger = join(path, 'handoff/data/ledger.json');
  for (const args of [[part], [part, '--ledger', ledger]]) {
    const { code, out, err } = await run(VALIDATE, args);
    t.is(code, 0, out + err);
    t.regex(out, /^Ready to import\..* This is part 2 of a package alone: validate the handoff folder/);
    t.regex(out, /10 rooms, 39 principals, 145 messages/);
  }
  const renamed = join(path, 'PersistentChatData.zip');
  await cp(part, renamed);
  const whole = await run(VALIDATE, [renamed, '--ledger', ledger]);
  t.is(whole.code, 1, 'without the name of a part the rooms of the others are missing');
  t.regex(whole.out, /error ledger-balances/);

  const documents = await documentsIn(part);
  const messages = documents.get('Messages.xml') ?? '';
  documents.set('Messages.xml', messages.replace(/<Message [\s\S]*?<\/Message>/, ''));
  await writeFile(part, zipOf(documents));
  const poorer = await run(VALIDATE, [part, '--ledger', ledger]);
  t.is(poorer.code, 1);
  t.regex(poorer.out, /error ledger-balances: \d+\n {2}ChatRooms\.xml:\d+:\d+ \(room \d+\): Unexpected/);
});

function zipOf(documents: ReadonlyMap<string, string>): Buffer {
  return rawZip([...documents].map(([name, data]) => ({ name, data, method: 8 })));
}

type Damage = (data: string) => Promise<void>;

const inPart =
  (order: number, document: string, change: (xml: string) => string): Damage =>
  async (data) => {
    const zip = join(data, `PersistentChatData-part-000${order}.zip`);
    const documents = await documentsIn(zip);
    const before = documents.get(document) ?? '';
    const after = change(before);
    if (after === before) throw new Error(`${document} was not changed`);
    documents.set(document, after);
    await writeFile(zip, zipOf(documents));
  };

const inOrderFile =
  (from: string | RegExp, to: string): Damage =>
  async (data) => {
    const text = await readFile(join(data, 'PARTS.json'), 'utf8');
    const after = text.replace(from, to);
    if (after === text) throw new Error('PARTS.json was not changed');
    await writeFile(join(data, 'PARTS.json'), after);
  };

const DAMAGES: Readonly<Record<string, readonly [Damage, readonly string[], RegExp]>> = {
  'a part that is missing': [
    async (data) => await rm(join(data, PARTS_OF_20K[1] as string)),
    ['ledger-balances', 'parts-agree', 'seal-intact'],
    /Unexpected absence of PersistentChatData-part-0002\.zip, which PARTS\.json lists/,
  ],
  'a part too many': [
    async (data) =>
      await cp(join(data, PARTS_OF_20K[0] as string), join(data, 'PersistentChatData-part-0004.zip')),
    ['ledger-balances', 'name-unique', 'node-unique', 'parts-agree', 'seal-intact'],
    /part-0004\.zip\/ChatRooms\.xml:1:\d+ room 20 Unexpected room with the id 20, expected it once; room 20 has it/,
  ],
  'two parts exchanged': [
    async (data) => {
      const [one, two] = PARTS_OF_20K.map((name) => join(data, name)) as [string, string];
      await rename(one, join(data, 'x'));
      await rename(two, one);
      await rename(join(data, 'x'), two);
    },
    ['parts-agree', 'seal-intact'],
    /Unexpected first room of PersistentChatData-part-0001\.zip: 31, expected 20, as PARTS\.json says/,
  ],
  'no order file': [
    async (data) => await rm(join(data, 'PARTS.json')),
    ['parts-agree', 'seal-intact'],
    /Unexpected absence of PARTS\.json/,
  ],
  'an order file that is no JSON': [
    async (data) => await writeFile(join(data, 'PARTS.json'), 'order: 1, 2, 3'),
    ['parts-agree', 'seal-intact'],
    /expected JSON/,
  ],
  'an order file that leads elsewhere': [
    inOrderFile('"PersistentChatData-part-0002.zip"', '"../../PersistentChatData-part-0002.zip"'),
    ['parts-agree', 'seal-intact'],
    /Unexpected form of part 2/,
  ],
  'an order file with another SHA-256': [
    inOrderFile(/"sha256": "[0-9a-f]{8}/, '"sha256": "00000000'),
    ['parts-agree', 'seal-intact'],
    /Unexpected SHA-256 of PersistentChatData-part-0001\.zip/,
  ],
  'an order file in another order': [
    inOrderFile('"firstRoomId": 42', '"firstRoomId": 41'),
    ['parts-agree', 'seal-intact'],
    /Unexpected rooms of part 3 before those of an earlier one/,
  ],
  'another category in one part': [
    inPart(3, 'Categories.xml', (xml) => xml.replace(/<Desc>[^<]*<\/Desc>/, '<Desc>elsewhere</Desc>')),
    ['parts-agree', 'seal-intact'],
    /Unexpected other Categories\.xml in PersistentChatData-part-0003\.zip, expected that of the first part/,
  ],
  'a message less in one part': [
    inPart(2, 'Messages.xml', (xml) => xml.replace(/<Message [\s\S]*?<\/Message>/, '')),
    ['ledger-balances', 'parts-agree', 'seal-intact'],
    /part-0002\.zip\/ChatRooms\.xml:1:\d+ room \d+ Unexpected number of messages/,
  ],
  'a room less in one part': [
    inPart(2, 'ChatRooms.xml', (xml) => xml.replace(/<ChatRoom id="31" [\s\S]*?<\/ChatRoom>/, '')),
    ['ledger-balances', 'message-room-resolves', 'parts-agree', 'seal-intact'],
    /Unexpected number of rooms of PersistentChatData-part-0002\.zip: 9, expected 10/,
  ],
  'a cut part': [
    async (data) => {
      const zip = join(data, PARTS_OF_20K[2] as string);
      await writeFile(zip, (await readFile(zip)).subarray(0, 5_000));
    },
    ['parts-agree', 'seal-intact', 'zip-readable'],
    /PersistentChatData-part-0003\.zip:1:1 - "PersistentChatData-part-0003\.zip" is damaged/,
  ],
};

for (const [what, [damage, expected, words]] of Object.entries(DAMAGES)) {
  test(`validate notices ${what}`, async (t) => {
    const path = temporaryFolder(t);
    await cp(t.context.parted, join(path, 'handoff'), { recursive: true });

    await damage(join(path, 'handoff/data'));
    const checked = await validated(join(path, 'handoff'));
    t.deepEqual(errorsOf(checked), expected, checked.findings.map(brief).join('\n'));
    t.true(
      checked.findings.some((finding) => words.test(brief(finding))),
      checked.findings.map(brief).join('\n'),
    );
  });
}

test('not ready: every part is marked, and the script imports none', async (t) => {
  const path = temporaryFolder(t);
  await mkdir(join(path, 'export'));
  await cp(SAMPLE, join(path, 'export'), { recursive: true });
  const chat = await readFile(join(SAMPLE, 'tblChat.xml'), 'utf8');
  await writeFile(join(path, 'export/tblChat.xml'), chat.replace(/userId="14"/, 'userId="nobody"'));
  const handoff = join(path, 'handoff');
  const done = await run(CHATFERRY, ['transform', join(path, 'export'), '-o', handoff, '--part-size', '20K']);
  t.is(done.code, 1, done.out);
  const names = (await readdir(join(handoff, 'data'))).filter((name) => name.endsWith('.zip'));
  t.deepEqual(
    names,
    PARTS_OF_20K.map((name) => name.replace('.zip', '.NOT-READY.zip')),
  );
  t.true(
    (await readFile(join(handoff, 'data/Import-Package.ps1'), 'utf8')).includes(
      "throw 'This package is NOT READY.",
    ),
  );
  t.deepEqual(errorsOf(await validated(handoff)), ['handoff-ready']);
  const lone = await run(VALIDATE, [join(handoff, 'data', names[0] as string)]);
  t.is(lone.code, 1);
  t.regex(lone.out, /handoff-ready/);
});

test('sizes: K, M, G and T are powers of 1,024; what is no size ends the run', async (t) => {
  const good = {
    '500M': 500 * 2 ** 20,
    '2G': 2 ** 31,
    '1.5g': 1.5 * 2 ** 30,
    '1T': 2 ** 40,
    '7': 7,
    '64 KiB': 65_536,
    '3MB': 3 * 2 ** 20,
  };
  for (const [text, bytes] of Object.entries(good)) t.is(byteSize('--part-size', text), bytes);
  for (const text of ['0', '', '-1', '1e9', '2P', 'G', '0.4', '9007199254740993', '1G2', '½G']) {
    const failure = t.throws(() => byteSize('--part-size', text), { instanceOf: RunFailure });
    t.is(failure?.code, 'arguments');
  }
  fc.assert(fc.property(fc.integer({ min: 1 }), (bytes) => byteSize('--part-size', String(bytes)) === bytes));
  const { code, err } = await run(CHATFERRY, ['transform', SAMPLE, '-o', 'nowhere', '--part-size', 'large']);
  t.is(code, 2);
  t.regex(err, /--part-size large is not a number of bytes/);
});
