/**
 * The second half of chatferry's inner loop, in AssemblyScript: takes messages that `packages/export/kernel/records.ts` has found,
 * one behind the other, and writes them as the package holds them and as a room's SHA-256 covers them, as long as they are
 * ordinary. What that means stands in `message-stretch.ts`; everything else is left to the rules, one message at a time.
 *
 * It lives in the memory of the record kernel and reads its table; addresses are handed in. At least 16 bytes may be written
 * behind the end of what is written.
 */

// As in records.ts.
const CANONICAL_REFERENCE: u32 = 2;
const NEEDS_DECODING: u32 = 1 | 2 | 4 | 8;
const ROW_HEADER: usize = 16;
const SLOT_BYTES: usize = 24;

// Columns of tblChat, by slot, and where their values stand in a row of the table.
const CHANNEL: usize = ROW_HEADER;
const CHAT: usize = ROW_HEADER + SLOT_BYTES;
const DATE: usize = ROW_HEADER + 2 * SLOT_BYTES;
const USER: usize = ROW_HEADER + 3 * SLOT_BYTES;
const ALERT: usize = ROW_HEADER + 4 * SLOT_BYTES;
const CONTENT: usize = ROW_HEADER + 5 * SLOT_BYTES;
const NUMBER: usize = 16;

// What is to be done (`message-stretch.ts`): bytes at these offsets of the job.
const ROOM: usize = 0;
const ALLOWED_SLOTS: usize = 4;
const LAST_ID: usize = 8;
const LAST_DATE: usize = 16;
const FROM: usize = 24;
const TO: usize = 32;
const STEPS: usize = 40;
const MARKERS: usize = 44;
const FIXED_BYTES: usize = 48;
const AUTHOR_MASK: usize = 52;
const STEPS_AT: usize = 56;
const MARKERS_AT: usize = 60;
const AUTHORS_AT: usize = 64;
const RECORDS_AT: usize = 68;
const RECORDS_LIMIT: usize = 72;
const HASHED_AT: usize = 76;
const HASHED_LIMIT: usize = 80;
// Results.
const RECORDS_END: usize = 84;
const HASHED_END: usize = 88;
const TEXT_BYTES: usize = 92;
const FIRST_ID: usize = 96;
const FIRST_DATE: usize = 104;
const IS_FULL: usize = 112;
// Authors that have written since they were last told of: how many, and their addresses.
const TOUCHED: usize = 116;
const TOUCHED_AT: usize = 120;

// A step: length of its literal, what follows it, the literal.
const STEP_BYTES: usize = 128;
const STEP_LITERAL: usize = 16;
const STEP_ROOM_ID: u32 = 1;
const STEP_ID: u32 = 2;
const STEP_DATE: u32 = 3;
const STEP_USER_ID: u32 = 4;
const STEP_ALERT: u32 = 5;
const STEP_CONTENT: u32 = 6;

// A marker: length, offset of the two bytes that are looked for first, the marker.
const MARKER_BYTES: usize = 48;
const MARKER_TEXT: usize = 16;

// An author: userId + 1 (0: nobody), digits and GUID as they are written, and what it has written in this stretch.
const AUTHOR_BYTES: usize = 96;
const AUTHOR_DIGITS: usize = 4;
const AUTHOR_GUID: usize = 20;
const AUTHOR_MESSAGES: usize = 64;
const AUTHOR_TEXT_BYTES: usize = 72;
const AUTHOR_LAST: usize = 80;

/** What a line of a room's hash holds beside its text, at most: two numbers, the GUID, separators. */
const HASH_LINE_BYTES: usize = 128;
const SLACK: usize = 16;

const UNIT_SEPARATOR: u8 = 0x1f;
const RECORD_SEPARATOR: u8 = 0x1e;
const ZERO: u8 = 0x30;

/** Copies `count` bytes; up to 15 more are written. Returns the end. */
// @ts-expect-error: decorator
@inline
function copy(from: usize, to: usize, count: usize): usize {
  for (let i: usize = 0; i < count; i += 16) v128.store(to + i, v128.load(from + i));
  return to + count;
}

// @ts-expect-error: decorator
@inline
function put(to: usize, byte: u8): usize {
  store<u8>(to, byte);
  return to + 1;
}

/** Copies the value of a column. */
// @ts-expect-error: decorator
@inline
function copyValue(value: usize, to: usize): usize {
  const from = <usize>load<u32>(value);
  return copy(from, to, <usize>load<u32>(value, 4) - from);
}

