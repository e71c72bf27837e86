import type { Buffer } from 'node:buffer';

const LF = 0x0a;

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
    let line = this.#line;
    let column = this.#column;
    for (let i = this.#at; i < to; i++) {
      const byte = window[i] as number;
      if (byte === LF) {
        line += 1;
        column = 0;
      } else if ((byte & 0xc0) !== 0x80) {
        column += 1;
      }
    }
    this.#line = line;
    this.#column = column;
    if (to > this.#at) this.#at = to;
  }
}
