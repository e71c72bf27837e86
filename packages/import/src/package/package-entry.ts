import type { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import type { StreamHash } from '@chatferry/export';

/** What is known of an entry once it is written. Sizes in bytes before compression. */
export interface EntrySummary {
  readonly name: string;
  readonly size: number;
  /** Eight hex digits. */
  readonly crc32: string;
  /** SHA-256 (hex) of the content. */
  readonly sha256: string;
}

/** An entry that has not ended: what of it lies in the archive, and what does not yet. */
export interface EntryState {
  readonly name: string;
  /** Bytes written so far, before compression. */
  readonly size: number;
  /** Of these bytes. */
  readonly crc32: number;
  /** The last of these bytes, too few for a piece; base64. */
  readonly rest: string;
}

/** Bytes of content that are deflated at once. */
export const PIECE_BYTES = 1 << 20;

/** Takes the pieces of an entry and gives empty buffers of `PIECE_BYTES` for them. */
export interface PieceTaker {
  buffer(): Buffer;
  /** The next piece of the content; its buffer now belongs to the taker. */
  take(piece: Buffer): void;
}

/**
 * One document on its way into the archive: cut into pieces of `PIECE_BYTES`, whatever the lengths in which it comes.
 * Memory held: one piece.
 */
export class PackageEntry {
  readonly name: string;
  /** Bytes written so far. */
  size = 0;
  /** Of the bytes written so far. */
  crc32 = 0;
  readonly #taker: PieceTaker;
  readonly #hash: StreamHash;
  #piece: Buffer | null = null;
  #filled = 0;

  /** @param hash fresh, for the content. */
  constructor(name: string, taker: PieceTaker, hash: StreamHash) {
    this.name = name;
    this.#taker = taker;
    this.#hash = hash;
  }

  /** Copies `bytes`; the caller may change them afterwards. */
  write(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.size += bytes.length;
    this.#hash.update(bytes);
    this.crc32 = crc32(bytes, this.crc32);
    let start = 0;
    while (start < bytes.length) {
      this.#piece ??= this.#taker.buffer();
      const count = bytes.copy(this.#piece, this.#filled, start);
      start += count;
      this.#filled += count;
      if (this.#filled === PIECE_BYTES) this.#handOver();
    }
  }

  state(): EntryState {
    const rest = this.#piece?.toString('base64', 0, this.#filled) ?? '';
    return { name: this.name, size: this.size, crc32: this.crc32, rest };
  }

  /**
   * Goes on where another process left an entry; `rest` of its state is to be written next, what came before is hashed.
   */
  goOn({ size, crc32 }: Pick<EntryState, 'size' | 'crc32'>): void {
    this.size = size;
    this.crc32 = crc32;
  }

  end(): EntrySummary {
    this.#handOver();
    this.#hash.finish();
    return {
      name: this.name,
      size: this.size,
      crc32: this.crc32.toString(16).padStart(8, '0'),
      sha256: this.#hash.hex(),
    };
  }

  #handOver(): void {
    if (this.#piece === null) return;
    this.#taker.take(this.#piece.subarray(0, this.#filled));
    this.#piece = null;
    this.#filled = 0;
  }
}
