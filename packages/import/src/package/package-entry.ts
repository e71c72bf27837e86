import type { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { crc32 } from 'node:zlib';

/** What is known of an entry once it is written. Sizes in bytes before compression. */
export interface EntrySummary {
  readonly name: string;
  readonly size: number;
  /** Eight hex digits. */
  readonly crc32: string;
  /** SHA-256 (hex) of the content. */
  readonly sha256: string;
}

/** So much waits for deflate, which runs beside the main thread; with less the two would take turns. */
const HIGH_WATER_MARK = 4 << 20;

/**
 * One document on its way into the archive. Memory held: up to twice the high water mark (8 MiB), plus what the caller
 * writes before it awaits `drained`.
 */
export class PackageEntry {
  readonly name: string;
  /** Bytes written so far. */
  size = 0;
  readonly #stream = new PassThrough({ highWaterMark: HIGH_WATER_MARK });
  readonly #hash = createHash('sha256');
  #crc32 = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** What the archive reads. */
  get stream(): Readable {
    return this.#stream;
  }

  /** Takes over `bytes`; the caller may not change them any more. */
  write(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.size += bytes.length;
    this.#hash.update(bytes);
    this.#crc32 = crc32(bytes, this.#crc32);
    this.#stream.write(bytes);
  }

  /** Waits until there is room for more; rejects when the entry was destroyed. */
  async drained(): Promise<void> {
    if (this.#stream.errored) throw this.#stream.errored;
    if (this.#stream.writableNeedDrain) await once(this.#stream, 'drain');
  }

  end(): EntrySummary {
    this.#stream.end();
    return {
      name: this.name,
      size: this.size,
      crc32: this.#crc32.toString(16).padStart(8, '0'),
      sha256: this.#hash.digest('hex'),
    };
  }

  /** Stops the entry; whoever waits for `drained` gets `reason`. */
  destroy(reason: Error): void {
    this.#stream.on('error', () => undefined);
    this.#stream.destroy(reason);
  }
}
