import { existsSync, renameSync, rmSync } from 'node:fs';
import { RunFailure } from '@chatferry/export';
import { BlockFile, outputFailure } from '@chatferry/import';

/** The file of `-o`: written under a temporary name beside the final one, and renamed when whole. */
export class DifferencesFile {
  readonly lines: BlockFile;
  readonly #path: string;
  readonly #partial: string;

  /** @throws RunFailure `output-exists`, `output-unwritable`. */
  constructor(path: string) {
    if (existsSync(path)) {
      throw new RunFailure(
        'output-exists',
        `${path} exists already.`,
        'Choose another name, or remove it first.',
      );
    }
    this.#path = path;
    this.#partial = `${path}.partial`;
    this.lines = new BlockFile(this.#partial);
  }

  /** @throws RunFailure `output-unwritable` */
  commit(): void {
    this.lines.close();
    try {
      renameSync(this.#partial, this.#path);
    } catch (error) {
      throw outputFailure(error, this.#path);
    }
  }

  /** Removes what is not under the final name; does nothing after `commit`. */
  abort(): void {
    this.lines.close();
    rmSync(this.#partial, { force: true });
  }
}
