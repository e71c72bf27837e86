import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { openZipArchive, RunFailure } from '@chatferry/export';
import type { DocumentLayout, Layout, LayoutRecordKind } from '../layout/layout.js';
import { findDocuments } from './package-documents.js';
import { type PackageVisitor, readPackage } from './read-package.js';

/** What stands whole in every part; a part's own are its rooms and their messages. */
const SHARED: readonly LayoutRecordKind[] = ['principal', 'affiliation', 'addIn', 'category'];

/** How a part is named in places. */
export function partPrefix(zipPath: string): string {
  return `${basename(zipPath)}/`;
}

export function isShared(document: DocumentLayout): boolean {
  return SHARED.includes(document.kind);
}

/**
 * Reads the parts of a package, in their order, as one package: shared documents once, then the rooms of all parts,
 * then the messages of all parts. A shared document that is not that of the first part is a fault. A package in one
 * piece is its own only part. Every ZIP is opened up to three times and read once, its shared documents twice; see
 * `readPackage`.
 *
 * @throws RunFailure when a file is missing or cannot be read at all.
 */
export async function readParts(
  zipPaths: readonly string[],
  layout: Layout,
  visitor: PackageVisitor,
): Promise<void> {
  const [first] = zipPaths;
  if (first === undefined) throw new TypeError('a package has one part at least');
  if (zipPaths.length === 1) return await readPackage(first, layout, visitor);
  const { directory } = visitor;
  const listener: PackageVisitor = {
    directory,
    fault: (fault) => visitor.fault(fault),
    directoryRead: () => undefined,
    message: (message) => visitor.message(message),
    progress: (bytes) => visitor.progress(bytes),
  };
  const expected = await sharedDocuments(first, layout);
  for (const zipPath of zipPaths) {
    const other = otherDocument(expected, await sharedDocuments(zipPath, layout));
    if (other !== null) visitor.fault({ kind: 'parts', ...otherShared(zipPath, other) });
    const kinds: readonly LayoutRecordKind[] = zipPath === first ? [...SHARED, 'room'] : ['room'];
    await readPackage(zipPath, layout, listener, { kinds, prefix: partPrefix(zipPath) });
  }
  visitor.directoryRead();
  for (const zipPath of zipPaths) {
    const scope = { kinds: ['message'], prefix: partPrefix(zipPath), tellsEntries: false } as const;
    await readPackage(zipPath, layout, listener, scope);
  }
}

/** SHA-256 (hex) by the names of the shared documents; null when the ZIP cannot be read, which its reading tells. */
export async function sharedDocuments(
  zipPath: string,
  layout: Layout,
): Promise<ReadonlyMap<string, string> | null> {
  try {
    const archive = await openZipArchive(zipPath);
    try {
      const hashes = new Map<string, string>();
      for (const { entry, document } of findDocuments(archive.entries, layout, () => undefined)) {
        if (!isShared(document)) continue;
        const hash = createHash('sha256');
        for await (const chunk of archive.open(entry)) hash.update(chunk);
        hashes.set(entry.name, hash.digest('hex'));
      }
      return hashes;
    } finally {
      await archive.close();
    }
  } catch (error) {
    if (error instanceof RunFailure && error.code.startsWith('archive-')) return null;
    throw error;
  }
}

/** The first document of two parts that is not the same in both; null when all are, or when a part cannot be read. */
export function otherDocument(
  expected: ReadonlyMap<string, string> | null,
  seen: ReadonlyMap<string, string> | null,
): string | null {
  if (expected === null || seen === null) return null;
  const names = [...new Set([...expected.keys(), ...seen.keys()])].sort();
  return names.find((name) => expected.get(name) !== seen.get(name)) ?? null;
}

/** What is said of it. */
export function otherShared(
  zipPath: string,
  document: string,
): { readonly place: null; readonly message: string; readonly remedy: string } {
  return {
    place: null,
    message: `Unexpected other ${document} in ${basename(zipPath)}, expected that of the first part`,
    remedy:
      'Validate that ZIP alone to see what is in it. Copy the handoff again, or run the transform again.',
  };
}
