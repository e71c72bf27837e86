import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CHECKPOINT_FILE,
  counted,
  type Handoff,
  NOT_READY_PACKAGE_NAME,
  PACKAGE_NAME,
  partialOf,
  partOrder,
  writing,
} from '@chatferry/import';
import { expectStart } from './checked-start.js';
import type { Checkpoint } from './checkpoint.js';
import { readCheckpoint } from './checkpoint-file.js';
import { JOURNAL_FILE } from './journal.js';
import { filesOf } from './run-checkpoints.js';

/**
 * The checkpoint of an unfinished run, held against the files that it measures; what was written after it, such as
 * reports, is removed from the handoff. The package is checked when it is opened.
 *
 * @throws RunFailure `checkpoint-unusable`; nothing has been removed then.
 */
export async function unfinishedRun(handoff: Handoff): Promise<Checkpoint> {
  const { checkpointFolder, dataFolder } = handoff;
  const checkpoint = await readCheckpoint(join(checkpointFolder, CHECKPOINT_FILE));
  await expectStart(join(checkpointFolder, JOURNAL_FILE), checkpoint.journal);
  for (const [name, start] of Object.entries(checkpoint.files))
    await expectStart(join(dataFolder, name), start);
  await writing(handoff.folder, () => removeLater(dataFolder, checkpoint));
  return checkpoint;
}

/** What a person is told. */
export function continuing({ pass, isEnd }: Checkpoint): string {
  const messages = counted(pass.messages, 'message');
  const what = isEnd ? `all ${messages}` : `${messages}, the last in room ${pass.channelID}`;
  return `Continuing an unfinished run: ${what} had been carried; the export is read again up to there.`;
}

async function removeLater(dataFolder: string, { sinks }: Checkpoint): Promise<void> {
  const names = await readdir(dataFolder);
  const partial = partialOf(PACKAGE_NAME);
  if (names.includes(NOT_READY_PACKAGE_NAME) && !names.includes(PACKAGE_NAME) && !names.includes(partial)) {
    await rename(join(dataFolder, NOT_READY_PACKAGE_NAME), join(dataFolder, PACKAGE_NAME));
  }
  const kept = new Set([...filesOf(sinks).map(([name]) => name), PACKAGE_NAME, partial]);
  for (const name of names) {
    if (!kept.has(name) && !isPart(name)) await rm(join(dataFolder, name), { recursive: true, force: true });
  }
}

/** A part of the package, whole or not; `resumePartsWriter` knows which of them stay. */
function isPart(name: string): boolean {
  const order = partOrder(name.replace(/^\.(.*)\.partial$/, '$1'));
  return order !== null;
}
