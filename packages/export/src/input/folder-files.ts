import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RunFailure } from '../run-failure.js';
import { unreadable } from './byte-source.js';
import type { InputLimits } from './input-limits.js';
import { quoteName } from './quote-name.js';

/** What a folder tree holds. Names are relative to the folder, '/' separated, in code-unit order within each folder. */
export type FolderItem =
  | { readonly kind: 'file'; readonly name: string; readonly path: string; readonly size: number }
  | SkippedItem;

export interface SkippedItem {
  readonly kind: 'skipped';
  readonly name: string;
  readonly what: string;
  /** Whether tables may be behind it, so that leaving it out may lose data. */
  readonly mayHoldTables: boolean;
  /** Where a hidden file lies; null when it must not be opened. */
  readonly path: string | null;
}

/** Endings of files that begin like XML, or are ZIP archives, and never hold tables. */
export const NEVER_TABLES = /\.(?:xsd|xslt?|html?|xhtml|config|ps1xml|svg|docx|xlsx|pptx|vsdx)$/i;
/** Endings of files that hold tables. Without one, a hidden file is taken for what a desktop or an editor left. */
const TABLES = /\.(?:xml|zip|gz)$/i;

/**
 * Lists a folder and its folders. Symbolic links are not followed; they, hidden and special files are listed as
 * skipped. Of a hidden folder, itself and what is called like tables below it are listed, as skipped.
 * Throws `RunFailure` 'input-unreadable', and 'input-limit' beyond `limits.entries`. Memory held: the list.
 */
export async function listFolder(root: string, limits: InputLimits): Promise<FolderItem[]> {
  const items: FolderItem[] = [];
  const visit = async (path: string, prefix: string, isHidden: boolean): Promise<void> => {
    for (const entry of await readFolder(path, prefix === '' ? root : prefix)) {
      const name = prefix + entry.name;
      const inside = join(path, entry.name);
      const item = skippedItem(entry, name, { path: inside, isHidden });
      // Hidden folders may hold any number of files that are nobody's tables, such as a working copy's.
      if (item !== null && (!isHidden || item.mayHoldTables)) items.push(item);
      if (entry.isDirectory()) await visit(inside, `${name}/`, isHidden || item !== null);
      else if (item === null) items.push(await fileItem(inside, name));
      if (items.length > limits.entries) throw tooMany(root, limits);
    }
  };
  await visit(root, '', false);
  return items;
}

/** Whether a hidden file called like tables may hold them: "hidden" is all that its name says. */
export function isCalledTables(name: string): boolean {
  return TABLES.test(name);
}

async function readFolder(path: string, name: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw undecodable(name, error) ?? unreadable(name, error);
  }
}

async function fileItem(path: string, name: string): Promise<FolderItem> {
  try {
    return { kind: 'file', name, path, size: (await stat(path)).size };
  } catch (error) {
    throw undecodable(name, error) ?? unreadable(name, error);
  }
}

/** null for what is to be read or, as a folder, to be entered. */
function skippedItem(
  entry: Dirent,
  name: string,
  { path, isHidden }: { readonly path: string; readonly isHidden: boolean },
): SkippedItem | null {
  const isPlain = entry.isFile() || entry.isDirectory();
  if (!isPlain) {
    const what = entry.isSymbolicLink() ? 'a symbolic link' : 'a special file';
    const mayHoldTables = isHidden ? isCalledTables(name) : !NEVER_TABLES.test(name);
    return { kind: 'skipped', name, what, mayHoldTables, path: null };
  }
  if (!isHidden && !entry.name.startsWith('.')) return null;
  const what = entry.isDirectory() ? 'a hidden folder' : 'a hidden file';
  const mayHoldTables = entry.isFile() && isCalledTables(name);
  return { kind: 'skipped', name, what, mayHoldTables, path };
}

/** Node.js puts U+FFFD for bytes that are no UTF-8, so that the name it gives leads nowhere. */
function undecodable(name: string, error: unknown): RunFailure | null {
  if (!name.includes('\ufffd') || (error as NodeJS.ErrnoException).code !== 'ENOENT') return null;
  return new RunFailure(
    'input-unreadable',
    `${quoteName(name)} has a name that cannot be decoded: it is not valid UTF-8.`,
    'Rename it with letters, digits and hyphens, such as tblChat.xml.',
    { cause: error },
  );
}

function tooMany(root: string, limits: InputLimits): RunFailure {
  return new RunFailure(
    'input-limit',
    `"${root}" holds more than ${limits.entries} files.`,
    'Give the folder that holds the export alone.',
  );
}
