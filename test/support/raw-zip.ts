import { Buffer } from 'node:buffer';
import { crc32, deflateRawSync } from 'node:zlib';

/** One entry of a hand-made ZIP; every field can lie. */
export interface RawEntry {
  readonly name: string;
  readonly data?: Buffer | string;
  /** 8 deflates the data; any other method stores it. */
  readonly method?: number;
  readonly flags?: number;
  readonly externalAttributes?: number;
  /** The bytes in the archive, instead of the packed data. */
  readonly packed?: Buffer;
  readonly uncompressedSize?: number;
  readonly compressedSize?: number;
  readonly crc32?: number;
  readonly localName?: string;
  /** Offset of the local header as the central directory tells it. */
  readonly headerOffset?: number;
  /** Sizes and offset in the ZIP64 extra field. */
  readonly isZip64?: boolean;
  /** What the directory's ZIP64 field tells instead (size, packed size, offset); null leaves the field out. */
  readonly zip64Values?: readonly bigint[] | null;
  /** Sizes of the local header, when they are not those of the directory; all ones without a ZIP64 field too. */
  readonly localSizes?: readonly [packed: number, size: number];
  /** Bytes that lie before its local header, and after its data, such as a data descriptor. */
  readonly before?: Buffer;
  readonly after?: Buffer;
  /** Extra fields, beside the ZIP64 field of `isZip64`. */
  readonly localExtra?: Buffer;
  readonly centralExtra?: Buffer;
  readonly comment?: string;
  /** Changes its finished local header, or its record in the directory. */
  readonly editLocal?: (header: Buffer) => void;
  readonly editCentral?: (header: Buffer) => void;
}

const UTF8_NAMES = 0x800;

/** Builds a ZIP from entries as told (APPNOTE.TXT 4.3); `declaredEntries` overrides the count at its end. */
export function rawZip(entries: readonly RawEntry[], declaredEntries = entries.length): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const data = Buffer.from(entry.data ?? '');
    const packed = entry.packed ?? (entry.method === 8 ? deflateRawSync(data) : data);
    const sizes = {
      crc32: entry.crc32 ?? crc32(data),
      compressedSize: entry.compressedSize ?? packed.length,
      uncompressedSize: entry.uncompressedSize ?? data.length,
    };
    const [compressedSize, uncompressedSize] = entry.localSizes ?? [
      sizes.compressedSize,
      sizes.uncompressedSize,
    ];
    const before = entry.before ?? Buffer.alloc(0);
    const local = header(entry, { ...sizes, compressedSize, uncompressedSize }, null);
    entry.editLocal?.(local);
    const central = header(entry, sizes, entry.headerOffset ?? offset + before.length);
    entry.editCentral?.(central);
    centrals.push(central);
    const bytes = Buffer.concat([before, local, packed, entry.after ?? Buffer.alloc(0)]);
    locals.push(bytes);
    offset += bytes.length;
  }
  const directory = Buffer.concat(centrals);
  return Buffer.concat([...locals, directory, endRecord(declaredEntries, directory.length, offset)]);
}

interface Sizes {
  readonly crc32: number;
  readonly compressedSize: number;
  readonly uncompressedSize: number;
}

/** A local header, or with `headerOffset` a central one. */
function header(entry: RawEntry, sizes: Sizes, headerOffset: number | null): Buffer {
  const isCentral = headerOffset !== null;
  const name = Buffer.from(isCentral ? entry.name : (entry.localName ?? entry.name));
  const isZip64 = isCentral && entry.isZip64 === true;
  const values = isZip64
    ? (entry.zip64Values ?? [sizes.uncompressedSize, sizes.compressedSize, headerOffset].map(BigInt))
    : [];
  const zip64 = isZip64 && entry.zip64Values !== null ? zip64Extra(values) : Buffer.alloc(0);
  const own = (isCentral ? entry.centralExtra : entry.localExtra) ?? Buffer.alloc(0);
  const extra = Buffer.concat([zip64, own]);
  const comment = Buffer.from(isCentral ? (entry.comment ?? '') : '');
  const fixed = Buffer.alloc(isCentral ? 46 : 30);
  const at = isCentral ? 2 : 0;
  fixed.writeUInt32LE(isCentral ? 0x02014b50 : 0x04034b50, 0);
  if (isCentral) fixed.writeUInt16LE(0x031e, 4);
  fixed.writeUInt16LE(20, 4 + at);
  fixed.writeUInt16LE((entry.flags ?? 0) | UTF8_NAMES, 6 + at);
  fixed.writeUInt16LE(entry.method ?? 0, 8 + at);
  fixed.writeUInt32LE(sizes.crc32, 14 + at);
  fixed.writeUInt32LE(isZip64 ? 0xffffffff : sizes.compressedSize, 18 + at);
  fixed.writeUInt32LE(isZip64 ? 0xffffffff : sizes.uncompressedSize, 22 + at);
  fixed.writeUInt16LE(name.length, 26 + at);
  fixed.writeUInt16LE(extra.length, 28 + at);
  if (isCentral) {
    fixed.writeUInt16LE(comment.length, 32);
    fixed.writeUInt32LE(entry.externalAttributes ?? 0, 38);
    fixed.writeUInt32LE(isZip64 ? 0xffffffff : headerOffset, 42);
  }
  return Buffer.concat([fixed, name, extra, comment]);
}

