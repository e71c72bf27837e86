import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { RunFailure, startHashing } from '@chatferry/export';
import { DEFAULT_LAYOUT } from '@chatferry/import';
import { DEFAULT_OPTIONS } from '@chatferry/transform';
import test from 'ava';
import {
  type Estimate,
  fitsDisk,
  neededBytes,
  type Range,
} from '../../packages/transform/dist/estimate/estimate.js';
import { estimateFirst } from '../../packages/transform/dist/estimate/estimate-first.js';
import {
  diskFailure,
  estimateSentence,
  estimateText,
} from '../../packages/transform/dist/estimate/estimate-text.js';
import { estimateTransform } from '../../packages/transform/dist/estimate/estimate-transform.js';
import { freeDisk } from '../../packages/transform/dist/estimate/free-disk.js';
import { type GenerateOptions, generateExport } from '../support/generate-export.js';
import { chatferryArguments } from '../support/our-program.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { transformed } from '../support/transformed.js';

const run = promisify(execFile);
const CHATFERRY = fileURLToPath(new URL('../../packages/transform/bin/chatferry.js', import.meta.url));
const MEASURED = fileURLToPath(new URL('../support/run-measured.js', import.meta.url));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function node(args: readonly string[], cwd: string): Promise<Ended> {
  return await new Promise((resolve) => {
    execFile(process.execPath, [...args], { cwd, maxBuffer: 1 << 26 }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, err }),
    );
  });
}

async function generate(path: string, options: GenerateOptions): Promise<void> {
  await pipeline(Readable.from(generateExport(options)), createWriteStream(path));
}

async function bytesBelow(path: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(path, { recursive: true })) {
    const found = await stat(join(path, entry));
    if (found.isFile()) sum += found.size;
  }
  return sum;
}

function isWithin({ low, high }: Range, actual: number): boolean {
  return low <= actual && actual <= high;
}

const FREE = { folder: '/data', freeBytes: 1e12 };
const REQUEST = {
  options: DEFAULT_OPTIONS,
  layout: DEFAULT_LAYOUT,
  hashing: startHashing(0),
  disk: FREE,
  now: () => performance.now(),
  residentBytes: () => process.memoryUsage.rss(),
  onBegin: () => undefined,
};

/** Small, because an estimate reads it several times. */
const DIRECTORY = { rooms: 50, users: 60 } as const;

const SHAPES: Readonly<Record<string, GenerateOptions>> = {
  'attributes.xml': { messages: 10_000, shape: 'attributes', ...DIRECTORY },
  'elements.xml': { messages: 10_000, shape: 'elements', seed: 7, ...DIRECTORY },
  'by-date.xml': { messages: 10_000, shape: 'attributes', order: 'date', ...DIRECTORY },
  'many-rooms.xml': { messages: 10_000, shape: 'elements', ...DIRECTORY, rooms: 400 },
  'packed.xml.gz': { messages: 10_000, shape: 'attributes', seed: 3, ...DIRECTORY },
};

for (const [name, options] of Object.entries(SHAPES)) {
  test.serial(
    `the estimate from a small part of ${name} holds messages and disk within its bounds`,
    async (t) => {
      const path = temporaryFolder(t);
      const exportPath = join(path, name);
      if (name.endsWith('.gz'))
        await writeFile(exportPath, gzipSync(Buffer.concat([...generateExport(options)])));
      else await generate(exportPath, options);
      const estimate = await estimateTransform({ ...REQUEST, exportPath, sampleBytes: 1.3e6 });
      t.false(estimate.isWhole);
      t.is(estimate.caveat, null);
      t.true(
        Math.abs((estimate.messages ?? 0) / options.messages - 1) < 0.06,
        `${estimate.messages} messages`,
      );
      const handoffPath = join(path, 'handoff');
      t.is((await transformed({ exportPath, handoffPath })).verdict.exitCode, 0);
      const actual = await bytesBelow(handoffPath);
      const { handoff, sortBytes } = estimate.disk;
      t.true(isWithin(handoff, actual), `${actual} bytes, expected ${JSON.stringify(handoff)}`);
      const isSorted = options.order === 'date';
      t.is(sortBytes > 4e6, isSorted);
      t.is(sortBytes === 0, !isSorted);
    },
  );
}

