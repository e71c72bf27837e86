import { Buffer } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';

const END_SIGNATURE = 0x06054b50;
const LOCATOR_SIGNATURE = 0x07064b50;
const RECORD_SIGNATURE = 0x06064b50;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const RECORD_BYTES = 56;
const MOST_COMMENT_BYTES = 0xffff;
/** All ones: the number stands in the ZIP64 record. */
const ELSEWHERE_16 = 0xffffn;
const ELSEWHERE_32 = 0xffffffffn;
const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);

/** Where the central directory lies. Offset and size in bytes. */
interface DirectoryPlace {
  readonly count: bigint;
  readonly size: bigint;
  readonly offset: bigint;
}

/**
 * Holds the records at the end of a ZIP against each other (APPNOTE.TXT 4.3.14 to 4.3.16): yauzl follows the ZIP64
 * locator wherever it points, and believes the ZIP64 record whatever the other one says. An archive without an end is
 * left to it.
 *
 * @throws Error with what contradicts, as the end of a sentence that begins with the archive.
 */
export async function checkZipEnd(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat();
  const tailBytes = Math.min(size, LOCATOR_BYTES + END_BYTES + MOST_COMMENT_BYTES);
  const tail = await bytesAt(handle, size - tailBytes, tailBytes);
  const at = tail.subarray(0, Math.max(0, tail.length - END_BYTES + 4)).lastIndexOf(signature(END_SIGNATURE));
  if (at < 0) return;
  const end = {
    count: BigInt(tail.readUInt16LE(at + 10)),
    size: BigInt(tail.readUInt32LE(at + 12)),
    offset: BigInt(tail.readUInt32LE(at + 16)),
  };
  const endsAt = BigInt(size - tailBytes + at);
  const locator = at - LOCATOR_BYTES;
  if (locator < 0 || tail.readUInt32LE(locator) !== LOCATOR_SIGNATURE) {
    if (end.size === ELSEWHERE_32 || end.offset === ELSEWHERE_32) {
      throw new Error('its end announces a ZIP64 record, and no locator of one stands before it');
    }
    checkPlace(end, endsAt);
    return;
  }
  const recordAt = tail.readBigUInt64LE(locator + 8);
  if (recordAt + BigInt(RECORD_BYTES) > endsAt - BigInt(LOCATOR_BYTES)) {
    throw new Error(`its ZIP64 locator points to byte ${recordAt}, where no ZIP64 record can be`);
  }
  const record = await bytesAt(handle, Number(recordAt), RECORD_BYTES);
  if (record.readUInt32LE(0) !== RECORD_SIGNATURE) {
    throw new Error(`its ZIP64 locator points to byte ${recordAt}, where no ZIP64 record is`);
  }
  const large = {
    count: record.readBigUInt64LE(32),
    size: record.readBigUInt64LE(40),
    offset: record.readBigUInt64LE(48),
  };
  expectSame('number of entries', [end.count, ELSEWHERE_16], large.count);
  expectSame('size of its directory', [end.size, ELSEWHERE_32], large.size);
  expectSame('place of its directory', [end.offset, ELSEWHERE_32], large.offset);
  checkPlace(large, recordAt);
}

function expectSame(what: string, [seen, elsewhere]: readonly [bigint, bigint], large: bigint): void {
  if (seen === elsewhere || seen === large) return;
  throw new Error(`its end tells ${seen} as the ${what}, and its ZIP64 record ${large}`);
}

function checkPlace({ count, size, offset }: DirectoryPlace, end: bigint): void {
  const largest = [count, size, offset].find((value) => value > LARGEST);
  if (largest !== undefined) throw new Error(`its end tells the number ${largest}, beyond 2^53`);
  if (offset + size > end) {
    throw new Error(
      `its directory would reach from byte ${offset} to ${offset + size}, and its end begins at ${end}`,
    );
  }
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** @throws Error as the end of a sentence that begins with the archive, when the file ends before them. */
export async function bytesAt(handle: FileHandle, position: number, count: number): Promise<Buffer> {
  const bytes = Buffer.alloc(count);
  const { bytesRead } = await handle.read(bytes, 0, count, position);
  if (bytesRead < count) throw new Error('it became shorter while it was read');
  return bytes;
}
