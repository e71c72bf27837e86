import { createHash } from 'node:crypto';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RunFailure } from '@chatferry/export';
import { syncFolder } from '@chatferry/import';
import type { Checkpoint } from './checkpoint.js';

/** Puts a checkpoint in the place of the one before, in one step: after a crash one of the two is there, whole. */
export async function writeCheckpoint(file: string, checkpoint: Checkpoint): Promise<void> {
  const text = JSON.stringify(checkpoint);
  const draft = `${file}.new`;
  const handle = await open(draft, 'w');
  try {
    await handle.writeFile(`${text}\n${digestOf(text)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  await syncFolder(dirname(file));
}

/**
 * Reads what `writeCheckpoint` wrote. Its own SHA-256 stands in its second line, so that what is read is what was
 * written.
 *
 * @throws RunFailure `checkpoint-unusable`
 */
export async function readCheckpoint(file: string): Promise<Checkpoint> {
  if (!(await stat(file)).isFile()) throw unusable('is no file');
  const [text = '', digest, ...rest] = (await readFile(file, 'utf8')).split('\n');
  if (digest !== digestOf(text) || rest.length !== 1 || rest[0] !== '') throw unusable('is damaged');
  const checkpoint = JSON.parse(text) as Checkpoint;
  if (checkpoint.version !== 1) throw unusable('is of another version of chatferry');
  return checkpoint;
}

/** @param what the end of the sentence. */
export function unusable(what: string): RunFailure {
  return new RunFailure(
    'checkpoint-unusable',
    `The checkpoint of the run that is to be continued ${what}.`,
    'Begin anew with --replace instead of --resume; the unfinished run is then discarded.',
  );
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
