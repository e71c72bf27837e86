import { Buffer } from 'node:buffer';
import type { ZipArchive } from '@chatferry/export';
import { extraFieldFault, LISTED_FIELDS, zip64Numbers } from './zip-extra-fields.js';
import { type EntryNumbers, hex, type ListedEntry, listedEntry, listedFaults } from './zip-listed-entry.js';

/** What the end records tell. Offset and size in bytes. */
interface DirectoryPlace {
  readonly count: number;
  readonly size: number;
  readonly offset: number;
}

type PlacedEntry = ListedEntry & EntryNumbers;

const END_BYTES = 22;
const MOST_COMMENT_BYTES = 0xffff;
const LOCATOR_BYTES = 20;
const LARGE_END_BYTES = 56;
const LOCAL_BYTES = 30;
const END_SIGNATURE = Buffer.from('PK\x05\x06', 'latin1');
const LOCATOR_SIGNATURE = 0x07064b50;
/** All ones: both disks stand in the ZIP64 end record. */
const ELSEWHERE = 0xffffffff;
const DESCRIPTOR_SIGNATURE = 0x08074b50;
/** Bit 3 of the flags: CRC-32 and sizes follow the data. */
const SIZES_FOLLOW = 0x0008;
/** The directory is held whole; ten thousand entries take no tenth of it. */
const MOST_DIRECTORY_BYTES = 16 * 1024 * 1024;
/** With sizes of 4 or 8 bytes, without or with a signature. */
const DESCRIPTOR_BYTES: readonly number[] = [12, 16, 20, 24];
/** Fields of two bytes that a local header repeats, by their offset there; the directory has them two bytes later. */
const REPEATED = [
  ['flags', 6],
  ['method', 8],
  ['time', 10],
  ['date', 12],
] as const;

/**
 * Says what another reader could see otherwise than one that follows the central directory: every byte must belong to
 * the local header, data or data descriptor of an entry, from byte 0 in the order of their offsets, then to the central
 * directory, then to the end records, up to the last byte; and local headers must repeat what the directory tells
 * (PKWARE APPNOTE.TXT 6.3.10, 4.3.6 to 4.3.16). What `openZipArchive` refuses (overlaps, other names, encryption) is
 * not looked at again. Offsets in the sentences count bytes from 0. Memory: the directory, 16 MiB at most, and one
 * local header or 64 KiB.
 *
 * @throws RunFailure 'archive-damaged' when the file ends before something that it tells of.
 */
export async function* zipCoverageFaults(archive: ZipArchive): AsyncGenerator<string> {
  const place = yield* endFaults(archive);
  const listed = yield* directoryFaults(archive, place);
  if (listed === null) return;
  const ordered = listed.toSorted((a, b) => a.offset - b.offset);
  let covered = 0;
  for (const [i, entry] of ordered.entries()) {
    yield* gap(covered, entry.offset, `entry ${entry.shownName}`);
    covered = yield* localFaults(archive, entry, ordered[i + 1]?.offset ?? place.offset);
  }
  yield* gap(covered, place.offset, 'the central directory');
}

/** The end record (4.3.16) and, when there are, the ZIP64 end record and its locator (4.3.14, 4.3.15). */
async function* endFaults(archive: ZipArchive): AsyncGenerator<string, DirectoryPlace> {
  const tailBytes = Math.min(archive.size, END_BYTES + MOST_COMMENT_BYTES);
  const tail = await archive.bytesAt(archive.size - tailBytes, tailBytes);
  const found = tail.lastIndexOf(END_SIGNATURE, tailBytes - END_BYTES);
  const at = archive.size - tailBytes + found;
  const end = tail.subarray(found);
  const count = end.readUInt16LE(10);
  const locatorAt = at - LOCATOR_BYTES;
  const locator = locatorAt < 0 ? null : await archive.bytesAt(locatorAt, LOCATOR_BYTES);
  const isLarge = locator?.readUInt32LE(0) === LOCATOR_SIGNATURE;
  const disks = end.readUInt32LE(4);
  const isOneDisk = disks === 0 || (isLarge && disks === ELSEWHERE);
  if (!isOneDisk || end.readUInt16LE(8) !== count) yield* wrongEnd('end record', at);
  yield* gap(at + END_BYTES, archive.size, 'the end of the file');
  if (!isLarge) {
    const place = { count, size: end.readUInt32LE(12), offset: end.readUInt32LE(16) };
    yield* gap(place.offset + place.size, at, 'the end record');
    return place;
  }
  const largeAt = Number(locator.readBigUInt64LE(8));
  const large = await archive.bytesAt(largeAt, LARGE_END_BYTES);
  const number = (field: number): number => Number(large.readBigUInt64LE(field));
  const place = { count: number(32), size: number(40), offset: number(48) };
  const isOfOneFile = number(16) === 0 && locator.readUInt32LE(4) === 0 && locator.readUInt32LE(16) <= 1;
  if (!isOfOneFile || number(24) !== place.count || number(4) !== LARGE_END_BYTES - 12) {
    yield* wrongEnd('ZIP64 end record', largeAt);
  }
  yield* gap(place.offset + place.size, largeAt, 'the ZIP64 end record');
  yield* gap(largeAt + LARGE_END_BYTES, locatorAt, 'the ZIP64 locator');
  return place;
}

