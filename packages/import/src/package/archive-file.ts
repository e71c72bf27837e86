import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from '../handoff/durable.js';
import type { PackageEntry } from './package-entry.js';
import { unusableArchive } from './written-content.js';
import { ZipFile, type ZipFileOptions } from './zip-file.js';
import type { ArchiveSummary, ZipState } from './zip-state.js';

/**
 * A ZIP file that is written under a temporary name beside its final one and renamed when it is whole and on the disk.
 */
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
    const temporary = temporaryOf(file);
    return new ArchiveFile(file, temporary, await open(temporary, 'w+'), options);
  }

  /**
   * Opens what another process wrote, whether it had given the file its name or not.
   *
   * @throws RunFailure `checkpoint-unusable` when it is not what `state` says; the file is then as it was.
   */
  static async resume(
    file: string,
    options: ZipFileOptions,
    state: ZipState,
  ): Promise<{ readonly archive: ArchiveFile; readonly entry: PackageEntry | null }> {
    const temporary = temporaryOf(file);
    const handle = await openExisting(temporary, file);
    const archive = new ArchiveFile(file, temporary, handle, options);
    try {
      return { archive, entry: await archive.zip.resume(state) };
    } catch (error) {
      await archive.leave(new Error('The archive cannot be continued.'));
      throw error;
    }
  }

  /** Waits until all that has been written is on the disk. */
  async sync(): Promise<void> {
    await this.#handle.sync();
  }

  /** Stops, and leaves what has been written for a run that goes on with it. */
  async leave(reason: Error): Promise<void> {
    await this.zip.abort(reason);
    await this.#handle.close();
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
    await this.leave(reason);
    await rm(this.#temporary, { force: true });
  }
}

/** The name of a file while it is written. */
export function partialOf(name: string): string {
  return `.${name}.partial`;
}

function temporaryOf(file: string): string {
  return join(dirname(file), partialOf(basename(file)));
}

async function openExisting(temporary: string, file: string): Promise<FileHandle> {
  for (const name of [temporary, file]) {
    try {
      const handle = await open(name, 'r+');
      if (name === file) await rename(file, temporary);
      return handle;
    } catch (error) {
      const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null;
      if (code === 'EISDIR') throw unusableArchive('is a folder');
      if (code !== 'ENOENT') throw error;
    }
  }
  throw unusableArchive('is gone');
}
