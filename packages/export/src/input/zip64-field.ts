import type { Buffer } from 'node:buffer';
import type { Entry, LocalFileHeader } from 'yauzl';

/** Extra field 0x0001, "ZIP64 extended information" (APPNOTE.TXT 4.5.3). */
const ZIP64_FIELD = 0x0001;
/** All ones: the number stands in the ZIP64 field. */
const ELSEWHERE = 0xffffffff;
/** Bit 3: sizes follow the data, and those of the local header say nothing. */
const SIZES_FOLLOW = 0x8;

/**
 * What is wrong with the numbers of a directory's entry, as the end of a sentence that begins with the entry; null when
 * nothing is.
 */
export function zip64Fault(entry: Entry): string | null {
  const { compressedSize, uncompressedSize, relativeOffsetOfLocalHeader, extraFields } = entry;
  const numbers = [uncompressedSize, compressedSize, relativeOffsetOfLocalHeader];
  const fields = extraFields.filter(({ id }) => id === ZIP64_FIELD);
  if (fields.length > 1) return 'it has two ZIP64 fields';
  if (fields.length === 0 && numbers.includes(ELSEWHERE)) {
    return 'it announces a ZIP64 field, and has none';
  }
  const large = numbers.find((number) => !Number.isSafeInteger(number));
  return large === undefined ? null : `its ZIP64 field tells the number ${BigInt(large)}, beyond 2^53`;
}

/** The same, for a local header whose sizes are not those of the directory. */
export function localSizeFault(local: LocalFileHeader, entry: Entry): string | null {
  if ((local.generalPurposeBitFlag & SIZES_FOLLOW) !== 0) return null;
  const field = fieldOf(local.extraField);
  const sizes = [local.uncompressedSize, local.compressedSize];
  let at = 0;
  for (const [index, size] of sizes.entries()) {
    if (size !== ELSEWHERE) continue;
    if (field === null || at + 8 > field.length) {
      return 'its local header announces a ZIP64 field that does not tell its size';
    }
    sizes[index] = Number(field.readBigUInt64LE(at));
    at += 8;
  }
  const [uncompressedSize, compressedSize] = sizes;
  if (uncompressedSize === entry.uncompressedSize && compressedSize === entry.compressedSize) return null;
  return `its local header tells the sizes ${compressedSize} and ${uncompressedSize}, and the directory ${entry.compressedSize} and ${entry.uncompressedSize}`;
}

function fieldOf(extra: Buffer): Buffer | null {
  for (let at = 0; at + 4 <= extra.length; ) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === ZIP64_FIELD) return extra.subarray(at + 4, Math.min(end, extra.length));
    at = end;
  }
  return null;
}