test.serial('the command tells time and memory within a factor, and leaves nothing behind', async (t) => {
  const path = temporaryFolder(t);
  await generate(join(path, 'export.xml'), { messages: 60_000, shape: 'attributes', ...DIRECTORY });
  const [flags, program] = [chatferryArguments().slice(0, -1), chatferryArguments().slice(-1)];
  const said = await node([...flags, ...program, 'estimate', 'export.xml', '-o', 'handoff', '--json'], path);
  t.is(said.code, 0, said.err);
  t.deepEqual(await readdir(path), ['export.xml']);
  const { seconds, memoryBytes, fits } = JSON.parse(said.out) as Estimate & { fits: string };
  t.is(fits, 'yes');
  const start = performance.now();
  const measured = [...flags, MEASURED, ...program];
  const done = await node([...measured, 'transform', 'export.xml', '-o', 'handoff', '--quiet'], path);
  const actual = (performance.now() - start) / 1000;
  t.is(done.code, 0, done.err);
  const peak = Number(/peak resident: (\d+)/.exec(done.err)?.[1]) * 1024;
  t.log(JSON.stringify({ seconds, actual, memoryBytes, peak }));
  // Tests run beside one another, so that the machine is busier at one time than at another.
  t.true(actual < (seconds?.high ?? 0) * 3 && actual > (seconds?.low ?? 0) / 3);
  t.true(memoryBytes !== null && isWithin(memoryBytes, peak));
});

test.serial(
  'a disk that cannot hold the handoff refuses the run in a sentence, unless it is told not to',
  async (t) => {
    const path = temporaryFolder(t);
    const exportPath = join(path, 'export.xml');
    await generate(exportPath, { messages: 6000, shape: 'attributes', ...DIRECTORY });
    const notices: string[] = [];
    const request = {
      ...REQUEST,
      exportPath,
      disk: { folder: '/data', freeBytes: 300_000 },
      ignoresDisk: false,
      notice: (sentence: string) => notices.push(sentence),
    };
    const failure = await t.throwsAsync(estimateFirst(request), { instanceOf: RunFailure });
    t.is(failure.code, 'output-unwritable');
    t.regex(
      failure.message,
      /^The run needs about 1\.\d MB \(.* to .*\) in \/data, and 300 kB are free there\.$/,
    );
    t.regex(failure.remedy, /Free some space.*another disk.*--ignore-disk/);
    t.regex(
      notices.join(),
      /^Estimate: about 6,000 messages, about .* s .* of disk in \/data \(300 kB free\), memory/,
    );
    await t.notThrowsAsync(estimateFirst({ ...request, ignoresDisk: true }));
  },
);

test.serial('a small export and a disk with room need no estimate; a large one is told', async (t) => {
  const path = temporaryFolder(t);
  const exportPath = join(path, 'export.xml');
  await generate(exportPath, { messages: 500, shape: 'attributes', ...DIRECTORY });
  const notices: string[] = [];
  const request = { ...REQUEST, exportPath, ignoresDisk: false, notice: (one: string) => notices.push(one) };
  await estimateFirst(request);
  t.deepEqual(notices, []);
  await estimateFirst({ ...request, largeBytes: 1000 });
  t.is(notices.length, 1);
});

test.serial('what cannot be read is left to the run, which says why', async (t) => {
  const path = temporaryFolder(t);
  const exportPath = join(path, 'export.xml');
  const bytes = Buffer.concat([...generateExport({ messages: 500, shape: 'attributes', ...DIRECTORY })]);
  await writeFile(exportPath, bytes.toString('utf8').replace('</root>', '</toor>'));
  const notices: string[] = [];
  const request = {
    ...REQUEST,
    ignoresDisk: false,
    largeBytes: 0,
    notice: (one: string) => notices.push(one),
  };
  await estimateFirst({ ...request, exportPath });
  t.regex(notices.join(), /^No estimate: /);
  await t.notThrowsAsync(estimateFirst({ ...request, exportPath: join(path, 'nowhere') }));
});

test.serial('standard input has no size: said so, and nothing is refused', async (t) => {
  const path = temporaryFolder(t);
  const said = await node([CHATFERRY, 'estimate', '-', '-o', 'handoff'], path);
  t.is(said.code, 2);
  t.regex(said.err, /Standard input has no size before it has been read.*\nSave the export to a file/);
  const notices: string[] = [];
  await estimateFirst({
    ...REQUEST,
    exportPath: '-',
    disk: { folder: '/data', freeBytes: 0 },
    ignoresDisk: false,
    notice: (one) => notices.push(one),
  });
  t.regex(notices.join(), /^No estimate of time and disk: standard input has no size/);
});

