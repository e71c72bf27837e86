import { Buffer } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { type HashMaker, inlineHash } from '@chatferry/export';
import { FileHash } from './file-hash.js';
import { type EntrySummary, PackageEntry, PIECE_BYTES, type PieceTaker } from './package-entry.js';
import { PieceDeflater } from './piece-deflater.js';
import { StepQueue } from './step-queue.js';
import { resumedEntry, unusableArchive } from './written-content.js';
import { localHeader, localHeaderBytes, ZIP64_FROM, type ZipRecord, zipDirectory } from './zip-format.js';
import type { ArchiveSummary, ZipState } from './zip-state.js';

export interface ZipFileOptions {
  /** Of deflate, 1 to 9; 0 stores. */
  readonly level: number;
  /** Pieces that are deflated or wait to be written, at most; the bytes do not depend on it. */
  readonly inFlight?: number;
  /** Where entries are hashed; default: on the calling thread. */
  readonly makeHash?: HashMaker | undefined;
  /** First size or offset that is written in ZIP64 form; lowered by tests only. */
  readonly zip64From?: number;
}

/** One less than the threads of Node's pool: the fourth stays free to read and write files. */
const IN_FLIGHT = 3;
/** An empty last block: after pieces that end in Z_SYNC_FLUSH it closes the deflate stream. */
const LAST_BLOCK = Buffer.from([3, 0]);

/**
 * Writes a ZIP file: `begin`, `write` to the entry, `end` for each entry, then `finish`. The first three return at
 * once; await `drained` between writes. After a failure `drained` and `finish` reject with it.
 *
 * Why not a library: they deflate through a stream, which asks the main thread for each 16 KiB, so that the two take
 * turns. Here pieces of 1 MiB are deflated on their own in Node's thread pool and written in order; the bytes depend on
 * the content alone. Measured on two cores with 158 MB of messages whose reading costs the main thread 5 ns a byte:
 * level 1 2.95 s with yazl, 1.36 s here; level 6 5.3 s and 2.5 s. Measured and left out: a dictionary of the 32 KiB
 * before each piece (0.3 % fewer bytes), and a worker for deflate and SHA-256 (5 % faster beside a busy main thread,
 * slower at level 6).
 *
 * A local header is written when its entry has ended, into the space left for it (see `zip-format.ts`).
 *
 * Memory held: two blocks of 256 KiB for the file's SHA-256, the piece that is being filled, and for each piece in
 * flight 1 MiB and its deflated bytes, with the default about 9 MiB in all; what is written before `drained` is
 * awaited; one small record for each entry.
 */
export class ZipFile implements PieceTaker {
  readonly #handle: FileHandle;
  readonly #level: number;
  readonly #inFlight: number;
  readonly #zip64From: number;
  readonly #makeHash: HashMaker;
  readonly #hash: FileHash;
  readonly #records: ZipRecord[] = [];
  readonly #spare: Buffer[] = [];
  readonly #deflaters: PieceDeflater[] = [];
  /** What still has to be written. */
  readonly #steps = new StepQueue();
  #entry: PackageEntry | null = null;
  /** Of the entry that is being written, and of the next byte. */
  #start = 0;
  #position = 0;
  /** Of the entry's bytes in the file, without its header. */
  #fileCrc32 = 0;

  /** `handle` must be open for writing and reading, and is left open. */
  constructor(handle: FileHandle, options: ZipFileOptions) {
    this.#handle = handle;
    this.#level = options.level;
    this.#inFlight = options.inFlight ?? IN_FLIGHT;
    this.#zip64From = options.zip64From ?? ZIP64_FROM;
    this.#makeHash = options.makeHash ?? inlineHash;
    this.#hash = new FileHash(handle);
  }

  /**
   * Where the archive stands with all that it was given before the call; resolves when that is written (`sync` the file
   * then). The caller may go on at once.
   */
  async state(): Promise<ZipState> {
    const entry = this.#entry?.state() ?? null;
    return await this.#steps.last.then(async (): Promise<ZipState> => {
      const hashed = this.#hash.soFar();
      const position = this.#position;
      const records = [...this.#records];
      const place = { start: this.#start, fileCrc32: this.#fileCrc32 };
      return { position, records, hashed: await hashed, entry: entry && { ...entry, ...place } };
    });
  }

