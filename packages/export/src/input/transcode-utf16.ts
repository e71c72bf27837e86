import { Buffer } from 'node:buffer';
import { TextValue } from '../xml/text-value.js';
import { encodingFailure } from './encoding.js';

const EMPTY = Buffer.alloc(0);

/**
 * UTF-16 code units to UTF-8, wherever the chunks are cut. An unpaired surrogate comes out in its three-byte form,
 * for a rule to decide on. Throws `RunFailure` 'input-encoding' when the last code unit lacks a byte.
 * Memory held: one chunk and its text, and up to three bytes of the chunk before.
 */
export async function* utf16ToUtf8(
  chunks: AsyncIterable<Buffer>,
  encoding: 'utf-16le' | 'utf-16be',
  name: string,
): AsyncGenerator<Buffer> {
  const isBigEndian = encoding === 'utf-16be';
  let tail: Buffer = EMPTY;
  for await (const chunk of chunks) {
    const bytes = tail.length === 0 ? chunk : Buffer.concat([tail, chunk]);
    const end = completeLength(bytes, isBigEndian);
    tail = Buffer.from(bytes.subarray(end));
    if (end > 0) yield encode(bytes.subarray(0, end), isBigEndian);
  }
  if (tail.length % 2 === 1) throw encodingFailure(name, 'ends in half a UTF-16 code unit');
  if (tail.length > 0) yield encode(tail, isBigEndian);
}

/** How many bytes make whole code units that end in no high surrogate, whose partner may come next. */
function completeLength(bytes: Buffer, isBigEndian: boolean): number {
  const even = bytes.length - (bytes.length % 2);
  if (even === 0) return 0;
  const upper = bytes[isBigEndian ? even - 2 : even - 1] as number;
  return upper >= 0xd8 && upper <= 0xdb ? even - 2 : even;
}

function encode(bytes: Buffer, isBigEndian: boolean): Buffer {
  const units = isBigEndian ? Buffer.from(bytes).swap16() : bytes;
  const text = units.toString('utf16le');
  // TextValue keeps unpaired surrogates, by ByteSink.codePoint; Buffer alone would write U+FFFD.
  return text.isWellFormed() ? Buffer.from(text, 'utf8') : TextValue.from(text).bytes;
}
