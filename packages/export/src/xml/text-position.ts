import type { Buffer } from 'node:buffer';
import { recordKernel } from './record-kernel.js';

const LF = 0x0a;
const NEAR_BYTES = 96;
/** From so many bytes on the kernel counts faster, although they are copied for it. */
const MANY_BYTES = 4096;

/**
 * Turns byte offsets of a sliding window into line and column. Lines count line feeds, columns count
 * characters (UTF-8 lead bytes), both from 1. Asking in ascending order costs each byte once.
 */
export class TextPosition {
  #baseLine = 1;
  #baseColumn = 0;
  #line = 1;
  #column = 0;
  #at = 0;

  /** Line and column of `window[offset]`. */
  locate(window: Buffer, offset: number): { line: number; column: number } {
    if (offset < this.#at) {
      this.#line = this.#baseLine;
      this.#column = this.#baseColumn;
      this.#at = 0;
    }
    this.#advance(window, offset);
    return { line: this.#line, column: this.#column + 1 };
  }

  /** The first `count` bytes leave the window; offsets count from the byte after them. */
  drop(window: Buffer, count: number): void {
    if (count < this.#at) {
      this.#line = this.#baseLine;
      this.#column = this.#baseColumn;
      this.#at = 0;
    }
    this.#advance(window, count);
    this.#baseLine = this.#line;
    this.#baseColumn = this.#column;
    this.#at = 0;
  }

  #advance(window: Buffer, to: number): void {
    let from = this.#at;
    if (to <= from) return;
    if (to - from >= MANY_BYTES) {
      this.#advanceFar(window, to);
      return;
    }
    for (let feed = nextFeed(window, from, to); feed >= 0; feed = nextFeed(window, from, to)) {
      this.#line += 1;
      this.#column = 0;
      from = feed + 1;
    }
    let characters = 0;
    for (let i = from; i < to; i++) if (((window[i] as number) & 0xc0) !== 0x80) characters += 1;
    this.#column += characters;
    this.#at = to;
  }

  #advanceFar(window: Buffer, to: number): void {
    const kernel = recordKernel();
    const from = this.#at;
    const lines = kernel.countLines(window, from, to);
    const lineStart = lines === 0 ? from : window.lastIndexOf(LF, to - 1) + 1;
    if (lines > 0) this.#column = 0;
    this.#line += lines;
    this.#column += kernel.countCharacters(window, lineStart, to);
    this.#at = to;
  }
}

/** Most lines are short or very long: the first bytes by hand, the rest by a native search. */
function nextFeed(window: Buffer, from: number, to: number): number {
  const near = Math.min(from + NEAR_BYTES, to);
  for (let i = from; i < near; i++) if (window[i] === LF) return i;
  if (near === to) return -1;
  const found = window.indexOf(LF, near);
  return found < to ? found : -1;
}
