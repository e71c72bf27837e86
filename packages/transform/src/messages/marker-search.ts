import { Buffer } from 'node:buffer';
import { TRAIT } from '@chatferry/export';
import type { MessageDraft } from './message-draft.js';

/**
 * As far as a search looks ahead where many messages pass without being looked at: those that come one behind the other
 * are near.
 */
export const NEAR_BYTES = 1 << 12;
/** The same where all messages are looked at. Bounded, because the buffer may be far larger than what stands in it. */
export const FAR_BYTES = 1 << 16;

/**
 * Tells whether messages hold a marker, such as `ma-filelink:`. It remembers where the marker next occurs in the
 * buffer behind the messages, so that short messages one behind the other cost one search instead of one a
 * message. A text whose references may hide the marker is decoded and searched alone.
 *
 * The marker is ASCII without `&`, `<`, `>` and CR, and is compared with case.
 */
export class MarkerSearch {
  readonly #marker: Buffer;
  /** The marker from its first byte that is no letter: rare in prose, so that the search seldom stops in vain. */
  readonly #tail: Buffer;
  readonly #tailOffset: number;
  readonly #reach: number;
  #bytes: Buffer | null = null;
  #windowId = 0;
  /** No marker begins in `[#from, #next)`. */
  #from = 0;
  #next = 0;
  /** Whether one begins at `#next`. */
  #isFound = false;

  /** @param reach bytes behind the beginning of a message that are searched with it. */
  constructor(marker: string, reach: number) {
    this.#reach = reach;
    this.#marker = Buffer.from(marker, 'latin1');
    this.#tailOffset = Math.max(0, marker.search(/[^a-z]/i));
    this.#tail = this.#marker.subarray(this.#tailOffset);
  }

  /**
   * After `isIn` of a text that was searched where it stands: no marker begins behind that text and before this offset
   * of the same buffer, as long as its bytes have not moved.
   */
  get clearUntil(): number {
    return this.#next;
  }

  isIn(message: MessageDraft): boolean {
    const { content } = message;
    if (content === null) return false;
    if (content.form === 'decoded' || (content.traits & TRAIT.REFERENCE) !== 0) {
      const { bytes, start, end } = message.text;
      return bytes.subarray(start, end).includes(this.#marker);
    }
    const { bytes, start, end } = content;
    const { windowId } = message;
    if (bytes !== this.#bytes || windowId !== this.#windowId || start < this.#from) {
      this.#bytes = bytes;
      this.#windowId = windowId;
      this.#next = -1;
    }
    this.#from = start;
    const lastStart = end - this.#marker.length;
    if (this.#next < start || (!this.#isFound && this.#next <= lastStart)) {
      this.#search(this.#within(bytes, start, end), Math.max(start, this.#next));
    }
    return this.#isFound && this.#next <= lastStart;
  }

  #within(bytes: Buffer, start: number, end: number): Buffer {
    const limit = Math.max(end, start + this.#reach);
    return limit < bytes.length ? bytes.subarray(0, limit) : bytes;
  }

  /** Finds where the marker next begins in `bytes`, at `start` or later. */
  #search(bytes: Buffer, start: number): void {
    const offset = this.#tailOffset;
    for (
      let at = bytes.indexOf(this.#tail, start + offset);
      at >= 0;
      at = bytes.indexOf(this.#tail, at + 1)
    ) {
      this.#next = at - offset;
      this.#isFound = this.#marker.compare(bytes, this.#next, at, 0, offset) === 0;
      if (this.#isFound) return;
    }
    this.#isFound = false;
    this.#next = Math.max(start, bytes.length - this.#marker.length + 1);
  }
}
