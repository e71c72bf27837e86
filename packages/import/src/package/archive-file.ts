import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { syncFolder } from '../handoff/durable.js';
import type { PackageEntry } from './package-entry.js';

/** Deflate hands over 16 KiB at a time; the disk gets larger blocks. */
const BLOCK_SIZE = 1 << 18;
/** DOS times are local times, so local components give the same bytes in every time zone. */
const ENTRY_TIME = new Date(2000, 0, 1, 12);
/** A regular file, rw-r--r--. */
const ENTRY_MODE = 0o100644;

/** A finished archive. */
export interface ArchiveSummary {
  readonly bytes: number;
  /** SHA-256 (hex) of the ZIP file. Another build of Node may deflate to other bytes; compare entries then. */
  readonly sha256: string;
}

/**
 * A ZIP file that is written under a temporary name beside its final one and renamed when it is whole and on the disk.
 * Entries in the order of `add`, a fixed time stamp, ZIP64 where sizes ask for it.
 *
 * Memory held: one block, and per entry its central directory record.
 */
export class ArchiveFile {
  readonly #zip = new ZipFile();
  readonly #file: string;
  readonly #temporary: string;
  readonly #handle: FileHandle;
  readonly #level: number;
  readonly #written: Promise<ArchiveSummary>;

  private constructor(file: string, temporary: string, handle: FileHandle, level: number) {
    this.#file = file;
    this.#temporary = temporary;
    this.#handle = handle;
    this.#level = level;
    this.#written = this.#pump();
  }

  /** `onFailure` is told at once when the disk refuses; `finish` rejects with the same error. */
  static async create(file: string, level: number, onFailure: (error: Error) => void): Promise<ArchiveFile> {
    const temporary = join(dirname(file), `.${basename(file)}.partial`);
    const archive = new ArchiveFile(file, temporary, await open(temporary, 'w'), level);
    archive.#written.catch(onFailure);
    return archive;
  }

  add(entry: PackageEntry): void {
    this.#zip.addReadStream(entry.stream, entry.name, {
      mtime: ENTRY_TIME,
      mode: ENTRY_MODE,
      forceDosTimestamp: true,
      compressionLevel: this.#level,
    });
  }

  /** Waits for the last byte, syncs, renames. */
  async finish(): Promise<ArchiveSummary> {
    this.#zip.end();
    const summary = await this.#written;
    await this.#handle.sync();
    await this.#handle.close();
    await rename(this.#temporary, this.#file);
    await syncFolder(dirname(this.#file));
    return summary;
  }

  /** Removes the temporary file. */
  async abort(reason: Error): Promise<void> {
    (this.#zip.outputStream as Readable).destroy(reason);
    await this.#written.catch(() => undefined);
    await this.#handle.close();
    await rm(this.#temporary, { force: true });
  }

  async #pump(): Promise<ArchiveSummary> {
    const failed = new Promise<never>((_, reject) => this.#zip.once('error', reject));
    return await Promise.race([this.#copy(), failed]);
  }

  async #copy(): Promise<ArchiveSummary> {
    const hash = createHash('sha256');
    let bytes = 0;
    let pending: Buffer[] = [];
    let pendingBytes = 0;
    const writeBlock = async () => {
      const block = Buffer.concat(pending);
      pending = [];
      pendingBytes = 0;
      bytes += block.length;
      hash.update(block);
      await writeAll(this.#handle, block);
    };
    for await (const chunk of this.#zip.outputStream as AsyncIterable<Buffer>) {
      pending.push(chunk);
      pendingBytes += chunk.length;
      if (pendingBytes >= BLOCK_SIZE) await writeBlock();
    }
    await writeBlock();
    return { bytes, sha256: hash.digest('hex') };
  }
}

async function writeAll(handle: FileHandle, block: Buffer): Promise<void> {
  let start = 0;
  while (start < block.length) {
    const { bytesWritten } = await handle.write(block, start);
    start += bytesWritten;
  }
}
