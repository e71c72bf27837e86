import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What lies in a folder of the bag. */
export interface BagFile {
  /** Path inside the bag, `/` separated. */
  readonly path: string;
  /** false for links, sockets and other things that a bag cannot hold. */
  readonly isFile: boolean;
}

/** Everything below `folder` (itself a path inside the bag, empty for the bag), folders not counted, sorted by path. */
export async function listBagFiles(bag: string, folder: string): Promise<BagFile[]> {
  const files: BagFile[] = [];
  for (const entry of await readdir(join(bag, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) files.push(...(await listBagFiles(bag, path)));
    else files.push({ path, isFile: entry.isFile() });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** In a handoff a link or a folder in the place of a file is a fault that the seal tells, and nothing to be read. */
export function isPlainFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

const BLOCK_BYTES = 1 << 19;

/** SHA-256 (hex) and size in bytes. Memory held: two blocks of 512 KiB. */
export async function digestFile(file: string): Promise<{ sha256: string; bytes: number }> {
  const { digests, bytes } = await digestFileBy(file, ['sha256']);
  return { sha256: digests.get('sha256') ?? '', bytes };
}

/**
 * Digests (hex) by the algorithms, under Node's names for them, of one reading, and size in bytes. Memory held: two
 * blocks of 512 KiB.
 */
export async function digestFileBy(
  file: string,
  algorithms: Iterable<string>,
): Promise<{ readonly digests: ReadonlyMap<string, string>; readonly bytes: number }> {
  const hashes = [...algorithms].map((algorithm) => ({ algorithm, hash: createHash(algorithm) }));
  let bytes = 0;
  const handle = await open(file, 'r');
  try {
    let [block, spare] = [Buffer.allocUnsafeSlow(BLOCK_BYTES), Buffer.allocUnsafeSlow(BLOCK_BYTES)];
    let reading = handle.read(block, 0, BLOCK_BYTES, 0);
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) break;
      bytes += bytesRead;
      const read = block.subarray(0, bytesRead);
      [block, spare] = [spare, block];
      // The next block is read while this one is hashed.
      reading = handle.read(block, 0, BLOCK_BYTES, bytes);
      for (const { hash } of hashes) hash.update(read);
    }
  } finally {
    await handle.close();
  }
  return { digests: new Map(hashes.map(({ algorithm, hash }) => [algorithm, hash.digest('hex')])), bytes };
}
