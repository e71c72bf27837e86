import { Buffer } from 'node:buffer';

/** Below this many bytes a loop beats a call into native code. */
const SHORT_RUN = 48;

/**
 * A growing byte buffer that is written to the end and then cleared, never read from the front.
 * Memory held: the largest content since construction, rounded up to a power of two.
 */
export class ByteSink {
  bytes: Buffer;
  length = 0;

  constructor(capacity = 1 << 16) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
  }

  clear(): void {
    this.length = 0;
  }

  /** Makes room for `count` more bytes and returns the backing buffer (it may be a new one). */
  reserve(count: number): Buffer {
    const needed = this.length + count;
    if (needed > this.bytes.length) {
      let capacity = this.bytes.length * 2;
      while (capacity < needed) capacity *= 2;
      const larger = Buffer.allocUnsafeSlow(capacity);
      this.bytes.copy(larger, 0, 0, this.length);
      this.bytes = larger;
    }
    return this.bytes;
  }

  byte(value: number): void {
    this.reserve(1)[this.length++] = value;
  }

  /** Appends `source[start, end)`. */
  copy(source: Buffer, start: number, end: number): void {
    const count = end - start;
    const target = this.reserve(count);
    let at = this.length;
    if (count < SHORT_RUN) {
      for (let i = start; i < end; i++) target[at++] = source[i] as number;
    } else {
      source.copy(target, at, start, end);
      at += count;
    }
    this.length = at;
  }

  /** Appends `text` as UTF-8; a lone surrogate becomes U+FFFD, so check before. */
  text(text: string): void {
    const target = this.reserve(text.length * 3);
    this.length += target.write(text, this.length, 'utf8');
  }

  /** Appends a code point in UTF-8; surrogates are written as their three-byte form (WTF-8), and a pair is joined. */
  codePoint(code: number): void {
    const target = this.reserve(4);
    let at = this.length;
    if (code < 0x80) {
      target[at++] = code;
    } else if (code < 0x800) {
      target[at++] = 0xc0 | (code >> 6);
      target[at++] = 0x80 | (code & 0x3f);
    } else if (code < 0x10000) {
      const high = code >= 0xdc00 && code <= 0xdfff ? highSurrogateBefore(target, at) : 0;
      if (high !== 0) {
        this.length = at - 3;
        this.codePoint(0x10000 + ((high - 0xd800) << 10) + (code - 0xdc00));
        return;
      }
      target[at++] = 0xe0 | (code >> 12);
      target[at++] = 0x80 | ((code >> 6) & 0x3f);
      target[at++] = 0x80 | (code & 0x3f);
    } else {
      target[at++] = 0xf0 | (code >> 18);
      target[at++] = 0x80 | ((code >> 12) & 0x3f);
      target[at++] = 0x80 | ((code >> 6) & 0x3f);
      target[at++] = 0x80 | (code & 0x3f);
    }
    this.length = at;
  }

  /** The written bytes; valid until the next write. */
  view(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  toString(): string {
    return this.bytes.toString('utf8', 0, this.length);
  }
}

/** The high surrogate whose three-byte form ends at `end`, or 0. */
function highSurrogateBefore(bytes: Buffer, end: number): number {
  if (end < 3 || bytes[end - 3] !== 0xed) return 0;
  const second = bytes[end - 2] as number;
  if (second < 0xa0 || second > 0xaf) return 0;
  return 0xd000 | ((second & 0x3f) << 6) | ((bytes[end - 1] as number) & 0x3f);
}
