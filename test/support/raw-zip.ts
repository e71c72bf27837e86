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
    const local = Buffer.concat([header(entry, sizes, null), packed]);
    centrals.push(header(entry, sizes, entry.headerOffset ?? offset));
    locals.push(local);
    offset += local.length;
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
  const extra = isZip64
    ? zip64Extra([sizes.uncompressedSize, sizes.compressedSize, headerOffset])
    : Buffer.alloc(0);
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
    fixed.writeUInt32LE(entry.externalAttributes ?? 0, 38);
    fixed.writeUInt32LE(isZip64 ? 0xffffffff : headerOffset, 42);
  }
  return Buffer.concat([fixed, name, extra]);
}

function zip64Extra(values: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + values.length * 8);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(values.length * 8, 2);
  for (const [i, value] of values.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + i * 8);
  return extra;
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
