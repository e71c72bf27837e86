import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RunFailure } from '../run-failure.js';
import { unreadable } from './byte-source.js';
import type { InputLimits } from './input-limits.js';

/** What a folder tree holds. Names are relative to the folder, '/' separated, in code-unit order within each folder. */
export type FolderItem =
  | { readonly kind: 'file'; readonly name: string; readonly path: string; readonly size: number }
  | { readonly kind: 'skipped'; readonly name: string; readonly what: string };

/**
 * Lists a folder and its folders. Symbolic links are not followed; hidden and special files are listed as skipped.
 * Throws `RunFailure` 'input-unreadable', and 'input-limit' beyond `limits.entries`. Memory held: the list.
 */
export async function listFolder(root: string, limits: InputLimits): Promise<FolderItem[]> {
  const items: FolderItem[] = [];
  const visit = async (path: string, prefix: string): Promise<void> => {
    for (const entry of await readFolder(path, prefix === '' ? root : prefix)) {
      const name = prefix + entry.name;
      const what = skipReason(entry);
      if (what !== null) items.push({ kind: 'skipped', name, what });
      else if (entry.isDirectory()) await visit(join(path, entry.name), `${name}/`);
      else items.push(await fileItem(join(path, entry.name), name));
      if (items.length > limits.entries) throw tooMany(root, limits);
    }
  };
  await visit(root, '');
  return items;
}

async function readFolder(path: string, name: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw unreadable(name, error);
  }
}

async function fileItem(path: string, name: string): Promise<FolderItem> {
  try {
    return { kind: 'file', name, path, size: (await stat(path)).size };
  } catch (error) {
    throw unreadable(name, error);
  }
}

function skipReason(entry: Dirent): string | null {
  if (entry.isSymbolicLink()) return 'a symbolic link';
  if (entry.name.startsWith('.')) return entry.isDirectory() ? 'a hidden folder' : 'a hidden file';
  return entry.isFile() || entry.isDirectory() ? null : 'a special file';
}

function tooMany(root: string, limits: InputLimits): RunFailure {
  return new RunFailure(
    'input-limit',
    `"${root}" holds more than ${limits.entries} files.`,
    'Give the folder that holds the export alone.',
  );
}
