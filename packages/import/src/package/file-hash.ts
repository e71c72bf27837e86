import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

const BLOCK_BYTES = 1 << 18;

/** The first `bytes` of a file and their SHA-256 (hex). */
export interface HashedStart {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * SHA-256 of a file that is still being written: follows the writer over the bytes that are final, which lie in the
 * system's cache then and need no second reading of the disk. Memory held: two blocks of 256 KiB.
 */
export class FileHash {
  readonly #handle: FileHandle;
  readonly #hash = createHash('sha256');
  #hashed = 0;
  #last: Promise<void> = Promise.resolve();
  #blocks: [Buffer, Buffer] | null = null;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** All bytes before `end` are final. Returns at once; `digest` rejects with what went wrong. */
  follow(end: number): void {
    this.#last = this.#last.then(() => this.#read(end));
    this.#last.catch(() => undefined);
  }

  /** SHA-256 (hex) of the file, which is `end` bytes long. */
  async digest(end: number): Promise<string> {
    this.follow(end);
    await this.#last;
    return this.#hash.digest('hex');
  }

  /** The beginning of the file that is final at the time of the call, once it is hashed. */
  async soFar(): Promise<HashedStart> {
    return await this.#last.then(() => ({ bytes: this.#hashed, sha256: this.#hash.copy().digest('hex') }));
  }

  /** Hashes the beginning of a file that another process wrote. Resolves with whether it is what was hashed then. */
  async resume({ bytes, sha256 }: HashedStart): Promise<boolean> {
    this.follow(bytes);
    return (await this.soFar()).sha256 === sha256;
  }

  /** Waits until nothing reads the file any more. */
  async settled(): Promise<void> {
    await this.#last.catch(() => undefined);
  }

  async #read(end: number): Promise<void> {
    this.#blocks ??= [Buffer.allocUnsafeSlow(BLOCK_BYTES), Buffer.allocUnsafeSlow(BLOCK_BYTES)];
    let [block, spare] = this.#blocks;
    let reading = this.#block(block, end);
    while (this.#hashed < end) {
      const bytes = await reading;
      this.#hashed += bytes.length;
      [block, spare] = [spare, block];
      // The next block is read while this one is hashed.
      reading = this.#block(block, end);
      this.#hash.update(bytes);
    }
    await reading;
  }

  /** The block at `#hashed`, cut at `end`; empty when nothing is left. */
  async #block(into: Buffer, end: number): Promise<Buffer> {
    const size = Math.min(into.length, end - this.#hashed);
    if (size === 0) return into.subarray(0, 0);
    const { bytesRead } = await this.#handle.read(into, 0, size, this.#hashed);
    if (bytesRead === 0) throw new Error('The file became shorter while it was written.');
    return into.subarray(0, bytesRead);
  }
}
