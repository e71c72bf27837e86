import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MOST_SHARDS, parsePlain, parseShard, plainText, shardOf } from '@chatferry/transform';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { fuzzRuns } from '../support/choices.js';
import { generateExport } from '../support/generate-export.js';
import { requestOfCase } from '../support/golden.js';
import { INTERRUPTED_EXPORTS } from '../support/interrupted-runs.js';
import { inTemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';
import { PLAIN_REQUEST } from '../support/transformed.js';
import { FIXTURES } from '../support/write-fixtures.js';
import { type CaseRequest, madeShards, merged, sharded, unsharded } from './support/sharded-runs.js';

function requestFor(exportPath: string): CaseRequest {
  return { ...PLAIN_REQUEST, exportPath };
}

async function expectSame(
  t: ExecutionContext,
  request: CaseRequest,
  counts: readonly number[],
): Promise<void> {
  const work = temporaryFolder(t);
  const whole = await unsharded(request, work);
  for (const count of counts) {
    const joined = await sharded(request, work, count);
    t.deepEqual(joined.files, whole.files, `${request.exportPath} in ${count} shards`);
    t.is(joined.code, whole.code);
  }
}

for (const name of ['sample', 'dirty']) {
  test(`the merged handoff of fixtures/${name} is the unsharded one, byte for byte`, async (t) => {
    const request = await requestOfCase(join(FIXTURES, name), temporaryFolder(t));
    const given = name === 'sample' ? { ...request, exportPath: join(FIXTURES, name) } : request;
    await expectSame(t, given, name === 'sample' ? [5] : [1, 2, 20]);
  });
}

test('so is that of cases with plans, lists of the target, manifests, options, and with odd messages', async (t) => {
  t.timeout(300_000);
  const cases = readdirSync(join(FIXTURES, 'convert')).filter(isOfInterest);
  t.true(cases.length > 25);
  for (const name of cases) {
    await expectSame(t, await requestOfCase(join(FIXTURES, 'convert', name), temporaryFolder(t)), [2]);
  }
});

/** Cases about the directory alone are like one another: all shards do the same there. */
function isOfInterest(name: string): boolean {
  const files = readdirSync(join(FIXTURES, 'convert', name));
  return files.length > 2 || files.includes('export') || /^(message|last-chat|record)/.test(name);
}

/** Every way through a run, and every number of shards with one of them; several blocks of records with the first. */
const WAYS: Readonly<Record<string, { readonly messages: number; readonly counts: readonly number[] }>> = {
  ordered: { messages: 6000, counts: [1, 3] },
  troubled: { messages: 2000, counts: [2, 5] },
  unordered: { messages: 2000, counts: [3] },
  'table behind': { messages: 2000, counts: [2] },
  'late disorder': { messages: 2000, counts: [2] },
};

for (const [name, { counts, messages }] of Object.entries(WAYS)) {
  test(`so is that of a generated export: ${name}`, async (t) => {
    t.timeout(300_000);
    const exportPath = join(temporaryFolder(t), 'export.xml');
    await writeFile(exportPath, INTERRUPTED_EXPORTS[name]?.(messages) ?? '');
    const request = { ...requestFor(exportPath), sourceDateEpoch: '1400000000', workers: 1 };
    await expectSame(t, request, counts);
  });
}

test('so is one whose package is cut into parts and documents, which the merge does', async (t) => {
  t.timeout(300_000);
  const exportPath = join(temporaryFolder(t), 'export.xml');
  await writeFile(exportPath, INTERRUPTED_EXPORTS.troubled?.(3000) ?? '');
  const cuts = [
    { partSize: 100_000, documentSize: 25_000 },
    { partSize: 1, documentSize: null },
    { partSize: 2 ** 40, documentSize: 1 },
  ];
  const work = temporaryFolder(t);
  const shards = await madeShards(requestFor(exportPath), work, 3);
  for (const cut of cuts) {
    const request = { ...requestFor(exportPath), ...cut };
    t.deepEqual(await merged(request, work, shards), await unsharded(request, work), JSON.stringify(cut));
  }
});

const [DIRECTORY = '', ...ROWS] = [
  ...generateExport({ messages: 8, rooms: 4, users: 3, shape: 'attributes' }),
]
  .map(String)
  .join('')
  .split(/(?=<tblChat )/);

/** A message as it is, or with something wrong with it or beside it. */
const TROUBLES: readonly ((row: string) => string)[] = [
  (row) => row,
  (row) => row,
  (row) => row,
  (row) => row.replace(/channelID="\d+"/, 'channelID="x"'),
  (row) => row.replace(/chatID="\d+"/, 'chatID=""'),
  (row) => row.replace(/channelID="\d+"/, 'channelID="0"'),
  (row) => row.replace(/channelID="(\d+)"/, 'channelID="-$1"'),
  (row) => row.replace(/channelID="(\d+)"/, 'channelID="7$1"'),
  (row) => row.replace(/channelID="\d+"/, 'channelID="1"'),
  (row) => row.replace(/userId="\d+"/, 'userId="99999"'),
  (row) => row.replace(/content="/, 'content="a & b '),
  (row) => row.replace(/content="/, 'content="[STORY] ma-filelink:plan.doc '),
  (row) => row.replace(/content="/, 'novel="1" content="'),
  (row) => row.replace(/chatDate="\d+"/, 'chatDate="-5"'),
  (row) => row + row,
];

const chat = fc.record({ row: fc.nat(ROWS.length - 1), trouble: fc.nat(TROUBLES.length - 1) });

test('whatever is wrong with messages, and in whatever order they come, the merged handoff is the same', async (t) => {
  t.timeout(300_000);
  const property = fc.asyncProperty(
    fc.array(chat, { maxLength: 14 }),
    fc.boolean(),
    fc.integer({ min: 1, max: 6 }),
    async (chats, isSorted, count) => {
      await inTemporaryFolder(async (work) => {
        const order = isSorted ? chats.toSorted((a, b) => a.row - b.row) : chats;
        const rows = order.map(({ row, trouble }) => TROUBLES[trouble]?.(messageOf(row)) ?? '');
        const exportPath = join(work, 'export.xml');
        await writeFile(exportPath, `${DIRECTORY}${rows.join('')}<tblChat/></root>`);
        const request = requestFor(exportPath);
        const whole = await unsharded(request, work);
        const joined = await sharded(request, work, count);
        t.deepEqual(joined.files, whole.files);
        t.is(Math.max(...joined.shardCodes), whole.code);
      });
    },
  );
  await fc.assert(property, fuzzRuns(10));
});

function messageOf(row: number): string {
  return (ROWS[row] as string).replace(/<\/root>\s*$/, '');
}

test('what has no room that can be read stands before all rooms, also those of negative channelIDs, when messages are sorted', async (t) => {
  const exportPath = join(temporaryFolder(t), 'export.xml');
  const ids = ['-3', 'x', '-7', '', '12', '-5', 'x'];
  const rows = ids.map((id, i) => messageOf(i % ROWS.length).replace(/channelID="\d+"/, `channelID="${id}"`));
  await writeFile(exportPath, `${DIRECTORY}${rows.join('')}</root>`);
  await expectSame(t, requestFor(exportPath), [2, 4]);
});

test('more rooms are missing than the ledger has accounts for', async (t) => {
  t.timeout(300_000);
  const exportPath = join(temporaryFolder(t), 'export.xml');
  const rows = Array.from({ length: 10_010 }, (_, i) =>
    messageOf(0)
      .replace(/channelID="\d+"/, `channelID="${5000 + i}"`)
      .repeat(1 + (i % 2)),
  );
  await writeFile(exportPath, `${DIRECTORY}${rows.join('')}</root>`);
  await expectSame(t, requestFor(exportPath), [3]);
});

test('a room belongs to one shard, by a hash that anybody can compute', (t) => {
  // printf 40 | sha256sum: d59eced1...; 0xd59eced1 % 5 = 4
  t.is(shardOf(40, 5), (0xd59eced1 % 5) + 1);
  t.is(shardOf(0, 5), 1);
  const shares = new Map<number, number>();
  for (let id = 1; id <= 4000; id++) shares.set(shardOf(id, 4), (shares.get(shardOf(id, 4)) ?? 0) + 1);
  t.deepEqual([...shares.keys()].sort(), [1, 2, 3, 4]);
  t.true([...shares.values()].every((rooms) => rooms > 900 && rooms < 1100));
});

test('--shard takes i/n with 1 <= i <= n', (t) => {
  t.deepEqual(parseShard('2/16'), { index: 2, count: 16 });
  t.deepEqual(parseShard(`${MOST_SHARDS}/${MOST_SHARDS}`), { index: MOST_SHARDS, count: MOST_SHARDS });
  for (const text of [
    '',
    '1',
    '0/4',
    '5/4',
    '1/0',
    '-1/4',
    '1/4/2',
    'a/b',
    '1.5/4',
    `1/${MOST_SHARDS + 1}`,
  ]) {
    t.throws(() => parseShard(text), { code: 'arguments' }, text);
  }
});

test('plain data survives its text', (t) => {
  const data = {
    ticks: 634_000_000_000_000_000n,
    of: new Map<unknown, unknown>([
      ['__proto__', null],
      [1, new Set(['\ud800', 2n])],
    ]),
    list: [1, [], {}, true, new Map()],
  };
  t.deepEqual(parsePlain(plainText(data)), data);
  t.throws(() => plainText({ $map: [] }), { instanceOf: TypeError });
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      fc.pre(!JSON.stringify(value).includes('"$'));
      t.deepEqual(parsePlain(plainText(value)), JSON.parse(JSON.stringify(value)));
    }),
  );
});
