import { Buffer } from 'node:buffer';
import { deflateRawSync } from 'node:zlib';
import type { Choices } from '../support/choices.js';
import { extraField, type RawEntry, rawZip, streamed, zipBehind } from '../support/raw-zip.js';

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
  'a ZIP behind another': (entries, random) => {
    const other = rawZip(changed(entries, random, { data: '<x/>' }));
    const [first, second] = random.pick([
      [other, rawZip(entries)],
      [rawZip(entries), other],
    ]) as [Buffer, Buffer];
    return random.chance(50) ? zipBehind(first, second) : Buffer.concat([first, second]);
  },
  'bytes between entries': (entries, random) => {
    const hidden = rawZip([{ ...random.pick(entries), data: '<x/>' }]);
    const noise = Buffer.alloc(1 + random.below(64), 0x50);
    return rawZip(
      changed(entries, random, {
        before: random.pick([hidden.subarray(0, hidden.indexOf('PK\x01\x02')), noise]),
      }),
    );
  },
  'local headers that disagree': (entries, random) => {
    const at = random.pick([4, 6, 8, 10, 12, 14, 18, 22]);
    const value = random.below(0x10000);
    return rawZip(changed(entries, random, { editLocal: (header) => header.writeUInt16LE(value, at) }));
  },
  'data descriptors': (entries, random) => {
    const flipped = random.chance(50) ? random.below(12) : null;
    const options = { isSigned: random.chance(50), isLarge: random.chance(30) };
    const edit = (bytes: Buffer): void => {
      if (flipped !== null) bytes.writeUInt8(bytes.readUInt8(flipped) ^ 0x10, flipped);
    };
    return rawZip(
      entries.map((entry) => (random.chance(50) ? streamed(entry, { ...options, edit }) : entry)),
    );
  },
  'extra fields and comments': (entries, random) => {
    const id = random.pick([0x5455, 0x000a, 0x7875, 0x7075, 0x0001, 0xa220, random.below(0x10000)]);
    const field = extraField(id, Buffer.alloc(random.below(40), random.below(2)));
    const extra = random.pick([field, field.subarray(0, 3), Buffer.concat([field, field])]);
    return rawZip(
      changed(
        entries,
        random,
        random.pick([{ localExtra: extra }, { centralExtra: extra }, { comment: 'PK' }]),
      ),
    );
  },
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
