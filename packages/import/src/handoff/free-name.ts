import { linkSync, lstatSync, renameSync, unlinkSync } from 'node:fs';

/** Codes with which file systems without hard links (FAT, some shares) refuse one. */
const LINK_REFUSED: readonly string[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EACCES'];

/** Whether the file system has refused a hard link that another might have made. */
export function isLinkRefused(error: unknown): boolean {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' && LINK_REFUSED.includes(code);
}

/** Whether something has that name; a link that leads nowhere has it too. */
export function isTaken(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/**
 * Moves a finished file to its final name on the same disk, unless something lies there: it may have come since the
 * work began. A link is refused where a renaming would replace it without a word. Without hard links nothing better is
 * left than to look right before.
 *
 * @returns whether the name was free; otherwise both are as they were.
 * @throws the errors of the file system as they are.
 */
export function moveToFreeName(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
  } catch (error) {
    if (isTaken(path)) return false;
    if (!isLinkRefused(error)) throw error;
    renameSync(draft, path);
    return true;
  }
  unlinkSync(draft);
  return true;
}
