import type { Stage } from './run-transform.js';

const REFRESH_MILLISECONDS = 200;
const PLAIN_STEP_MILLISECONDS = 10_000;
const MEGABYTE = 1_000_000;

const WORDS: Readonly<Record<Stage, string>> = {
  directory: 'reading the directory',
  shards: 'checking the shards',
  messages: 'carrying messages',
  'sorted messages': 'sorting and carrying messages',
  'read-back': 'reading the package back',
  seal: 'sealing the handoff',
  inspection: 'reading the export',
};

export interface ProgressOutput {
  readonly isTerminal: boolean;
  /** Bytes of all documents of the export, when known: makes a percentage and an ETA of it. */
  readonly totalBytes: number | null;
  write(text: string): void;
  /** Milliseconds of a monotonic clock. Progress is for waiting people; nothing of it reaches a file. */
  now(): number;
}

/** Shows how far a run is: one line that is rewritten on a terminal, now and then a plain line elsewhere. */
export class ProgressLine {
  readonly #output: ProgressOutput;
  #stage: Stage | null = null;
  #stageStart = 0;
  #lastShown = 0;

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  readonly show = (stage: Stage, bytes: number): void => {
    const now = this.#output.now();
    if (stage !== this.#stage) {
      this.#stage = stage;
      this.#stageStart = now;
      this.#lastShown = now;
      return;
    }
    const pause = this.#output.isTerminal ? REFRESH_MILLISECONDS : PLAIN_STEP_MILLISECONDS;
    if (now - this.#lastShown < pause) return;
    this.#lastShown = now;
    const text = this.#line(stage, bytes, (now - this.#stageStart) / 1000);
    this.#output.write(this.#output.isTerminal ? `\r\u001b[K${text}` : `${text}\n`);
  };

  /** Wipes the line from a terminal. */
  readonly clear = (): void => {
    if (this.#output.isTerminal && this.#stage !== null) this.#output.write('\r\u001b[K');
    this.#stage = null;
  };

  #line(stage: Stage, bytes: number, seconds: number): string {
    const rate = bytes / MEGABYTE / seconds;
    const done = `${WORDS[stage]}: ${(bytes / MEGABYTE).toFixed(0)} MB, ${rate.toFixed(0)} MB/s`;
    const total = stage === 'messages' || stage === 'inspection' ? this.#output.totalBytes : null;
    if (total === null || total <= bytes || rate === 0) return done;
    const left = (total - bytes) / MEGABYTE / rate;
    return `${done}, ${((100 * bytes) / total).toFixed(0)} %, about ${Math.ceil(left)} s left`;
  }
}