/** Whether a number is written without leading zeros, as the package writes it. */
// @ts-expect-error: decorator
@inline
function isCanonical(value: usize): bool {
  const start = load<u32>(value);
  return load<u8>(<usize>start) != ZERO || load<u32>(value, 4) - start == 1;
}

/** Whether one of the markers stands in `[start, end)`, which the two bytes of each that are looked for tell mostly not. */
function holdsMarker(start: usize, end: usize, markers: usize, count: u32): bool {
  const last = markers + <usize>count * MARKER_BYTES;
  for (let at = start; at < end; at += 16) {
    const here = v128.load(at);
    const next = v128.load(at, 1);
    for (let marker = markers; marker < last; marker += MARKER_BYTES) {
      const pair = marker + MARKER_TEXT + <usize>load<u32>(marker, 4);
      const hits = v128.and(
        i8x16.eq(here, v128.load_splat<u8>(pair)),
        i8x16.eq(next, v128.load_splat<u8>(pair, 1)),
      );
      if (v128.any_true(hits) && isMarkerIn(at, i8x16.bitmask(hits), start, end, marker)) return true;
    }
  }
  return false;
}

function isMarkerIn(at: usize, hits: i32, start: usize, end: usize, marker: usize): bool {
  const length = <usize>load<u32>(marker);
  const offset = <usize>load<u32>(marker, 4);
  for (let left = hits; left != 0; left &= left - 1) {
    const first = at + ctz(left) - offset;
    if (first < start || first + length > end) continue;
    let i: usize = 0;
    while (i < length && load<u8>(first + i) == load<u8>(marker + MARKER_TEXT + i)) i += 1;
    if (i == length) return true;
  }
  return false;
}

/** What became of the last text: raw or decoded, and escaped. */
let decodedFrom: usize = 0;
let decodedTo: usize = 0;
let escapedFrom: usize = 0;
let escapedTo: usize = 0;

/** Finds the forms of a text; false when the record kernel has not made the one that the package holds. */
// @ts-expect-error: decorator
@inline
function findText(value: usize): bool {
  const traits = load<u32>(value, 8);
  const escapedEnd = <usize>load<u32>(value, 12);
  decodedFrom = escapedFrom = <usize>load<u32>(value);
  decodedTo = escapedTo = <usize>load<u32>(value, 4);
  if (traits == 0) return true;
  if ((traits & NEEDS_DECODING) != 0) {
    decodedFrom = <usize>load<u32>(value, 16);
    decodedTo = <usize>load<u32>(value, 20);
  }
  if ((traits & ~CANONICAL_REFERENCE) == 0) return true;
  escapedFrom = decodedTo;
  escapedTo = escapedEnd;
  return escapedEnd != 0;
}

/** Writes the message as the package holds it; returns its end. */
// @ts-expect-error: decorator
@inline
function writeRecord(row: usize, author: usize, job: usize, into: usize): usize {
  let to = into;
  let step = <usize>load<u32>(job, STEPS_AT);
  const last = step + <usize>load<u32>(job, STEPS) * STEP_BYTES;
  for (; step < last; step += STEP_BYTES) {
    to = copy(step + STEP_LITERAL, to, <usize>load<u32>(step));
    const value = load<u32>(step, 4);
    if (value == STEP_CONTENT) to = copy(escapedFrom, to, escapedTo - escapedFrom);
    else if (value == STEP_ID) to = copyValue(row + CHAT, to);
    else if (value == STEP_DATE) to = copyValue(row + DATE, to);
    else if (value == STEP_USER_ID) to = copy(author + AUTHOR_DIGITS + 4, to, <usize>load<u32>(author, AUTHOR_DIGITS));
    else if (value == STEP_ALERT) to = put(to, ZERO);
    else if (value == STEP_ROOM_ID) to = copyValue(row + CHANNEL, to);
  }
  return to;
}

/** Writes the message as the hash of its room covers it; returns its end. */
// @ts-expect-error: decorator
@inline
function writeHashed(row: usize, author: usize, into: usize): usize {
  let to = put(copyValue(row + CHAT, into), UNIT_SEPARATOR);
  to = put(copyValue(row + DATE, to), UNIT_SEPARATOR);
  to = put(copy(author + AUTHOR_GUID + 4, to, <usize>load<u32>(author, AUTHOR_GUID)), UNIT_SEPARATOR);
  to = put(put(to, ZERO), UNIT_SEPARATOR);
  return put(copy(decodedFrom, to, decodedTo - decodedFrom), RECORD_SEPARATOR);
}

