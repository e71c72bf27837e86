import type { Buffer } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';

/** A SHA-256 to which nothing is added any more. */
export interface FinishedHash {
  /** The digest in hex; waits for it. */
  hex(): string;
}

/** A SHA-256 of bytes that come piece by piece: `update` as often as needed, then `finish`, then `hex`. */
export interface StreamHash extends FinishedHash {
  /** The bytes may change after the call. */
  update(bytes: Buffer): void;
  /** A hash of the bytes so far that has been finished; this one goes on. Returns at once. Only before `finish`. */
  soFar(): FinishedHash;
  /** No more bytes will come. Returns at once. */
  finish(): void;
  /** The digest in hex; waits for it. Only after `finish`. */
  hex(): string;
  /** The digest is not wanted any more. */
  discard(): void;
}

/** Makes hashes that work somewhere. */
export type HashMaker = () => StreamHash;

/** A hash that works where it is called. */
export function inlineHash(): StreamHash {
  return new InlineHash();
}

class InlineHash implements StreamHash {
  #hash: Hash | null = createHash('sha256');
  #hex: string | null = null;

  update(bytes: Buffer): void {
    if (this.#hash === null) throw new TypeError('The hash has been finished.');
    this.#hash.update(bytes);
  }

  soFar(): FinishedHash {
    if (this.#hash === null) throw new TypeError('The hash has been finished.');
    const hex = this.#hash.copy().digest('hex');
    return { hex: () => hex };
  }

  finish(): void {
    this.#hex ??= this.#hash?.digest('hex') ?? null;
    this.#hash = null;
  }

  hex(): string {
    if (this.#hex === null) throw new TypeError('The hash has not been finished.');
    return this.#hex;
  }

  discard(): void {
    this.#hash = null;
  }
}
