import { Buffer } from 'node:buffer';

/**
 * The records of a ZIP file (PKWARE APPNOTE.TXT 6.3.10), in the form that the oldest readers know: sizes and CRC-32 in
 * the local header, no data descriptor, version 2.0, ZIP64 (4.5.3) only where a number asks for it.
 */

/** A finished entry. Sizes and offset in bytes. */
export interface ZipRecord {
  readonly name: string;
  readonly isStored: boolean;
  readonly crc32: number;
  readonly size: number;
  readonly compressedSize: number;
  /** Of the local header, from the start of the file. */
  readonly offset: number;
}

/** The first size or offset that 32 bits cannot tell: all ones announce a ZIP64 field. */
export const ZIP64_FROM = 0xffffffff;

const LOCAL_SIGNATURE = 0x04034b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const END_SIGNATURE = 0x06054b50;
const ZIP64_END_SIGNATURE = 0x06064b50;
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;

const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const ZIP64_END_BYTES = 56;
const ZIP64_LOCATOR_BYTES = 20;

const VERSION_DEFLATE = 20;
const VERSION_ZIP64 = 45;
/** Upper byte of "version made by": the external attributes are those of Unix. */
const UNIX = 3 << 8;
/** A regular file, rw-r--r--, in the upper half of the external attributes. */
const FILE_MODE = 0o100644 * 0x10000;
/** Bit 11: the name is UTF-8. Left out for ASCII, where it says nothing. */
const UTF8_NAME = 1 << 11;
const STORED = 0;
const DEFLATED = 8;
/** 2000-01-01 12:00:00. */
const DOS_DATE = ((2000 - 1980) << 9) | (1 << 5) | 1;
const DOS_TIME = 12 << 11;

const ZIP64_FIELD = 0x0001;
/** Room for a ZIP64 field with both sizes; they are known only when the entry has ended. */
const RESERVED_BYTES = 20;
/** "Open Packaging growth hint" (4.6.10), which System.IO.Packaging reserves for the same purpose. */
const PADDING_FIELD = 0xa220;
const PADDING_SIGNATURE = 0xa028;

const TOO_MANY_ENTRIES = 0xffff;

/** Bytes of the local header of an entry of that name, whatever its sizes turn out to be. */
export function localHeaderBytes(name: string): number {
  return LOCAL_BYTES + Buffer.byteLength(name) + RESERVED_BYTES;
}

/** The local header (4.3.7) of `record`. `zip64From` takes the place of `ZIP64_FROM` in tests. */
export function localHeader(record: ZipRecord, zip64From = ZIP64_FROM): Buffer {
  const isLarge = hasLargeSize(record, zip64From);
  const name = Buffer.from(record.name);
  const header = Buffer.alloc(LOCAL_BYTES + name.length + RESERVED_BYTES);
  header.writeUInt32LE(LOCAL_SIGNATURE, 0);
  writeCommonFields(header, 4, { record, isLarge, version: isLarge ? VERSION_ZIP64 : VERSION_DEFLATE });
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(RESERVED_BYTES, 28);
  name.copy(header, LOCAL_BYTES);
  const extra = isLarge ? zip64Field([record.size, record.compressedSize]) : paddingField();
  extra.copy(header, LOCAL_BYTES + name.length);
  return header;
}

/** The directory's record (4.3.12) of an entry. */
function centralRecord(record: ZipRecord, zip64From: number): Buffer {
  const isLarge = hasLargeSize(record, zip64From);
  const isFar = record.offset >= zip64From;
  const extra = zip64Field([
    ...(isLarge ? [record.size, record.compressedSize] : []),
    ...(isFar ? [record.offset] : []),
  ]);
  const name = Buffer.from(record.name);
  const version = extra.length > 0 ? VERSION_ZIP64 : VERSION_DEFLATE;
  const fixed = Buffer.alloc(CENTRAL_BYTES);
  fixed.writeUInt32LE(CENTRAL_SIGNATURE, 0);
  fixed.writeUInt16LE(UNIX | version, 4);
  writeCommonFields(fixed, 6, { record, isLarge, version });
  fixed.writeUInt16LE(name.length, 28);
  fixed.writeUInt16LE(extra.length, 30);
  fixed.writeUInt32LE(FILE_MODE, 38);
  fixed.writeUInt32LE(isFar ? 0xffffffff : record.offset, 42);
  return Buffer.concat([fixed, name, extra]);
}

