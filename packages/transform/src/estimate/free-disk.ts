import { stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { outputFailure } from '@chatferry/import';
import type { Disk } from './extend-sample.js';

/**
 * The nearest folder around `path` that exists, and what its file system has free for this user.
 * @throws RunFailure `output-unwritable`
 */
export async function freeDisk(path: string): Promise<Disk> {
  let folder = dirname(resolve(path));
  while (!(await exists(folder)) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    const { bavail, bsize } = await statfs(folder);
    return { folder, freeBytes: bavail * bsize };
  } catch (error) {
    throw outputFailure(error, folder);
  }
}

async function exists(folder: string): Promise<boolean> {
  return await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
