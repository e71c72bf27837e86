import { writeFile } from 'node:fs/promises';
import { RunFailure } from '@chatferry/export';

const REASONS: Readonly<Record<string, { reason: string; remedy: string }>> = {
  ENOSPC: { reason: 'the disk is full', remedy: 'Free some space, or choose a folder on another disk.' },
  EDQUOT: {
    reason: 'the disk quota is used up',
    remedy: 'Raise the quota, or choose a folder on another disk.',
  },
  EFBIG: {
    reason: 'the file system cannot hold a file of that size',
    remedy: 'Choose a folder on a file system for large files, such as NTFS or ext4.',
  },
  EACCES: { reason: 'access is denied', remedy: 'Choose a folder that you may write to.' },
  EPERM: { reason: 'the operation is not permitted', remedy: 'Choose a folder that you may write to.' },
  EROFS: { reason: 'the file system is read-only', remedy: 'Choose a folder on a disk that can be written.' },
  ENOENT: { reason: 'the folder around it does not exist', remedy: 'Create that folder, or choose another.' },
  ENOTDIR: { reason: 'a part of its path is not a folder', remedy: 'Choose another folder.' },
  EISDIR: {
    reason: 'a folder of that name is in the way',
    remedy: 'Move the folder away, or choose another name.',
  },
  EBUSY: { reason: 'another program holds it', remedy: 'Close that program and start again.' },
  ENAMETOOLONG: { reason: 'its name is too long', remedy: 'Choose a shorter path.' },
  EXDEV: {
    reason: 'it lies on another disk than the folder around it',
    remedy: 'Copy the handoff into a folder of that disk, and name the copy.',
  },
  EMFILE: { reason: 'too many files are open', remedy: 'Raise the limit of open files and start again.' },
  EIO: { reason: 'the disk reports an error', remedy: 'Check the disk, or choose a folder on another disk.' },
};

/**
 * The failure for an error of the file system while writing `path`; any other error comes back as it is (it would be a
 * bug and must not be dressed up).
 */
export function outputFailure(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof RunFailure) return error;
  const code: unknown = Reflect.get(error, 'code');
  const known = typeof code === 'string' ? REASONS[code] : undefined;
  if (known === undefined) return error;
  return new RunFailure('output-unwritable', `${path} cannot be written: ${known.reason}.`, known.remedy, {
    cause: error,
  });
}

/** Runs `work` and turns its errors of the file system into failures about `path`. */
export async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw outputFailure(error, path);
  }
}

/** Writes a whole file. @throws RunFailure `output-unwritable` */
export async function writeOutput(path: string, text: string): Promise<void> {
  await writing(path, () => writeFile(path, text));
}
