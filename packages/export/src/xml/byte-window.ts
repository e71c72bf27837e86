import { Buffer } from 'node:buffer';
import { LT } from './characters.js';
import { TextPosition } from './text-position.js';

const INITIAL_CAPACITY = 1 << 19;

/**
 * The bytes of a document that are not yet given up, in one buffer, so that a token can be looked at as a whole.
 * Offsets count from the window's first byte and change with every push.
 * Memory held: the bytes kept plus one chunk, rounded up to a power of two.
 */
export class ByteWindow {
  bytes = Buffer.allocUnsafeSlow(INITIAL_CAPACITY);
  /** Offset behind the last byte. There stands a `<`, a sentinel that stops every fast loop without a bounds check. */
  limit = 0;
  /** No more bytes will come. */
  isFinished = false;
  /** Changes with every push. */
  id = 0;
  /** Tells this window from others. */
  readonly owner: object = this;
  readonly #position = new TextPosition();

  /** Gives up the bytes before `keep` and appends the chunk: what stood at `keep` stands at 0 then. */
  push(chunk: Buffer, keep: number): void {
    this.#position.drop(this.bytes, keep);
    const kept = this.limit - keep;
    const needed = kept + chunk.length + 1;
    const target = needed > this.bytes.length ? Buffer.allocUnsafeSlow(roundUp(needed)) : this.bytes;
    this.bytes.copy(target, 0, keep, this.limit);
    chunk.copy(target, kept);
    this.bytes = target;
    this.limit = kept + chunk.length;
    this.bytes[this.limit] = LT;
    this.id += 1;
  }

  /** Line and column of the byte at `offset`. */
  locate(offset: number): { readonly line: number; readonly column: number } {
    return this.#position.locate(this.bytes, Math.min(offset, this.limit));
  }

  /** Offset of `text` (ASCII) at `from` or later, or -1 when the window does not hold all of it. */
  find(text: string, from: number): number {
    const found = this.bytes.indexOf(text, from, 'latin1');
    return found >= 0 && found + text.length <= this.limit ? found : -1;
  }
}

function roundUp(size: number): number {
  let capacity = INITIAL_CAPACITY;
  while (capacity < size) capacity *= 2;
  return capacity;
}
