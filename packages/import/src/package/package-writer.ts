import { ByteSink, type HashMaker } from '@chatferry/export';
import { writing } from '../handoff/output-failure.js';
import type { DocumentLayout, Layout } from '../layout/layout.js';
import type { TargetDirectory } from '../target-record.js';
import { ArchiveFile } from './archive-file.js';
import { directoryDocument, type LastChatIds } from './directory-documents.js';
import { MessageWriter, type MessageWriterState } from './message-writer.js';
import type { EntrySummary, PackageEntry } from './package-entry.js';
import type { ArchiveSummary, ZipState } from './zip-state.js';

export interface PackageWriterOptions {
  /** The ZIP under its final name; written beside it as `.<name>.partial` until it is whole. */
  readonly file: string;
  readonly layout: Layout;
  /** Of deflate, 0 (stored) to 9; 1 by default, twice as fast as 6 for 17 % more bytes. */
  readonly compressionLevel?: number;
  /**
   * Bytes of messages after which the next room begins a new document (default 2 GiB). A room is never cut, so a
   * document exceeds the limit by at most its last room; the 9,999th takes what is left.
   */
  readonly documentLimit?: number;
  /** Where the documents are hashed; default: on the calling thread. */
  readonly makeHash?: HashMaker;
}

/** The finished package; entries in the order of the archive, messages first. */
export interface PackageSummary extends ArchiveSummary {
  readonly entries: readonly EntrySummary[];
}

/** A package that is not finished, between two messages. JSON can hold it; 1.4 MB at most, and a record an entry. */
export interface PackageState {
  readonly zip: ZipState;
  /** Documents that have ended. */
  readonly entries: readonly EntrySummary[];
  /** Documents of messages begun so far. */
  readonly parts: number;
  readonly messages: MessageWriterState;
}

/** What an earlier run left of a package. */
export interface UnfinishedPackage {
  readonly state: PackageState;
  /** Ids of the rooms that have been written. */
  readonly rooms: Iterable<number>;
}

const DEFAULT_LEVEL = 1;
const DEFAULT_LIMIT = 2 ** 31;
/** As many as four digits count; readers refuse archives of very many entries. */
const MOST_DOCUMENTS = 9999;
/** Below this many bytes `flush` keeps collecting. */
const CHUNK_SIZE = 1 << 18;

/**
 * Opens a package for writing. The messages come first, through `messages`, with `flush` awaited after each batch; then
 * `finish` writes the directory and gives the file its name. The first document of the messages has the layout's name
 * (`Messages.xml`), further ones count on (`Messages-0002.xml`), so that the name of the first does not depend on what
 * follows.
 *
 * Memory held: what `ZipFile` states, the sink (one batch of messages), one directory record's tree.
 *
 * @throws RunFailure `output-unwritable`.
 */
export async function createPackageWriter(options: PackageWriterOptions): Promise<PackageWriter> {
  const { file, compressionLevel = DEFAULT_LEVEL } = options;
  return await writing(file, async () => {
    return new PackageWriter(
      options,
      await ArchiveFile.create(file, { level: compressionLevel, makeHash: options.makeHash }),
    );
  });
}

/**
 * Goes on with a package that an earlier run left, after having held what lies on the disk against its state. What
 * follows gives the same bytes as if that run had gone on.
 *
 * @throws RunFailure `checkpoint-unusable` when the file is not what it was, or `output-unwritable`.
 */
export async function resumePackageWriter(
  options: PackageWriterOptions,
  unfinished: UnfinishedPackage,
): Promise<PackageWriter> {
  const { file, compressionLevel = DEFAULT_LEVEL, makeHash } = options;
  return await writing(file, async () => {
    const { state, rooms } = unfinished;
    const { archive, entry } = await ArchiveFile.resume(
      file,
      { level: compressionLevel, makeHash },
      state.zip,
    );
    if (entry === null) throw new TypeError('A package is resumed within a document.');
    return new PackageWriter(options, archive, { state, rooms, entry });
  });
}

/** See `createPackageWriter`, which makes it. After a rejection call `abort`. */
export class PackageWriter {
  readonly messages: MessageWriter;
  readonly #options: PackageWriterOptions;
  readonly #archive: ArchiveFile;
  readonly #sink = new ByteSink(CHUNK_SIZE * 2);
  readonly #entries: EntrySummary[] = [];
  #entry: PackageEntry;
  #endedBytes = 0;
  #parts = 1;
  #isFinished = false;

