import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PAYLOAD_MANIFEST, parseManifestLine } from '../handoff/bag-manifest.js';
import type { PackagePart } from './package-parts.js';
import type { ReadPart } from './validate-parts.js';

/** Sentences for what the order file says otherwise of a part than was read, or than the seal says. */
export async function partDifferences(
  listed: PackagePart,
  { directory, ledger }: ReadPart,
  { handoffPath }: { readonly handoffPath: string | null },
): Promise<string[]> {
  const ids = directory.rooms.map(({ id }) => id);
  const first = ids.reduce((lowest, id) => Math.min(lowest, id), Number.POSITIVE_INFINITY);
  const last = ids.reduce((highest, id) => Math.max(highest, id), Number.NEGATIVE_INFINITY);
  const sealed = handoffPath === null ? null : await sealedSha256(handoffPath, `data/${listed.name}`);
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['number of rooms', ids.length, listed.rooms],
    ['first room', ids.length === 0 ? null : first, listed.firstRoomId],
    ['last room', ids.length === 0 ? null : last, listed.lastRoomId],
    ['number of messages', ledger.messages, listed.messages],
    ['SHA-256', sealed ?? listed.sha256, listed.sha256],
  ];
  return pairs
    .filter(([, seen, expected]) => seen !== expected)
    .map(
      ([what, seen, expected]) =>
        `Unexpected ${what} of ${listed.name}: ${seen}, expected ${expected}, as PARTS.json says`,
    );
}

/** null when the seal does not tell, which `seal-intact` says. */
async function sealedSha256(handoffPath: string, path: string): Promise<string | null> {
  const manifest = await readFile(join(handoffPath, PAYLOAD_MANIFEST), 'utf8').catch(() => '');
  const lines = manifest.split(/\r?\n/).map(parseManifestLine);
  return lines.find((line) => line?.path === path)?.sha256 ?? null;
}