/** The ZIP64 extra field (4.5.3) with these values. */
export function zip64Extra(values: readonly bigint[]): Buffer {
  const data = Buffer.alloc(values.length * 8);
  for (const [i, value] of values.entries()) data.writeBigUInt64LE(value, i * 8);
  return extraField(1, data);
}

/** An extra field (4.5.1). */
export function extraField(id: number, data: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16LE(id, 0);
  header.writeUInt16LE(data.length, 2);
  return Buffer.concat([header, data]);
}

/** What makes `entry` one whose CRC-32 and sizes follow its data (4.3.9); `edit` changes what follows. */
export function streamed(
  entry: RawEntry,
  { isSigned = true, isLarge = false, edit = (_: Buffer): void => undefined } = {},
): RawEntry {
  const data = Buffer.from(entry.data ?? '');
  const packed = entry.method === 8 ? deflateRawSync(data) : data;
  const numberBytes = isLarge ? 8 : 4;
  const after = Buffer.alloc((isSigned ? 8 : 4) + 2 * numberBytes);
  if (isSigned) after.writeUInt32LE(0x08074b50, 0);
  after.writeUInt32LE(crc32(data), isSigned ? 4 : 0);
  after.writeUInt32LE(packed.length, after.length - 2 * numberBytes);
  after.writeUInt32LE(data.length, after.length - numberBytes);
  edit(after);
  return {
    ...entry,
    flags: (entry.flags ?? 0) | 8,
    localSizes: [0, 0],
    after,
    editLocal: (header) => header.writeUInt32LE(0, 14),
  };
}

function endRecord(count: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}

/** Numbers of a ZIP64 end record and its locator that differ from the true ones. */
export interface Zip64End {
  readonly count?: bigint;
  readonly size?: bigint;
  readonly offset?: bigint;
  readonly recordOffset?: bigint;
  readonly recordSignature?: number;
}

/** Puts a ZIP64 end record and its locator (APPNOTE.TXT 4.3.14, 4.3.15) before the end of a ZIP without comment. */
export function withZip64End(zip: Buffer, lies: Zip64End = {}): Buffer {
  const end = zip.subarray(zip.length - 22);
  const large = Buffer.alloc(76);
  large.writeUInt32LE(lies.recordSignature ?? 0x06064b50, 0);
  large.writeBigUInt64LE(44n, 4);
  large.writeUInt16LE(45, 14);
  const count = lies.count ?? BigInt(end.readUInt16LE(10));
  large.writeBigUInt64LE(count, 24);
  large.writeBigUInt64LE(count, 32);
  large.writeBigUInt64LE(lies.size ?? BigInt(end.readUInt32LE(12)), 40);
  large.writeBigUInt64LE(lies.offset ?? BigInt(end.readUInt32LE(16)), 48);
  large.writeUInt32LE(0x07064b50, 56);
  large.writeBigUInt64LE(lies.recordOffset ?? BigInt(zip.length - 22), 64);
  large.writeUInt32LE(1, 72);
  return Buffer.concat([zip.subarray(0, zip.length - 22), large, end]);
}

/** `zip` behind other bytes, all its offsets moved along, as if they had always stood before it. */
export function zipBehind(before: Buffer, zip: Buffer): Buffer {
  const both = Buffer.concat([before, zip]);
  const end = both.length - 22;
  const directory = both.readUInt32LE(end + 16) + before.length;
  both.writeUInt32LE(directory, end + 16);
  for (let at = directory; at < end; ) {
    both.writeUInt32LE(both.readUInt32LE(at + 42) + before.length, at + 42);
    at += 46 + both.readUInt16LE(at + 28) + both.readUInt16LE(at + 30) + both.readUInt16LE(at + 32);
  }
  return both;
}

/** All ones in the end of a ZIP: its numbers stand in a ZIP64 record. */
export function announcingZip64(zip: Buffer): Buffer {
  const bytes = Buffer.from(zip);
  bytes.fill(0xff, bytes.length - 14, bytes.length - 2);
  return bytes;
}
