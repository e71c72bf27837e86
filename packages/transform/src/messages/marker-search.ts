import { Buffer } from 'node:buffer';
import { TRAIT } from '@chatferry/export';
import type { MessageDraft } from './message-draft.js';

/**
 * Tells whether messages hold a marker, such as `ma-filelink:`. It remembers where the marker next occurs in the
 * buffer behind the messages, so that a window full of messages costs one search through it instead of one a
 * message. A text whose references may hide the marker is decoded and searched alone.
 *
 * The marker is ASCII without `&`, `<`, `>` and CR, and is compared with case.
 */
export class MarkerSearch {
  readonly #marker: Buffer;
  /** The marker from its first byte that is no letter: rare in prose, so that the search seldom stops in vain. */
  readonly #tail: Buffer;
  readonly #tailOffset: number;
  #bytes: Buffer | null = null;
  #windowId = 0;
  /** There is no marker in `[#from, #next)`. */
  #from = 0;
  #next = 0;

  constructor(marker: string) {
    this.#marker = Buffer.from(marker, 'latin1');
    this.#tailOffset = Math.max(0, marker.search(/[^a-z]/i));
    this.#tail = this.#marker.subarray(this.#tailOffset);
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
    if (this.#next < start) this.#next = this.#nextFrom(bytes, start);
    return this.#next + this.#marker.length <= end;
  }

  /** Where the marker next begins at `start` or later; infinite when nowhere. */
  #nextFrom(bytes: Buffer, start: number): number {
    const offset = this.#tailOffset;
    for (
      let at = bytes.indexOf(this.#tail, start + offset);
      at >= 0;
      at = bytes.indexOf(this.#tail, at + 1)
    ) {
      const first = at - offset;
      if (this.#marker.compare(bytes, first, at, 0, offset) === 0) return first;
    }
    return Number.POSITIVE_INFINITY;
  }
}