/** Adds the message to what its author has written. */
// @ts-expect-error: decorator
@inline
function count(author: usize, date: i64, job: usize): void {
  if (load<u32>(author, AUTHOR_MESSAGES) == 0) {
    const touched = load<u32>(job, TOUCHED);
    store<u32>(<usize>load<u32>(job, TOUCHED_AT) + 4 * <usize>touched, <u32>author);
    store<u32>(job, touched + 1, TOUCHED);
  }
  store<u32>(author, load<u32>(author, AUTHOR_MESSAGES) + 1, AUTHOR_MESSAGES);
  store<f64>(author, load<f64>(author, AUTHOR_TEXT_BYTES) + <f64>(decodedTo - decodedFrom), AUTHOR_TEXT_BYTES);
  if (date > load<i64>(author, AUTHOR_LAST)) store<i64>(author, date, AUTHOR_LAST);
}

/**
 * Takes ordinary messages from the beginning of `count` rows of the table. The last row is never taken, because a second message
 * with its key might follow. Returns how many were taken; ids, dates, and what was written stand in the job.
 */
export function writeStretch(rows: usize, rowCount: u32, rowBytes: usize, job: usize): u32 {
  const room = load<u32>(job, ROOM);
  const allowed = load<u32>(job, ALLOWED_SLOTS);
  const from = load<i64>(job, FROM);
  const to = load<i64>(job, TO);
  const fixed = <usize>load<u32>(job, FIXED_BYTES);
  const authors = <usize>load<u32>(job, AUTHORS_AT);
  const authorMask = load<u32>(job, AUTHOR_MASK);
  const recordsLimit = <usize>load<u32>(job, RECORDS_LIMIT);
  const hashedLimit = <usize>load<u32>(job, HASHED_LIMIT);
  let records = <usize>load<u32>(job, RECORDS_AT);
  let hashed = <usize>load<u32>(job, HASHED_AT);
  let lastId = load<i64>(job, LAST_ID);
  let lastDate = load<i64>(job, LAST_DATE);
  let textBytes: u32 = 0;
  let taken: u32 = 0;
  store<u32>(job, 0, IS_FULL);
  for (let row = rows; taken + 1 < rowCount; row += rowBytes) {
    if (load<u32>(row, CHANNEL + NUMBER) != room || load<u32>(row, 8) != allowed) break;
    const id = load<i64>(row, CHAT + NUMBER);
    const date = load<i64>(row, DATE + NUMBER);
    if (id <= lastId || date < lastDate || date < from || date > to || load<u32>(row, ALERT + NUMBER) != 0) break;
    const next = row + rowBytes;
    if (load<i64>(next, CHAT + NUMBER) == id && load<u32>(next, CHANNEL + NUMBER) == room) break;
    const user = load<u32>(row, USER + NUMBER);
    const author = authors + <usize>(user & authorMask) * AUTHOR_BYTES;
    if (load<u32>(author) != user + 1) break;
    if (!isCanonical(row + CHAT) || !isCanonical(row + DATE) || !isCanonical(row + CHANNEL)) break;
    if (!findText(row + CONTENT)) break;
    if (holdsMarker(decodedFrom, decodedTo, <usize>load<u32>(job, MARKERS_AT), load<u32>(job, MARKERS))) break;
    const recordEnd = records + fixed + (escapedTo - escapedFrom) + SLACK;
    const hashEnd = hashed + HASH_LINE_BYTES + (decodedTo - decodedFrom) + SLACK;
    if (recordEnd > recordsLimit || hashEnd > hashedLimit) {
      store<u32>(job, 1, IS_FULL);
      break;
    }
    records = writeRecord(row, author, job, records);
    hashed = writeHashed(row, author, hashed);
    count(author, date, job);
    if (taken == 0) {
      store<i64>(job, id, FIRST_ID);
      store<i64>(job, date, FIRST_DATE);
    }
    textBytes += <u32>(decodedTo - decodedFrom);
    lastId = id;
    lastDate = date;
    taken += 1;
  }
  store<i64>(job, lastId, LAST_ID);
  store<i64>(job, lastDate, LAST_DATE);
  store<u32>(job, <u32>records, RECORDS_END);
  store<u32>(job, <u32>hashed, HASHED_END);
  store<u32>(job, textBytes, TEXT_BYTES);
  return taken;
}
