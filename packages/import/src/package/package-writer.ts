import { Buffer } from 'node:buffer';
import { ByteSink } from '@chatferry/export';
import { outputFailure } from '../handoff/output-failure.js';
import type { DocumentLayout, Layout } from '../layout.js';
import type { TargetDirectory } from '../target-record.js';
import { ArchiveFile, type ArchiveSummary } from './archive-file.js';
import { directoryDocument, type LastChatIds } from './directory-documents.js';
import { MessageWriter } from './message-writer.js';
import { type EntrySummary, PackageEntry } from './package-entry.js';

export interface PackageWriterOptions {
  /** The ZIP under its final name; written beside it as `.<name>.partial` until it is whole. */
  readonly file: string;
  readonly layout: Layout;
  /** Of deflate, 0 (stored) to 9; 1 by default, twice as fast as 6 for 17 % more bytes. */
  readonly compressionLevel?: number;
  /**
   * Bytes of messages after which the next room begins a new document (default 2 GiB). A room is never cut, so a
   * document exceeds the limit by at most its last room.
   */
  readonly documentLimit?: number;
}

/** The finished package; entries in the order of the archive, messages first. */
export interface PackageSummary extends ArchiveSummary {
  readonly entries: readonly EntrySummary[];
}

const DEFAULT_LIMIT = 2 ** 31;
/** Below this many bytes `flush` keeps collecting. */
const CHUNK_SIZE = 1 << 18;

/**
 * Opens a package for writing. The messages come first, through `messages`, with `flush` awaited after each batch; then
 * `finish` writes the directory and gives the file its name. The first document of the messages has the layout's name
 * (`Messages.xml`), further ones count on (`Messages-0002.xml`), so that the name of the first does not depend on what follows.
 *
 * Memory held: two times 4 MiB before deflate, the sink (one batch of messages), one directory record's tree.
 *
 * @throws RunFailure `output-unwritable`.
 */
export async function createPackageWriter(options: PackageWriterOptions): Promise<PackageWriter> {
  const writer = new PackageWriter(options);
  await writer.open();
  return writer;
}

/** See `createPackageWriter`, which makes it. After a rejection call `abort`. */
export class PackageWriter {
  readonly messages: MessageWriter;
  readonly #options: PackageWriterOptions;
  readonly #sink = new ByteSink(CHUNK_SIZE * 2);
  readonly #entries: EntrySummary[] = [];
  #archive: ArchiveFile | null = null;
  #entry: PackageEntry;
  #parts = 1;
  #failure: Error | null = null;
  #isFinished = false;

  constructor(options: PackageWriterOptions) {
    this.#options = options;
    const limit = options.documentLimit ?? DEFAULT_LIMIT;
    const name = documentOf(options.layout).name;
    this.#entry = new PackageEntry(name);
    this.messages = new MessageWriter(options.layout, this.#sink, {
      isFull: () => this.#entry.size + this.#sink.length >= limit,
      next: () => {
        this.#endEntry();
        this.#parts += 1;
        this.#beginEntry(partName(name, this.#parts));
      },
    });
  }

  async open(): Promise<void> {
    await this.#writing(async () => {
      const { file, compressionLevel = 1 } = this.#options;
      this.#archive = await ArchiveFile.create(file, compressionLevel, (error) => {
        this.#failure = error;
        this.#entry.destroy(error);
      });
      this.#archive.add(this.#entry);
    });
  }

  /** Hands collected bytes to the archive and waits while it is busy; await it after each batch of messages. */
  async flush(): Promise<void> {
    if (this.#sink.length < CHUNK_SIZE && this.#failure === null) return;
    await this.#writing(() => this.#drain());
  }

  /** Ends the messages, writes the directory, syncs and renames. `lastChatIds` take the place of the directory's own. */
  async finish(directory: TargetDirectory, lastChatIds: LastChatIds): Promise<PackageSummary> {
    return await this.#writing(async () => {
      this.messages.end();
      for (const document of this.#options.layout.documents) {
        if (document.kind === 'message') continue;
        this.#endEntry();
        this.#beginEntry(document.name);
        for (const piece of directoryDocument(document, directory, lastChatIds)) {
          this.#sink.text(piece);
          if (this.#sink.length >= CHUNK_SIZE) await this.#drain();
        }
      }
      this.#endEntry();
      const summary = await this.#opened().finish();
      this.#isFinished = true;
      return { ...summary, entries: this.#entries };
    });
  }

  /** Leaves nothing behind; does nothing after `finish`. */
  async abort(): Promise<void> {
    if (this.#isFinished) return;
    this.#isFinished = true;
    const reason = this.#failure ?? new Error('The package was given up.');
    this.#entry.destroy(reason);
    await this.#writing(async () => await this.#archive?.abort(reason));
  }

  #opened(): ArchiveFile {
    if (this.#archive === null) throw new TypeError('The package writer is not open.');
    return this.#archive;
  }

  #beginEntry(name: string): void {
    this.#entry = new PackageEntry(name);
    if (this.#failure !== null) this.#entry.destroy(this.#failure);
    else this.#opened().add(this.#entry);
  }

  #endEntry(): void {
    this.#takeSink();
    this.#entries.push(this.#entry.end());
  }

  async #drain(): Promise<void> {
    this.#takeSink();
    await this.#entry.drained();
  }

  #takeSink(): void {
    if (this.#failure !== null) throw this.#failure;
    this.#entry.write(Buffer.from(this.#sink.view()));
    this.#sink.clear();
  }

  async #writing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw outputFailure(this.#failure ?? error, this.#options.file);
    }
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
