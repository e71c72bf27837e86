import { Buffer } from 'node:buffer';
import { closeSync, fsync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { RunFailure } from '@chatferry/export';

const BLOCK_BYTES = 1 << 16;
const syncOpen = promisify(fsync);
/** UTF-8 needs at most three bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;

/**
 * A file of lines that is appended to synchronously in blocks of 64 KiB, so that a caller in a hot loop needs
 * no backpressure. Text is written as UTF-8. Memory held: one block.
 * @throws RunFailure `output-unwritable` from every method that touches the disk.
 */
export class BlockFile {
  readonly #path: string;
  readonly #file: number;
  readonly #block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #length = 0;
  #written = 0;
  #isOpen = true;

  /**
   * Creates the file, or empties it when it exists.
   * @param kept bytes of an existing file that stay; the rest of it is cut off.
   */
  constructor(path: string, kept?: number) {
    this.#path = path;
    this.#file = this.#onDisk(() => openSync(path, kept === undefined ? 'w' : 'r+'));
    if (kept !== undefined) this.truncate(kept);
  }

  /** Bytes appended so far. */
  get position(): number {
    return this.#written + this.#length;
  }

  append(text: string): void {
    const most = text.length * BYTES_PER_UNIT;
    if (this.#length + most > BLOCK_BYTES) this.#flush();
    if (most > BLOCK_BYTES) this.#write(Buffer.from(text, 'utf8'));
    else this.#length += this.#block.write(text, this.#length, 'utf8');
  }

  /** Forgets what was appended after `position`. */
  truncate(position: number): void {
    this.#flush();
    this.#onDisk(() => ftruncateSync(this.#file, position));
    this.#written = position;
  }

  /** Waits until all that was appended before the call is on the disk; the caller may go on at once. */
  async sync(): Promise<void> {
    this.#flush();
    try {
      await syncOpen(this.#file);
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  /** Writes what is left and closes the file; a second call does nothing. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      this.#flush();
    } finally {
      this.#onDisk(() => closeSync(this.#file));
    }
  }

  #flush(): void {
    const bytes = this.#block.subarray(0, this.#length);
    this.#length = 0;
    this.#write(bytes);
  }

  #write(bytes: Buffer): void {
    this.#onDisk(() => {
      for (let at = 0; at < bytes.length; ) {
        at += writeSync(this.#file, bytes, at, bytes.length - at, this.#written + at);
      }
    });
    this.#written += bytes.length;
  }

  #onDisk<T>(action: () => T): T {
    try {
      return action();
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  #failure(cause: unknown): RunFailure {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new RunFailure(
      'output-unwritable',
      `Cannot write ${this.#path}: ${reason}.`,
      'Free space on that drive or choose another output folder, then run again.',
      { cause },
    );
  }
}
