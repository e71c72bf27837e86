import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { OpenedExport } from '@chatferry/export';
import { CHECKPOINT_FILE, syncFolder, writing } from '@chatferry/import';
import type { CarrySinks } from '../carry-with-restarts.js';
import { checkedUpTo, NOTHING_CHECKED } from './checked-start.js';
import type { CheckedStart, Checkpoint, SinkMarks } from './checkpoint.js';
import { writeCheckpoint } from './checkpoint-file.js';
import { JOURNAL_FILE, Journal, type JournalLine } from './journal.js';

export interface CheckpointFolders {
  /** Of the checkpoint itself. */
  readonly folder: string;
  /** Of the files that it measures. */
  readonly dataFolder: string;
}

export interface RunCheckpointsOptions extends CheckpointFolders {
  /** Bytes to be written between two checkpoints. */
  readonly every: number;
  /** What the checkpoint of this run is bound to. */
  readonly bound: Readonly<Record<string, string>>;
  readonly opened: OpenedExport;
  readonly sinks: CarrySinks;
  /** To be gone on with; it has been checked. */
  readonly resumed: Checkpoint | null;
}

/** What a pass adds to a checkpoint; the promise resolves when the package is on the disk. */
export type PassPart = Pick<Checkpoint, 'pass' | 'isEnd' | 'fileLinks'> & {
  readonly package: Promise<Checkpoint['package']>;
};

export type PassKind = Pick<Checkpoint, 'isThorough' | 'isSorting' | 'start'>;

/**
 * The checkpoints of one run: written while the run goes on, each when all that it measures is on the disk. Memory
 * held: 1.4 MB for the package's last piece, and the journal's block.
 */
export class RunCheckpoints {
  readonly every: number;
  readonly #options: RunCheckpointsOptions;
  readonly #file: string;
  #resumed: Checkpoint | null;
  #journal: Journal | null = null;
  #checked = new Map<string, CheckedStart>();
  #kind: PassKind | null = null;
  #pending: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | null = null;

  constructor(options: RunCheckpointsOptions) {
    this.every = options.every;
    this.#options = options;
    this.#file = join(options.folder, CHECKPOINT_FILE);
    this.#resumed = options.resumed;
    if (options.resumed === null) return;
    this.#checked = new Map([
      ...Object.entries(options.resumed.files).map(
        ([name, start]) => [join(options.dataFolder, name), start] as const,
      ),
      [this.journalPath, options.resumed.journal],
    ]);
  }

  /** To be gone on with; null when there is nothing, or when the pass has come so far. */
  get resumed(): Checkpoint | null {
    return this.#resumed;
  }

  /** Whether one lies on the disk. */
  get exists(): boolean {
    return existsSync(this.#file);
  }

  get journalPath(): string {
    return join(this.#options.folder, JOURNAL_FILE);
  }

  beginPass(kind: PassKind): void {
    this.#kind = kind;
  }

  /** The pass has come to where the earlier run stood, and goes on by itself. */
  caughtUp(): void {
    const { sinks } = this.#options;
    if (this.#resumed === null) return;
    sinks.findings.rewind(this.#resumed.sinks.findings);
    sinks.exceptions.rewind(this.#resumed.sinks.exceptions);
    sinks.fileLinks.rewind(this.#resumed.sinks.fileLinks);
    this.#journal = new Journal(this.journalPath, this.#resumed.journal.bytes);
    this.#resumed = null;
  }

  /** Takes one; it is written behind the back of the caller. Rejects with what went wrong with the one before. */
  async take(part: () => PassPart, lines: () => Iterable<JournalLine>): Promise<void> {
    await this.settled();
    const { folder, opened, sinks } = this.#options;
    await writing(folder, () => mkdir(folder, { recursive: true }));
    this.#journal ??= new Journal(this.journalPath);
    const taken = part();
    const synced = Promise.all([
      sinks.findings.sync(),
      sinks.exceptions.sync(),
      sinks.fileLinks.sync(),
      taken.package,
    ]);
    synced.catch(() => undefined);
    const marks = marksOf(sinks);
    this.#journal.append(lines());
    const documents = opened.documents.flatMap((document) => {
      const soFar = document.readSoFar();
      return soFar === null ? [] : [{ name: document.name, ...soFar }];
    });
    const journal = this.#journal;
    this.#pending = writing(folder, async () => {
      await Promise.all([synced, journal.sync()]);
      await this.#write({ ...taken, package: await taken.package }, marks, documents);
    });
    this.#pending.catch((error: unknown) => {
      this.#failure ??= { error };
    });
  }

  /** Waits until nothing is being written. Rejects with what went wrong. */
  async settled(): Promise<void> {
    await this.stop();
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** Forgets all of them, because a pass starts over. */
  async discard(): Promise<void> {
    await this.settled();
    await writing(this.#file, () => rm(this.#file, { force: true }));
    this.#journal?.clear();
    this.#checked.clear();
  }

  /** Waits until nothing is being written, whatever becomes of it. */
  async stop(): Promise<void> {
    await this.#pending.catch(() => undefined);
  }

  /** Ends the writing; what lies on the disk stays. */
  async close(): Promise<void> {
    await this.stop();
    this.#journal?.close();
  }

  async #write(
    { pass, isEnd, fileLinks, package: state }: Omit<PassPart, 'package'> & Pick<Checkpoint, 'package'>,
    sinks: SinkMarks,
    documents: Checkpoint['documents'],
  ): Promise<void> {
    const files: Record<string, CheckedStart> = {};
    for (const [name, end] of filesOf(sinks))
      files[name] = await this.#check(join(this.#options.dataFolder, name), end);
    const kind = this.#kind as PassKind;
    const journal = await this.#check(this.journalPath, (this.#journal as Journal).bytes);
    const { bound } = this.#options;
    const isFirst = !this.exists;
    await writeCheckpoint(this.#file, {
      version: 1,
      bound,
      ...kind,
      documents,
      sinks,
      files,
      journal,
      pass,
      isEnd,
      fileLinks,
      package: state,
    });
    if (isFirst) await syncFolder(dirname(this.#options.folder));
  }

  async #check(path: string, end: number): Promise<CheckedStart> {
    const checked = await checkedUpTo(path, end, this.#checked.get(path) ?? NOTHING_CHECKED);
    this.#checked.set(path, checked);
    return checked;
  }
}

export function marksOf({ findings, exceptions, fileLinks }: CarrySinks): SinkMarks {
  return { findings: findings.mark(), exceptions: exceptions.mark(), fileLinks: fileLinks.mark() };
}

/** The files that marks measure. */
export function filesOf({ findings, exceptions, fileLinks }: SinkMarks): [name: string, bytes: number][] {
  return [
    ['findings.ndjson', findings.ndjson],
    ['findings.csv', findings.csv],
    ['ledger.ndjson', exceptions],
    ['files-to-copy.csv', fileLinks],
  ];
}