/** Central directory and end records (4.3.12 to 4.3.16) of a file whose entries end at `offset`. */
export function zipDirectory(records: readonly ZipRecord[], offset: number, zip64From = ZIP64_FROM): Buffer {
  const directory = Buffer.concat(records.map((record) => centralRecord(record, zip64From)));
  const size = directory.length;
  const count = records.length;
  const isLarge = count >= TOO_MANY_ENTRIES || size >= zip64From || offset >= zip64From;
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(END_SIGNATURE, 0);
  end.writeUInt16LE(isLarge ? 0xffff : count, 8);
  end.writeUInt16LE(isLarge ? 0xffff : count, 10);
  end.writeUInt32LE(isLarge ? 0xffffffff : size, 12);
  end.writeUInt32LE(isLarge ? 0xffffffff : offset, 16);
  const large = isLarge ? zip64End({ count, size, offset }) : Buffer.alloc(0);
  return Buffer.concat([directory, large, end]);
}

interface DirectoryPlace {
  readonly count: number;
  readonly size: number;
  readonly offset: number;
}

/** ZIP64 end record (4.3.14) and its locator (4.3.15). */
function zip64End({ count, size, offset }: DirectoryPlace): Buffer {
  const record = Buffer.alloc(ZIP64_END_BYTES + ZIP64_LOCATOR_BYTES);
  record.writeUInt32LE(ZIP64_END_SIGNATURE, 0);
  record.writeBigUInt64LE(BigInt(ZIP64_END_BYTES - 12), 4);
  record.writeUInt16LE(UNIX | VERSION_ZIP64, 12);
  record.writeUInt16LE(VERSION_ZIP64, 14);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(size), 40);
  record.writeBigUInt64LE(BigInt(offset), 48);
  record.writeUInt32LE(ZIP64_LOCATOR_SIGNATURE, ZIP64_END_BYTES);
  record.writeBigUInt64LE(BigInt(offset + size), ZIP64_END_BYTES + 8);
  record.writeUInt32LE(1, ZIP64_END_BYTES + 16);
  return record;
}

interface CommonFields {
  readonly record: ZipRecord;
  readonly isLarge: boolean;
  readonly version: number;
}

/** The 22 bytes, from "version needed" to "uncompressed size", that both headers have. */
function writeCommonFields(header: Buffer, at: number, { record, isLarge, version }: CommonFields): void {
  const isAscii = Buffer.byteLength(record.name) === record.name.length;
  header.writeUInt16LE(version, at);
  header.writeUInt16LE(isAscii ? 0 : UTF8_NAME, at + 2);
  header.writeUInt16LE(record.isStored ? STORED : DEFLATED, at + 4);
  header.writeUInt16LE(DOS_TIME, at + 6);
  header.writeUInt16LE(DOS_DATE, at + 8);
  header.writeUInt32LE(record.crc32, at + 10);
  header.writeUInt32LE(isLarge ? 0xffffffff : record.compressedSize, at + 14);
  header.writeUInt32LE(isLarge ? 0xffffffff : record.size, at + 18);
}

function hasLargeSize({ size, compressedSize }: ZipRecord, zip64From: number): boolean {
  return size >= zip64From || compressedSize >= zip64From;
}

/** Extra field 0x0001 with `values`; without any, nothing. */
function zip64Field(values: readonly number[]): Buffer {
  if (values.length === 0) return Buffer.alloc(0);
  const field = Buffer.alloc(4 + 8 * values.length);
  field.writeUInt16LE(ZIP64_FIELD, 0);
  field.writeUInt16LE(8 * values.length, 2);
  for (const [i, value] of values.entries()) field.writeBigUInt64LE(BigInt(value), 4 + 8 * i);
  return field;
}

/** What stands in the reserved bytes when the sizes fit into 32 bits. */
function paddingField(): Buffer {
  const field = Buffer.alloc(RESERVED_BYTES);
  field.writeUInt16LE(PADDING_FIELD, 0);
  field.writeUInt16LE(RESERVED_BYTES - 4, 2);
  field.writeUInt16LE(PADDING_SIGNATURE, 4);
  field.writeUInt16LE(RESERVED_BYTES - 8, 6);
  return field;
}
