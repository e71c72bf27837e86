import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openZipArchive, RunFailure } from '@chatferry/export';
import { type Layout, PACKAGE_NAME, packageNames } from '@chatferry/import';

/** What can be compared with its like. */
export type ComparedKind = 'export' | 'package' | 'handoff';

const ARTICLE: Readonly<Record<ComparedKind, string>> = {
  export: 'an export',
  package: 'a package',
  handoff: 'a handoff',
};

/**
 * What both paths are: a folder with a sealed package is a handoff, a ZIP with a document of the layout is a package,
 * everything else is taken for an export, whose opening says so when it is none.
 *
 * @throws RunFailure `arguments` when they are of two kinds, `input-missing`, and what a damaged ZIP throws.
 */
export async function comparedKind(before: string, after: string, layout: Layout): Promise<ComparedKind> {
  if (before === '-' && after === '-') {
    throw new RunFailure(
      'arguments',
      'Standard input cannot be both sides of a comparison',
      'Give - for one side only.',
    );
  }
  const kind = await kindOf(before, layout);
  const other = await kindOf(after, layout);
  if (kind === other) return kind;
  throw new RunFailure(
    'arguments',
    `${before} is ${ARTICLE[kind]} and ${after} is ${ARTICLE[other]}`,
    `Compare two of one kind. The package of a handoff is its data/${PACKAGE_NAME}.`,
  );
}

async function kindOf(path: string, layout: Layout): Promise<ComparedKind> {
  if (path === '-') return 'export';
  const found = await stat(path).catch((cause: unknown) => {
    throw new RunFailure(
      'input-missing',
      `${path} does not exist.`,
      'Name an export, a package ZIP or a handoff folder.',
      { cause },
    );
  });
  if (found.isDirectory()) return (await isHandoff(path)) ? 'handoff' : 'export';
  if (!found.isFile() || !(await isZip(path))) return 'export';
  const archive = await openZipArchive(path);
  try {
    const documents = new Set(layout.documents.map(({ name }) => name));
    return archive.entries.some(({ name }) => documents.has(name)) ? 'package' : 'export';
  } finally {
    await archive.close();
  }
}

async function isHandoff(path: string): Promise<boolean> {
  const names = await namesIn(path);
  if (names.includes('bagit.txt')) return true;
  return packageNames(await namesIn(join(path, 'data'))).length > 0;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch(() => []);
}

/** Whether a file begins like a ZIP (PKWARE APPNOTE.TXT 4.3.7, 4.3.16). */
async function isZip(path: string): Promise<boolean> {
  try {
    const handle = await open(path);
    try {
      const { buffer, bytesRead } = await handle.read({ buffer: new Uint8Array(4), length: 4 });
      const magic = String.fromCharCode(...buffer.subarray(0, bytesRead));
      return magic === 'PK\x03\x04' || magic === 'PK\x05\x06';
    } finally {
      await handle.close();
    }
  } catch {
    // The opening of an export tells best why a file cannot be read.
    return false;
  }
}