function* wrongEnd(what: string, at: number): Generator<string> {
  yield `Unexpected ${what} at byte ${at}, expected one of a single file, one count and no data of its own`;
}

/** The entries of the directory (4.3.12); null when it cannot be read to its end. */
async function* directoryFaults(
  archive: ZipArchive,
  { count, size, offset }: DirectoryPlace,
): AsyncGenerator<string, PlacedEntry[] | null> {
  if (size > MOST_DIRECTORY_BYTES) {
    yield `Unexpected central directory of ${size} bytes, expected ${MOST_DIRECTORY_BYTES} at most`;
    return null;
  }
  const directory = await archive.bytesAt(offset, size);
  const entries: PlacedEntry[] = [];
  for (let at = 0; at < size; ) {
    const entry = listedEntry(directory.subarray(at), offset + at);
    if (entry === null) {
      yield* gap(offset + at, offset + size, 'a record of the central directory');
      return null;
    }
    yield* listedFaults(entry);
    if (entry.numbers === null) return null;
    entries.push({ ...entry, ...entry.numbers });
    at += entry.record.length;
  }
  if (entries.length !== count) {
    yield `Unexpected ${entries.length} entries in the central directory at byte ${offset}, expected ${count}`;
  }
  return entries;
}

/** The local header (4.3.7) and the data descriptor (4.3.9). Returns where the entry ends. */
async function* localFaults(
  archive: ZipArchive,
  entry: PlacedEntry,
  next: number,
): AsyncGenerator<string, number> {
  const fixed = await archive.bytesAt(entry.offset, LOCAL_BYTES);
  const headerBytes = LOCAL_BYTES + fixed.readUInt16LE(26) + fixed.readUInt16LE(28);
  yield* headerFaults(await archive.bytesAt(entry.offset, headerBytes), entry);
  const end = entry.offset + headerBytes + entry.compressedSize;
  if ((entry.flags & SIZES_FOLLOW) === 0) return end;
  const bytes = next - end;
  const isSound = DESCRIPTOR_BYTES.includes(bytes) && isDescriptor(await archive.bytesAt(end, bytes), entry);
  if (!isSound) {
    yield `Unexpected ${bytes} bytes from byte ${end}, expected the data descriptor of entry ${entry.shownName} there`;
  }
  return next;
}

function* headerFaults(header: Buffer, entry: PlacedEntry): Generator<string> {
  const { shownName, record, offset, flags, size, compressedSize } = entry;
  const where = `of entry ${shownName} in its local header at byte ${offset}`;
  for (const [what, field] of REPEATED) {
    const [seen, expected] = [header.readUInt16LE(field), record.readUInt16LE(field + 2)];
    if (seen === expected) continue;
    yield `Unexpected ${what} ${hex(seen)} ${where}, expected ${hex(expected)} as in the directory`;
  }
  const isTold = (seen: number | undefined, expected: number): boolean =>
    seen === expected || ((flags & SIZES_FOLLOW) !== 0 && seen === 0);
  if (!isTold(header.readUInt32LE(14), record.readUInt32LE(16))) {
    yield `Unexpected CRC-32 ${where}, expected that of the directory`;
  }
  const extra = header.subarray(LOCAL_BYTES + header.readUInt16LE(26));
  const sizes = zip64Numbers([header.readUInt32LE(22), header.readUInt32LE(18)], extra);
  if (!isTold(sizes?.[0], size) || !isTold(sizes?.[1], compressedSize)) {
    yield `Unexpected sizes ${where}, expected those of the directory`;
  }
  const fault = extraFieldFault(extra);
  if (fault !== null) yield `Unexpected ${fault} ${where}, expected ${LISTED_FIELDS}`;
}

/** With or without a signature, with sizes of 4 or 8 bytes: its length tells which. */
function isDescriptor(bytes: Buffer, { record, size, compressedSize }: PlacedEntry): boolean {
  const isSigned = bytes.length % 8 === 0;
  const [crcAt, sizesAt] = isSigned ? [4, 8] : [0, 4];
  const sizes = bytes.subarray(sizesAt);
  const told =
    sizes.length === 8
      ? [sizes.readUInt32LE(0), sizes.readUInt32LE(4)]
      : [Number(sizes.readBigUInt64LE(0)), Number(sizes.readBigUInt64LE(8))];
  return (
    (!isSigned || bytes.readUInt32LE(0) === DESCRIPTOR_SIGNATURE) &&
    bytes.readUInt32LE(crcAt) === record.readUInt32LE(16) &&
    told[0] === compressedSize &&
    told[1] === size
  );
}

/** Bytes that nothing accounts for (or, should that pass the opening, two records). */
function* gap(from: number, to: number, expected: string): Generator<string> {
  if (to === from) return;
  yield `Unexpected ${Math.abs(to - from)} bytes from byte ${Math.min(from, to)}, expected ${expected} there`;
}
