import { Buffer } from 'node:buffer';

const ZIP64 = 0x0001;
const PADDING = 0xa220;
/** Signature and length, before the padding itself. */
const PADDING_HEAD_BYTES = 4;
const HEADER_BYTES = 4;
/** Room for a false end record, which libzip would try before the true one, is in 32 bytes of times. */
const END_SIGNATURE = Buffer.from('PK\x05\x06', 'latin1');
/** All ones: the number stands in the ZIP64 field. */
const ELSEWHERE = 0xffffffff;

/**
 * Ids and most bytes of what writers add without changing what is read: ZIP64, times (NTFS, "UT"), times and owner
 * ("UX", "Ux", "ux" of Info-ZIP), the mark of Java, padding. Of the others some carry a second name (0x7075, 0x2605) or
 * a key (0x9901).
 */
const HARMLESS: ReadonlyMap<number, number> = new Map([
  [ZIP64, 24],
  [0x000a, 32],
  [0x5455, 13],
  [0x5855, 12],
  [0x7855, 4],
  [0x7875, 24],
  [0xcafe, 0],
  [PADDING, 0xffff],
]);

/** What `HARMLESS` lists, for a sentence. */
export const LISTED_FIELDS = 'ZIP64 numbers, times, owners and zero padding only, each once';

/** What is wrong with extra fields (4.5), as a phrase after "Unexpected"; null when nothing is. */
export function extraFieldFault(extra: Buffer): string | null {
  const seen = new Set<number>();
  for (let at = 0; at < extra.length; ) {
    const data = fieldAt(extra, at);
    if (data === null) return 'length of an extra field';
    const id = extra.readUInt16LE(at);
    const most = HARMLESS.get(id);
    const name = `extra field 0x${id.toString(16).padStart(4, '0')}`;
    if (most === undefined) return name;
    if (seen.has(id)) return `second ${name}`;
    const isFilled = id === PADDING && data.subarray(PADDING_HEAD_BYTES).some((byte) => byte !== 0);
    if (data.length > most || isFilled || data.includes(END_SIGNATURE)) return `content of ${name}`;
    seen.add(id);
    at += HEADER_BYTES + data.length;
  }
  return null;
}

/**
 * `plain` with what the ZIP64 field tells instead (4.5.3): uncompressed size, compressed size and, in the directory,
 * offset. Null when it is missing, too short, or repeats the others (as some writers do) and tells them otherwise.
 */
export function zip64Numbers(plain: readonly number[], extra: Buffer): number[] | null {
  const field = zip64Field(extra);
  const told: number[] = [];
  for (let at = 0; field !== null && at + 8 <= field.length; at += 8) {
    told.push(Number(field.readBigUInt64LE(at)));
  }
  const announced = plain.filter((number) => number === ELSEWHERE).length;
  if (told.length < announced) return null;
  let next = 0;
  const numbers = plain.map((number) => (number === ELSEWHERE ? (told[next++] as number) : number));
  const isExact = field === null || field.length === 8 * announced;
  const isRepeated = field?.length === 8 * told.length && told.every((number, i) => number === numbers[i]);
  return isExact || isRepeated ? numbers : null;
}

function zip64Field(extra: Buffer): Buffer | null {
  for (let at = 0; at < extra.length; ) {
    const data = fieldAt(extra, at);
    if (data === null) return null;
    if (extra.readUInt16LE(at) === ZIP64) return data;
    at += HEADER_BYTES + data.length;
  }
  return null;
}

function fieldAt(extra: Buffer, at: number): Buffer | null {
  if (at + HEADER_BYTES > extra.length) return null;
  const end = at + HEADER_BYTES + extra.readUInt16LE(at + 2);
  return end > extra.length ? null : extra.subarray(at + HEADER_BYTES, end);
}
