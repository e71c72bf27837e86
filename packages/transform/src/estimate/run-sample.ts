import type { Buffer } from 'node:buffer';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cutExport, type DocumentCut, type ExportDocument, type Hashing } from '@chatferry/export';
import type { RunSummary } from '@chatferry/import';
import { runTransform, type Stage, type TransformRequest } from '../run-transform.js';

/** What a sample is run with, besides the export and the options. */
export interface SampleRequest extends Pick<TransformRequest, 'exportPath' | 'options' | 'layout'> {
  readonly hashing: Hashing;
  /** Milliseconds of a monotonic clock; nothing of it reaches a handoff. */
  readonly now: () => number;
  /** Resident memory of this process, bytes. */
  readonly residentBytes: () => number;
}

/** What a real run over the beginning of an export took. */
export interface SampleRun {
  readonly cuts: readonly DocumentCut[];
  readonly messages: number;
  /** All files of the handoff. */
  readonly handoffBytes: number;
  /** Whether messages had to be sorted. */
  readonly isSorted: boolean;
  readonly seconds: number;
  /** Of those, what grows with the messages: reading and carrying them, sorting them, reading them back. */
  readonly growingSeconds: number;
  readonly peakBytes: number;
}

/**
 * Runs the whole transform on the first `messageBytes` bytes of messages, into a new handoff `folder`.
 *
 * @throws RunFailure as `runTransform` does; `input-table-missing` also when tables stand behind the cut.
 */
export async function runSample(
  request: SampleRequest,
  folder: string,
  messageBytes: number,
): Promise<SampleRun> {
  const watch = new RunWatch(request);
  let cuts: readonly DocumentCut[] = [];
  const start = request.now();
  const run = await runTransform({
    ...request,
    handoffPath: folder,
    isDryRun: false,
    replace: false,
    isStrict: false,
    notice: () => undefined,
    progress: watch.progress,
    view: async (whole) => {
      const cut = await cutExport(whole, messageBytes);
      cuts = cut.cuts;
      const documents = cut.opened.documents.map((document, i) => watch.timed(document, cuts[i]));
      return { ...cut.opened, documents };
    },
  });
  return {
    cuts,
    messages: run.ledger?.tables.tblChat?.read ?? 0,
    handoffBytes: await folderBytes(folder),
    isSorted: watch.isSorted,
    seconds: (request.now() - start) / 1000,
    growingSeconds: watch.growingMilliseconds(messageShare(run)) / 1000,
    peakBytes: watch.peakBytes,
  };
}

/** Of the package's bytes before compression, which is what is read back. */
function messageShare({ package: written }: RunSummary): number {
  const entries = written?.entries ?? [];
  const sum = entries.reduce((bytes, { size }) => bytes + size, 0);
  const messages = entries.filter(({ name }) => name.startsWith('Messages'));
  return sum === 0 ? 0 : messages.reduce((bytes, { size }) => bytes + size, 0) / sum;
}

/** The first part of the messages finds the program cold, so that the rest is measured and stands for it. */
const COLD_PART = 0.25;

/** Times what grows with the messages. */
class RunWatch {
  isSorted = false;
  peakBytes = 0;
  readonly #request: SampleRequest;
  #messages = 0;
  #lastRead = 0;
  #readBack: { readonly start: number; end: number } | null = null;

  constructor(request: SampleRequest) {
    this.#request = request;
  }

  readonly progress = (stage: Stage): void => {
    this.peakBytes = Math.max(this.peakBytes, this.#request.residentBytes());
    if (stage === 'sorted messages') this.isSorted = true;
    if (stage !== 'read-back') return;
    const now = this.#request.now();
    this.#readBack ??= { start: now, end: now };
    this.#readBack.end = now;
  };

  /** The document as it is, with the time that its reader takes for its messages, in each pass. */
  timed(document: ExportDocument, cut: DocumentCut | undefined): ExportDocument {
    if (cut === undefined || cut.messageBytes === 0) return document;
    const open = (): AsyncIterable<Buffer> => this.#timing(document, cut);
    return { ...document, open };
  }

  async *#timing(document: ExportDocument, cut: DocumentCut): AsyncGenerator<Buffer> {
    let bytes = 0;
    let warm: { readonly bytes: number; readonly at: number } | null = null;
    for await (const chunk of document.open()) {
      yield chunk;
      bytes += chunk.length;
      if (warm === null && bytes >= cut.directoryBytes + cut.messageBytes * COLD_PART) {
        warm = { bytes, at: this.#request.now() };
      }
    }
    this.#lastRead = this.#request.now();
    if (warm === null || bytes <= warm.bytes) return;
    this.#messages += ((this.#lastRead - warm.at) * cut.messageBytes) / (bytes - warm.bytes);
  }

  growingMilliseconds(messageShare: number): number {
    if (this.#readBack === null) return this.#messages;
    const { start, end } = this.#readBack;
    // Sorted messages are merged and written only when all have been read.
    const merging = this.isSorted ? Math.max(0, start - this.#lastRead) : 0;
    return this.#messages + merging + (end - start) * messageShare;
  }
}

async function folderBytes(folder: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) sum += (await stat(join(entry.path, entry.name))).size;
  }
  return sum;
}
