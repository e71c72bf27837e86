import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { generateExport } from './support/generate-export.js';
import { chatferryArguments } from './support/our-program.js';
import { temporaryFolder } from './support/temporary-folder.js';

const MEASURED = fileURLToPath(new URL('support/run-measured.js', import.meta.url));
const CHATFERRY = fileURLToPath(new URL('../packages/transform/artefact/dist/chatferry.js', import.meta.url));
/** As the first line of the program asks for. */
const FLAGS = chatferryArguments().slice(0, -1);

/** Megabytes (10^6) that a command may hold, whatever the number of messages. */
const LIMIT = 150;
/** How much more a command may hold for four times the messages: the collector's freedom, not growth. */
const FREEDOM = 1.35;
const SIZES = [75_000, 300_000] as const;

/** A transform in two shards; once is enough, because their shape does not show in them. */
const SHARDED = {
  'shard 1': ['transform', 'export.xml', '-o', 'shard-1', '--shard', '1/2', '--replace', '--quiet'],
  'shard 2': ['transform', 'export.xml', '-o', 'shard-2', '--shard', '2/2', '--replace', '--quiet'],
  merge: ['merge', 'shard-1', 'shard-2', '-o', 'merged', '--replace', '--quiet'],
};

const REHEARSED = { rehearse: ['validate', 'handoff', '--rehearse', '--quiet'] };

async function peakMegabytes(cwd: string, args: readonly string[]): Promise<number> {
  return await new Promise((resolve, reject) => {
    execFile(process.execPath, [...FLAGS, MEASURED, CHATFERRY, ...args], { cwd }, (error, _, err) => {
      const peak = /peak resident: (\d+)/.exec(err)?.[1];
      if (error !== null || peak === undefined) reject(error ?? new Error(err));
      else resolve((Number(peak) * 1024) / 1e6);
    });
  });
}

for (const shape of ['attributes', 'elements'] as const) {
  test(`transform (also in shards), merge, validate (also rehearsed) and inspect hold the same for ${SIZES.join(' and ')} messages as ${shape}`, async (t) => {
    t.timeout(600_000);
    const folder = temporaryFolder(t);
    const peaks: Record<string, number[]> = {};
    for (const messages of SIZES) {
      await pipeline(
        Readable.from(generateExport({ messages, shape })),
        createWriteStream(join(folder, 'export.xml')),
      );
      const commands = {
        inspect: ['inspect', 'export.xml', '--quiet'],
        transform: ['transform', 'export.xml', '-o', 'handoff', '--replace', '--quiet'],
        validate: ['validate', 'handoff', '--quiet'],
        ...(shape === 'attributes' ? { ...SHARDED, ...REHEARSED } : {}),
      };
      for (const [name, args] of Object.entries(commands)) {
        peaks[name] = [...(peaks[name] ?? []), await peakMegabytes(folder, args)];
      }
    }
    t.log(JSON.stringify(peaks));
    for (const [name, [small = 0, large = 0]] of Object.entries(peaks)) {
      t.true(large < LIMIT, `${name} held ${large} MB`);
      t.true(large < small * FREEDOM, `${name} held ${small} MB, then ${large} MB`);
    }
  });
}

/** Of a view: text waits for the disk by room and by page, with an export that of two readers. */
const VIEW_LIMIT = 190;
/**
 * When the collector happens to come at the right moment a view holds far less than its buffers; that is no measure of
 * growth.
 */
const VIEW_USUAL = 140;

test('transform of an unsorted export, validate --source and view hold the same for 15,000 and 60,000 messages', async (t) => {
  const peaks: Record<string, number[]> = {};
  for (const messages of [15_000, 60_000]) {
    const folder = temporaryFolder(t);
    await pipeline(
      Readable.from(generateExport({ messages, shape: 'attributes', order: 'date' })),
      createWriteStream(join(folder, 'export.xml')),
    );
    const commands = {
      'transform, sorting': ['transform', 'export.xml', '-o', 'handoff', '--quiet'],
      validate: ['validate', 'handoff', '--source', 'export.xml', '--quiet'],
      view: ['view', 'handoff', '-o', 'pages', '--quiet'],
      'view with its export': ['view', 'handoff', '--source', 'export.xml', '-o', 'both', '--quiet'],
    };
    for (const [name, args] of Object.entries(commands)) {
      peaks[name] = [...(peaks[name] ?? []), await peakMegabytes(folder, args)];
    }
  }
  t.log(JSON.stringify(peaks));
  for (const [name, [small = 0, large = 0]] of Object.entries(peaks)) {
    const isView = name.startsWith('view');
    t.true(large < (isView ? VIEW_LIMIT : LIMIT), `${name} held ${large} MB`);
    const before = isView ? Math.max(small, VIEW_USUAL) : small;
    t.true(large < before * FREEDOM, `${name} held ${small} MB, then ${large} MB`);
  }
});
