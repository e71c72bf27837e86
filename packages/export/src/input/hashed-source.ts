import type { Buffer } from 'node:buffer';
import type { FinishedHash, HashMaker, StreamHash } from '../hash/stream-hash.js';
import { RunFailure } from '../run-failure.js';
import type { ByteSource } from './byte-source.js';
import { quoteName } from './quote-name.js';

/** The beginning of a document, as far as it was read: uncompressed bytes as stored, and their SHA-256 (hex). */
export interface ReadSoFar {
  readonly bytes: number;
  readonly sha256: string;
}

interface Reading {
  readonly hash: StreamHash;
  bytes: number;
}

/** A source that is hashed while it is read, until it has been read once to its end. Memory held: a hash. */
export class HashedSource {
  readonly #source: ByteSource;
  readonly #makeHash: HashMaker;
  #whole: Reading | null = null;
  #current: Reading | null = null;
  /** Of readings that were given up, the one that came furthest. */
  #furthest: { readonly bytes: number; readonly hash: FinishedHash } | null = null;
  #earlier: ReadSoFar | null = null;

  constructor(source: ByteSource, makeHash: HashMaker) {
    this.#source = source;
    this.#makeHash = makeHash;
  }

  open(): AsyncIterable<Buffer> {
    return this.#whole === null ? this.#hashing() : this.#source.open();
  }

  /** Of all bytes; null until they have been read. */
  sha256(): string | null {
    return this.#whole?.hash.hex() ?? null;
  }

  readSoFar(): ReadSoFar | null {
    const furthest = this.#whole ?? this.#furthestSoFar();
    return furthest && { bytes: furthest.bytes, sha256: furthest.hash.hex() };
  }

  #furthestSoFar(): { readonly bytes: number; readonly hash: FinishedHash } | null {
    const current = this.#current;
    if (current === null || current.bytes <= (this.#furthest?.bytes ?? 0)) return this.#furthest;
    return { bytes: current.bytes, hash: current.hash.soFar() };
  }

  /** See `ExportDocument`. */
  expectSame(earlier: ReadSoFar): void {
    this.#earlier = earlier;
    // A small document has been read whole when it was looked at.
    const whole = this.#whole === null ? null : this.readSoFar();
    if (whole !== null && (whole.bytes !== earlier.bytes || whole.sha256 !== earlier.sha256))
      throw this.#changed();
  }

  async *#hashing(): AsyncGenerator<Buffer> {
    const reading: Reading = { hash: this.#makeHash(), bytes: 0 };
    this.#current = reading;
    try {
      for await (const chunk of this.#source.open()) {
        this.#take(reading, chunk);
        yield chunk;
      }
      if (this.#earlier !== null && reading.bytes < this.#earlier.bytes) throw this.#changed();
      reading.hash.finish();
      this.#whole = reading;
    } finally {
      if (this.#current === reading) {
        // Nobody may ever ask for its digest, which is not waited for.
        this.#furthest = this.#whole === null ? this.#furthestSoFar() : null;
        this.#current = null;
      }
      if (this.#whole !== reading) reading.hash.discard();
    }
  }

  #take(reading: Reading, chunk: Buffer): void {
    const { hash } = reading;
    const left = this.#earlier === null ? -1 : this.#earlier.bytes - reading.bytes;
    reading.bytes += chunk.length;
    if (left < 0 || left > chunk.length) {
      hash.update(chunk);
      return;
    }
    hash.update(chunk.subarray(0, left));
    if (hash.soFar().hex() !== this.#earlier?.sha256) throw this.#changed();
    hash.update(chunk.subarray(left));
  }

  #changed(): RunFailure {
    return new RunFailure(
      'checkpoint-unusable',
      `${quoteName(this.#source.name)} has changed since the run that is to be continued.`,
      'Continue with the export as it was, or begin anew with --replace instead of --resume.',
    );
  }
}