test.serial(
  'a directory behind the messages, or a large one, leaves the disk alone to be estimated',
  async (t) => {
    const path = temporaryFolder(t);
    const text = Buffer.concat([
      ...generateExport({ messages: 10_000, shape: 'attributes', ...DIRECTORY }),
    ]).toString('utf8');
    const [nodes, chat, end] = ['<tblNode ', '<tblChat ', '</root>'].map((mark) => text.indexOf(mark)) as [
      number,
      number,
      number,
    ];
    const moved = text.slice(0, nodes) + text.slice(chat, end) + text.slice(nodes, chat) + text.slice(end);
    await writeFile(join(path, 'behind.xml'), moved);
    const behind = await estimateTransform({
      ...REQUEST,
      exportPath: join(path, 'behind.xml'),
      sampleBytes: 2e6,
    });
    t.is(behind.seconds, null);
    t.regex(behind.caveat ?? '', /do not stand before the messages/);
    const done = await node([CHATFERRY, 'transform', 'behind.xml', '-o', 'handoff', '--quiet'], path);
    t.is(done.code, 0, done.err);
    t.true(isWithin(behind.disk.handoff, await bytesBelow(join(path, 'handoff'))));
    t.regex(estimateText(behind, 100), /^The disk can hold it\.\nTables of the directory/);

    const notices: string[] = [];
    await generate(join(path, 'large.xml'), { messages: 9000, shape: 'elements', rooms: 8000 });
    await estimateFirst({
      ...REQUEST,
      exportPath: join(path, 'large.xml'),
      largeBytes: 0,
      ignoresDisk: false,
      notice: (one) => notices.push(one),
    });
    t.regex(
      notices.join(),
      /^Estimate: about .* of disk .*The directory is large, so only the disk was estimated/,
    );
  },
);

test.serial(
  'on a file system that is too small, estimate says so and transform ends before it writes',
  async (t) => {
    const path = temporaryFolder(t);
    const small = join(path, 'small');
    await mkdir(small);
    try {
      await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', small]);
    } catch {
      t.log('Skipped: mounting a small file system is not permitted here (it needs root on Linux).');
      t.pass();
      return;
    }
    t.teardown(async () => run('umount', [small]));
    await generate(join(path, 'export.xml'), { messages: 8000, shape: 'elements', ...DIRECTORY });
    const estimated = await node([CHATFERRY, 'estimate', 'export.xml', '-o', 'small/deep/handoff'], path);
    t.is(estimated.code, 1, estimated.err);
    t.regex(estimated.out, /^The disk cannot hold it: The run needs about/);
    const refused = await node(
      [CHATFERRY, 'transform', 'export.xml', '-o', 'small/handoff', '--quiet'],
      path,
    );
    t.is(refused.code, 2);
    t.regex(refused.err, /^Could not finish: The run needs about [\s\S]*--ignore-disk/);
    t.deepEqual(await readdir(small), []);
    const full = await node(
      [CHATFERRY, 'transform', 'export.xml', '-o', 'small/handoff', '--ignore-disk'],
      path,
    );
    t.is(full.code, 2);
    t.regex(full.err, /the disk is full|no space left/);
    t.deepEqual(await readdir(small), []);
  },
);

test.serial(
  'an estimate is told in units that people use, and what is free is of the file system around',
  async (t) => {
    const range = (expected: number): Range => ({ low: expected / 2, expected, high: expected * 2 });
    const estimate: Estimate = {
      exportBytes: 5e11,
      sampledBytes: 25e6,
      isWhole: false,
      messages: 987_654_321,
      seconds: range(4 * 3600),
      memoryBytes: range(2e8),
      disk: { folder: '/data', handoff: range(2e11), sortBytes: 1e12, freeBytes: 9.5e9 },
      caveat: null,
    };
    t.is(
      estimateSentence(estimate),
      'Estimate: about 988,000,000 messages, about 4.0 h (2.0 h to 8.0 h), about 1,200 GB (1,100 GB to 1,400 GB) of ' +
        'disk in /data (9,500 MB free), memory about 200 MB (100 MB to 400 MB).',
    );
    t.regex(estimateText(estimate, 100), /of that 1,000 GB to sort the messages by room and id/);
    t.regex(diskFailure(estimate).remedy, /ORDER BY channelID, chatID/);
    const { disk } = estimate;
    t.is(neededBytes(disk).high, 1.4e12);
    t.is(fitsDisk({ ...disk, freeBytes: 1.3e12 }), 'barely');
    t.is(fitsDisk({ ...disk, freeBytes: 1.4e12 }), 'yes');
    const path = temporaryFolder(t);
    const { folder: around, freeBytes } = await freeDisk(join(path, 'not', 'there', 'yet'));
    t.is(around, path);
    t.true(freeBytes > 0);
  },
);
