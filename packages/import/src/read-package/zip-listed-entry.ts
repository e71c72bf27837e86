import type { Buffer } from 'node:buffer';
import { shown } from '../check.js';
import { extraFieldFault, LISTED_FIELDS, zip64Numbers } from './zip-extra-fields.js';

/** A record of the central directory (PKWARE APPNOTE.TXT 6.3.10, 4.3.12). Sizes and offsets in bytes. */
export interface ListedEntry {
  /** In quotes, for a sentence. */
  readonly shownName: string;
  /** Of the record itself. */
  readonly at: number;
  readonly record: Buffer;
  readonly flags: number;
  /** Null when the ZIP64 field contradicts itself. */
  readonly numbers: EntryNumbers | null;
}

export interface EntryNumbers {
  readonly size: number;
  readonly compressedSize: number;
  /** Of the local header. */
  readonly offset: number;
}

const SIGNATURE = 0x02014b50;
const FIXED_BYTES = 46;
/** How hard Deflate tried (bits 1 and 2), sizes after the data (bit 3), a name in UTF-8 (bit 11). */
const KNOWN_FLAGS = 0x080e;
const UTF8_NAME = 0x0800;
/** "Version made by" of systems whose attributes are those of DOS: itself, HPFS, NTFS, VFAT. */
const DOS_SYSTEMS: readonly number[] = [0, 6, 10, 14];
const DOS_FOLDER = 0x10;
const UNIX_TYPE = 0o170000;
const UNIX_FOLDER = 0o040000;
const SLASH = 0x2f;

/** The record at the beginning of `directory`, which lies at byte `at` of the file; null when none is there. */
export function listedEntry(directory: Buffer, at: number): ListedEntry | null {
  if (directory.length < FIXED_BYTES || directory.readUInt32LE(0) !== SIGNATURE) return null;
  const { length, name, extra } = partsOf(directory);
  if (length > directory.length) return null;
  const record = directory.subarray(0, length);
  const plain = [24, 20, 42].map((field) => record.readUInt32LE(field));
  const numbers = zip64Numbers(plain, extra);
  const [size = 0, compressedSize = 0, offset = 0] = numbers ?? [];
  return {
    shownName: shown(name.toString()),
    at,
    record,
    flags: record.readUInt16LE(8),
    numbers: numbers === null ? null : { size, compressedSize, offset },
  };
}

/** What in the record readers take differently, or has no place in a package, each as *Unexpected X, expected Y*. */
export function* listedFaults({ shownName, at, record, flags, numbers }: ListedEntry): Generator<string> {
  const { name, extra, comment } = partsOf(record);
  const where = `of entry ${shownName} in the central directory at byte ${at}`;
  if (isFolder(record, name)) yield `Unexpected kind folder ${where}, expected documents only`;
  if ((flags & ~KNOWN_FLAGS) !== 0) yield `Unexpected flags ${hex(flags)} ${where}, expected those of 0x080e`;
  if ((flags & UTF8_NAME) === 0 && name.some((byte) => byte > 0x7e)) {
    yield `Unexpected name ${where}, expected ASCII or the flag of UTF-8`;
  }
  if (record.readUInt16LE(34) !== 0) yield `Unexpected disk ${where}, expected the first`;
  if (comment.length > 0) yield `Unexpected comment ${where}, expected none`;
  const fault = extraFieldFault(extra);
  if (fault !== null) yield `Unexpected ${fault} ${where}, expected ${LISTED_FIELDS}`;
  if (numbers === null) yield `Unexpected ZIP64 numbers ${where}, expected one of each`;
}

function partsOf(
  record: Buffer,
): Readonly<Record<'name' | 'extra' | 'comment', Buffer>> & { length: number } {
  const extraAt = FIXED_BYTES + record.readUInt16LE(28);
  const commentAt = extraAt + record.readUInt16LE(30);
  const length = commentAt + record.readUInt16LE(32);
  return {
    name: record.subarray(FIXED_BYTES, extraAt),
    extra: record.subarray(extraAt, commentAt),
    comment: record.subarray(commentAt, length),
    length,
  };
}

function isFolder(record: Buffer, name: Buffer): boolean {
  const attributes = record.readUInt32LE(38);
  const isOfDos = DOS_SYSTEMS.includes(record.readUInt8(5));
  return (
    name.at(-1) === SLASH ||
    (isOfDos && (attributes & DOS_FOLDER) !== 0) ||
    ((attributes >>> 16) & UNIX_TYPE) === UNIX_FOLDER
  );
}

/** Two bytes, for a sentence. */
export function hex(value: number): string {
  return `0x${value.toString(16).padStart(4, '0')}`;
}