  constructor(
    options: PackageWriterOptions,
    archive: ArchiveFile,
    resumed?: UnfinishedPackage & { readonly entry: PackageEntry },
  ) {
    this.#options = options;
    this.#archive = archive;
    const limit = options.documentLimit ?? DEFAULT_LIMIT;
    const name = documentOf(options.layout).name;
    this.#entry = resumed?.entry ?? archive.zip.begin(name);
    this.messages = new MessageWriter(options.layout, this.#sink, {
      isFull: () => this.#parts < MOST_DOCUMENTS && this.#entry.size + this.#sink.length >= limit,
      next: () => {
        this.#endEntry();
        this.#parts += 1;
        this.#entry = archive.zip.begin(partName(name, this.#parts));
      },
    });
    if (resumed === undefined) return;
    this.#entries.push(...resumed.state.entries);
    this.#endedBytes = resumed.state.entries.reduce((sum, { size }) => sum + size, 0);
    this.#parts = resumed.state.parts;
    this.messages.resume(resumed.state.messages, resumed.rooms);
  }

  /** Bytes of all documents so far, before compression. */
  get size(): number {
    return this.#endedBytes + this.#entry.size + this.#sink.length;
  }

  /**
   * Where the package stands with all messages before the call; resolves when that is on the disk. The caller may go on
   * at once.
   */
  async checkpoint(): Promise<PackageState> {
    return await this.#writing(async () => {
      this.#takeSink();
      const rest = { entries: [...this.#entries], parts: this.#parts, messages: this.messages.state() };
      const zip = await this.#archive.zip.state();
      await this.#archive.sync();
      return { zip, ...rest };
    });
  }

  /** Stops, and leaves what has been written for `resumePackageWriter`. */
  async leave(): Promise<void> {
    if (this.#isFinished) return;
    this.#isFinished = true;
    await this.#writing(() => this.#archive.leave(new Error('The package was given up.')));
  }

  /** Hands collected bytes to the archive and waits while it is busy; await it after each batch of messages. */
  async flush(): Promise<void> {
    if (this.#sink.length < CHUNK_SIZE && this.#archive.zip.failure === null) return;
    await this.#writing(() => this.#drain());
  }

  /**
   * Ends the messages, writes the directory, syncs and renames. `lastChatIds` take the place of the directory's own.
   */
  async finish(directory: TargetDirectory, lastChatIds: LastChatIds): Promise<PackageSummary> {
    return await this.#writing(async () => {
      this.messages.end();
      for (const document of this.#options.layout.documents) {
        if (document.kind === 'message') continue;
        this.#endEntry();
        this.#entry = this.#archive.zip.begin(document.name);
        for (const piece of directoryDocument(document, directory, lastChatIds)) {
          this.#sink.text(piece);
          if (this.#sink.length >= CHUNK_SIZE) await this.#drain();
        }
      }
      this.#endEntry();
      const summary = await this.#archive.finish();
      this.#isFinished = true;
      return { ...summary, entries: this.#entries };
    });
  }

  /** Leaves nothing behind; does nothing after `finish`. */
  async abort(): Promise<void> {
    if (this.#isFinished) return;
    this.#isFinished = true;
    await this.#writing(() => this.#archive.abort(new Error('The package was given up.')));
  }

  #endEntry(): void {
    this.#takeSink();
    this.#endedBytes += this.#entry.size;
    this.#entries.push(this.#archive.zip.end());
  }

  async #drain(): Promise<void> {
    this.#takeSink();
    await this.#archive.zip.drained();
  }

  #takeSink(): void {
    const { failure } = this.#archive.zip;
    if (failure !== null) throw failure;
    this.#entry.write(this.#sink.view());
    this.#sink.clear();
  }

  async #writing<T>(work: () => Promise<T>): Promise<T> {
    return await writing(this.#options.file, work);
  }
}

function documentOf(layout: Layout): DocumentLayout {
  const document = layout.documents.find(({ kind }) => kind === 'message');
  if (document === undefined) throw new TypeError('The layout has no document for messages.');
  return document;
}

/** `Messages.xml` and 2 give `Messages-0002.xml`. */
function partName(name: string, part: number): string {
  const dot = name.lastIndexOf('.');
  return `${name.slice(0, dot)}-${String(part).padStart(4, '0')}${name.slice(dot)}`;
}