  /**
   * Goes on with what another process wrote, whose file is open at `handle`: `records`, `hashed` and the open entry are
   * read from the file and compared. Returns that entry. To be called first of all.
   *
   * @throws RunFailure `checkpoint-unusable` when the file is not what it was.
   */
  async resume(state: ZipState): Promise<PackageEntry | null> {
    const { position, records, hashed, entry } = state;
    // The space for a header that is written last does not lie in the file before something follows it.
    const isEmpty = entry !== null && position === entry.start + localHeaderBytes(entry.name);
    if ((await this.#handle.stat()).size < (isEmpty ? entry.start : position)) {
      throw unusableArchive('is shorter than it was');
    }
    if (!(await this.#hash.resume(hashed))) throw unusableArchive('has changed');
    this.#records.push(...records);
    const content = { handle: this.#handle, isStored: this.#level === 0, end: position };
    this.#entry =
      entry === null ? null : await resumedEntry(entry, content, { taker: this, hash: this.#makeHash() });
    await this.#handle.truncate(position);
    this.#position = position;
    this.#start = entry?.start ?? 0;
    this.#fileCrc32 = entry?.fileCrc32 ?? 0;
    return this.#entry;
  }

  /** What went wrong while writing, as soon as it is known. */
  get failure(): Error | null {
    return this.#steps.failure;
  }

  /** Begins an entry after the one before has ended. */
  begin(name: string): PackageEntry {
    if (this.#entry !== null) throw new TypeError(`The entry ${this.#entry.name} has not ended.`);
    this.#entry = new PackageEntry(name, this, this.#makeHash());
    this.#steps.add(async () => {
      this.#start = this.#position;
      this.#position += localHeaderBytes(name);
      this.#fileCrc32 = 0;
    });
    return this.#entry;
  }

  end(): EntrySummary {
    const entry = this.#entry;
    if (entry === null) throw new TypeError('There is no entry to end.');
    const summary = entry.end();
    this.#entry = null;
    this.#steps.add(() => this.#endEntry(entry));
    return summary;
  }

  /** Waits while as many pieces are under way as may be. */
  async drained(): Promise<void> {
    await this.#steps.atMost(this.#inFlight);
  }

  /** Waits for the last byte, and until the disk has it. */
  async finish(): Promise<ArchiveSummary> {
    this.#steps.add(() => this.#append(zipDirectory(this.#records, this.#position, this.#zip64From)));
    await this.#steps.last;
    this.#closeDeflaters();
    const [sha256] = await Promise.all([this.#hash.digest(this.#position), this.#handle.sync()]);
    return { bytes: this.#position, sha256 };
  }

  /** Gives up what is not written yet; afterwards nothing uses the handle any more. */
  async abort(reason: Error): Promise<void> {
    await this.#steps.giveUp(reason);
    await this.#hash.settled();
    this.#closeDeflaters();
  }

  #closeDeflaters(): void {
    for (const deflater of this.#deflaters.splice(0)) deflater.close();
  }

  buffer(): Buffer {
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES);
  }

  take(piece: Buffer): void {
    if (this.#steps.failure !== null) return;
    const output = this.#deflated(piece);
    output.catch(() => undefined);
    this.#steps.add(async () => {
      for (const bytes of await output) await this.#append(bytes);
      this.#spare.push(Buffer.from(piece.buffer));
    });
  }

  /** The bytes to write for `piece`, once it is among the pieces in flight. */
  async #deflated(piece: Buffer): Promise<readonly Buffer[]> {
    await this.#steps.fromEnd(this.#inFlight);
    if (this.#level === 0) return [piece];
    const deflater = this.#deflaters.pop() ?? new PieceDeflater(this.#level);
    try {
      return await deflater.deflate(piece);
    } finally {
      this.#deflaters.push(deflater);
    }
  }

  async #endEntry({ name, size, crc32: checksum }: PackageEntry): Promise<void> {
    if (this.#level > 0) await this.#append(LAST_BLOCK);
    const offset = this.#start;
    const compressedSize = this.#position - offset - localHeaderBytes(name);
    const record = { name, isStored: this.#level === 0, crc32: checksum, size, compressedSize, offset };
    await this.#writeAt(localHeader(record, this.#zip64From), offset);
    this.#records.push(record);
    this.#hash.follow(this.#position);
  }

  async #append(bytes: Buffer): Promise<void> {
    const position = this.#position;
    this.#position += bytes.length;
    this.#fileCrc32 = crc32(bytes, this.#fileCrc32);
    await this.#writeAt(bytes, position);
  }

  async #writeAt(bytes: Buffer, position: number): Promise<void> {
    let start = 0;
    while (start < bytes.length) {
      const { bytesWritten } = await this.#handle.write(bytes, start, bytes.length - start, position + start);
      start += bytesWritten;
    }
  }
}
