import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from '../handoff/durable.js';
import { type ArchiveSummary, ZipFile, type ZipFileOptions } from './zip-file.js';

/** A ZIP file that is written under a temporary name beside its final one and renamed when it is whole and on the disk. */
export class ArchiveFile {
  readonly zip: ZipFile;
  readonly #file: string;
  readonly #temporary: string;
  readonly #handle: FileHandle;

  private constructor(file: string, temporary: string, handle: FileHandle, options: ZipFileOptions) {
    this.#file = file;
    this.#temporary = temporary;
    this.#handle = handle;
    this.zip = new ZipFile(handle, options);
  }

  static async create(file: string, options: ZipFileOptions): Promise<ArchiveFile> {
    const temporary = join(dirname(file), `.${basename(file)}.partial`);
    return new ArchiveFile(file, temporary, await open(temporary, 'w+'), options);
  }

  /** Waits for the last byte, syncs, renames. */
  async finish(): Promise<ArchiveSummary> {
    const summary = await this.zip.finish();
    await this.#handle.close();
    await rename(this.#temporary, this.#file);
    await syncFolder(dirname(this.#file));
    return summary;
  }

  /** Removes the temporary file. */
  async abort(reason: Error): Promise<void> {
    await this.zip.abort(reason);
    await this.#handle.close();
    await rm(this.#temporary, { force: true });
  }
}
