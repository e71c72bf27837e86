import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { generateExport } from '../support/generate-export.js';
import type { LargeShape } from '../support/large-document.js';
import { FILES } from './contenders.js';
import { exportSchema } from './export-schema.js';

/** Of a generated message, in either shape, with room to spare. */
const BYTES_PER_MESSAGE = 520;

/** Bytes of disk for a number of messages; `copies` says how often their text lies there at once. */
export function diskNeeded(messages: number, copies: number): number {
  return Math.ceil(messages * BYTES_PER_MESSAGE * copies);
}

/** Says what the bench will take. @throws Error when the folder's file system has less than that. */
export async function checkDisk(folder: string, bytes: number, tell: (line: string) => void): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const [needed, free] = [bytes, bavail * bsize].map((size) => `${(size / 1e9).toFixed(2)} GB`);
  tell(`Needs about ${needed} in ${folder}, where ${free} are free; all of it is removed at the end.`);
  if (bavail * bsize < bytes) {
    throw new Error('The disk cannot hold it: give fewer --messages, or another --folder.');
  }
}

/** Runs `work` in a new folder that is removed afterwards, also when the run is interrupted. */
export async function inWorkingFolder<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(parent, 'chatferry-bench-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  const leave = () => {
    void remove().then(() => process.exit(2));
  };
  process.once('SIGINT', leave).once('SIGTERM', leave);
  try {
    return await work(folder);
  } finally {
    process.off('SIGINT', leave).off('SIGTERM', leave);
    await remove();
  }
}

/** Writes the export and its schema. Gives the export's bytes. */
export async function writeExport(folder: string, messages: number, shape: LargeShape): Promise<number> {
  const path = join(folder, FILES.export);
  await pipeline(
    Readable.from(generateExport({ messages, shape }), { objectMode: true, highWaterMark: 2 }),
    createWriteStream(path),
  );
  await writeFile(join(folder, FILES.schema), exportSchema(shape));
  return (await stat(path)).size;
}
