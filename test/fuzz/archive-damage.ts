import { Buffer } from 'node:buffer';
import { deflateRawSync } from 'node:zlib';
import type { Choices } from '../support/choices.js';
import { type RawEntry, rawZip } from '../support/raw-zip.js';

/** A way to build a hostile archive around sound documents. */
export type ArchiveDamage = (entries: readonly RawEntry[], random: Choices) => Buffer;

const SLIPS = [
  '../slip.xml',
  '/etc/slip.xml',
  'C:\\slip.xml',
  '..\\slip.xml',
  'a/../../slip.xml',
  'x\0.xml',
  '.',
  '',
];
const BOMB = deflateRawSync(Buffer.alloc(64 * 1024 * 1024), { level: 9 });

export const ARCHIVE_DAMAGE: Readonly<Record<string, ArchiveDamage>> = {
  'zip slip': (entries, random) =>
    rawZip([...entries, { name: random.pick(SLIPS), data: '<x/>', method: 8 }]),
  'zip bomb': (entries, random) =>
    rawZip(
      changed(entries, random, {
        packed: BOMB,
        uncompressedSize: random.pick([64 * 1024 * 1024, 100]),
        method: 8,
      }),
    ),
  'overlapping entries': (entries, random) =>
    rawZip([...entries, { ...random.pick(entries), name: 'z.xml', headerOffset: 0 }]),
  'duplicate entries': (entries, random) => rawZip([...entries, random.pick(entries)]),
  'names that disagree': (entries, random) => rawZip(changed(entries, random, { localName: 'other.xml' })),
  'sizes that lie': (entries, random) =>
    rawZip(
      changed(
        entries,
        random,
        random.pick([
          { uncompressedSize: 7 },
          { compressedSize: 3 },
          { crc32: 1 },
          { localSizes: [1, 2] as const },
        ]),
      ),
    ),
  encrypted: (entries, random) => rawZip(changed(entries, random, { flags: 1 })),
  'unknown method': (entries, random) =>
    rawZip(changed(entries, random, { method: random.pick([1, 6, 9, 12, 14, 93, 99]) })),
  'a symbolic link': (entries) =>
    rawZip([
      ...entries,
      { name: 'link.xml', data: '/etc/passwd', externalAttributes: (0o120777 << 16) >>> 0 },
    ]),
  'ZIP64 that contradicts': (entries, random) =>
    rawZip(
      changed(entries, random, {
        isZip64: true,
        zip64Values: random.pick([null, [1n, 1n, 1n], [2n ** 63n, 1n, 0n], [0n]]),
      }),
    ),
  'a count that lies': (entries, random) => rawZip(entries, random.pick([0, 1, entries.length + 1, 65_535])),
  'an archive in it': (entries) =>
    rawZip([...entries, { name: 'inner.zip', data: rawZip(entries), method: 8 }]),
  'bytes around it': (entries, random) =>
    Buffer.concat([
      Buffer.alloc(random.below(64), 0x50),
      rawZip(entries),
      Buffer.alloc(random.below(70_000), 0x4b),
    ]),
  'many entries': (entries) =>
    rawZip([...entries, ...Array.from({ length: 2000 }, (_, i) => ({ name: `${i}.xml`, data: '<x/>' }))]),
  'truncated archive': (entries, random) => {
    const zip = rawZip(entries);
    return zip.subarray(0, random.below(zip.length));
  },
  'bit flips in the archive': (entries, random) => {
    const zip = rawZip(entries);
    for (let i = 1 + random.below(6); i > 0; i--) {
      // Half of them in the directory at the end.
      const at = random.chance(50)
        ? zip.length - 1 - random.below(Math.min(zip.length, 400))
        : random.below(zip.length);
      zip[at] = (zip[at] ?? 0) ^ (1 << random.below(8));
    }
    return zip;
  },
};

function changed(entries: readonly RawEntry[], random: Choices, change: Partial<RawEntry>): RawEntry[] {
  const at = random.below(entries.length);
  return entries.map((entry, i) => (i === at ? { ...entry, ...change } : entry));
}
