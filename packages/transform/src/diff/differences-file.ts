import { mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RunFailure } from '@chatferry/export';
import { BlockFile, isTaken, moveToFreeName, outputFailure } from '@chatferry/import';

/** The file of `-o`: written in a new folder beside it, and moved to its name when whole. */
export class DifferencesFile {
  readonly lines: BlockFile;
  readonly #path: string;
  /** Ours alone, so that all of it may be removed. */
  readonly #folder: string;
  readonly #partial: string;

  /** @throws RunFailure `output-exists`, `output-unwritable`. */
  constructor(path: string) {
    if (isTaken(path)) throw inTheWay(path);
    this.#path = path;
    this.#folder = onDisk(path, () => mkdtempSync(join(dirname(path), 'chatferry-diff-')));
    this.#partial = join(this.#folder, 'partial');
    this.lines = new BlockFile(this.#partial);
  }

  /** @throws RunFailure `output-unwritable`, or `output-exists` when something has come to lie under that name. */
  commit(): void {
    this.lines.close();
    if (!onDisk(this.#path, () => moveToFreeName(this.#partial, this.#path))) throw inTheWay(this.#path);
  }

  /** Removes what is not under the final name. */
  abort(): void {
    this.lines.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function onDisk<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw outputFailure(error, path);
  }
}

function inTheWay(path: string): RunFailure {
  return new RunFailure(
    'output-exists',
    `${path} exists already.`,
    'Choose another name, or remove it first.',
  );
}
