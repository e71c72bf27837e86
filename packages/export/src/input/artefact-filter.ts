import { Buffer } from 'node:buffer';
import type { ConsoleArtefacts } from './console-artefacts.js';

const CR = 0x0d;
const LF = 0x0a;
const SURROGATE_BYTES = 3;
const EMPTY = Buffer.alloc(0);

/**
 * Removes console artefacts from a document in UTF-8 form, wherever the chunks are cut; the source is read to its end.
 * A surrogate pair that a line break had torn (three-byte form on either side) becomes its four-byte form again.
 * Memory held: one chunk and a tail of about 20 bytes.
 */
export async function* withoutArtefacts(
  chunks: AsyncIterable<Buffer>,
  artefacts: ConsoleArtefacts,
): AsyncGenerator<Buffer> {
  const { bodyStart, bodyEnd, breakLength } = artefacts;
  let offset = 0;
  let carry: Buffer = EMPTY;
  for await (const chunk of chunks) {
    const body = chunk.subarray(
      Math.min(chunk.length, Math.max(0, bodyStart - offset)),
      Math.max(0, bodyEnd - offset),
    );
    offset += chunk.length;
    if (body.length === 0) continue;
    if (breakLength === 0) {
      yield body;
      continue;
    }
    const bytes = carry.length === 0 ? body : Buffer.concat([carry, body]);
    const end = settledLength(bytes, breakLength);
    carry = Buffer.from(bytes.subarray(end));
    if (end > 0) yield withoutBreaks(bytes.subarray(0, end), breakLength);
  }
  if (carry.length > 0) yield withoutBreaks(carry, breakLength === 1 ? 1 : 2);
}

/** How many bytes hold no break whose neighbouring surrogates are not yet in sight. */
function settledLength(bytes: Buffer, breakLength: 1 | 2): number {
  const reach = SURROGATE_BYTES + breakLength + SURROGATE_BYTES;
  const end = bytes.length - reach;
  if (end <= 0) return 0;
  const at = nextBreak(bytes, Math.max(0, end - reach), breakLength);
  const tearsApart = at !== -1 && at - SURROGATE_BYTES < end && at + breakLength + SURROGATE_BYTES > end;
  return tearsApart ? Math.max(0, at - SURROGATE_BYTES) : end;
}

function withoutBreaks(bytes: Buffer, breakLength: 1 | 2): Buffer {
  const output = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  let run = 0;
  for (let at = nextBreak(bytes, 0, breakLength); at !== -1; at = nextBreak(bytes, run, breakLength)) {
    const next = at + breakLength;
    const isTornPair = isSurrogate(bytes, at - SURROGATE_BYTES, 0xa0) && isSurrogate(bytes, next, 0xb0);
    length += bytes.copy(output, length, run, isTornPair ? at - SURROGATE_BYTES : at);
    if (isTornPair) length += output.write(joined(bytes, at - SURROGATE_BYTES, next), length, 'utf8');
    run = isTornPair ? next + SURROGATE_BYTES : next;
  }
  length += bytes.copy(output, length, run);
  return output.subarray(0, length);
}

function nextBreak(bytes: Buffer, from: number, breakLength: 1 | 2): number {
  let at = bytes.indexOf(LF, from);
  if (breakLength === 1) return at;
  while (at !== -1 && bytes[at - 1] !== CR) at = bytes.indexOf(LF, at + 1);
  return at === -1 ? -1 : at - 1;
}

/** Whether a surrogate in three-byte form starts at `at`: high when `second` is 0xa0, low when it is 0xb0. */
function isSurrogate(bytes: Buffer, at: number, second: number): boolean {
  return at >= 0 && bytes[at] === 0xed && ((bytes[at + 1] ?? 0) & 0xf0) === second;
}

function joined(bytes: Buffer, high: number, low: number): string {
  return String.fromCharCode(surrogateAt(bytes, high), surrogateAt(bytes, low));
}

function surrogateAt(bytes: Buffer, at: number): number {
  return 0xd000 | (((bytes[at + 1] as number) & 0x3f) << 6) | ((bytes[at + 2] as number) & 0x3f);
}
