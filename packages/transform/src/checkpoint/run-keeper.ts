import { RunFailure } from '@chatferry/export';
import type { Handoff } from '@chatferry/import';
import { expectSameFacts } from './bound-facts.js';
import { RunCheckpoints, type RunCheckpointsOptions } from './run-checkpoints.js';

/** About ten seconds of work on the machine of the README's figures. */
export const CHECKPOINT_EVERY = 2 ** 28;

/** Failures that the same run would meet again, so that a checkpoint is of no use. */
const LASTING: readonly RunFailure['code'][] = [
  'arguments',
  'input-not-an-export',
  'input-not-well-formed',
  'input-encoding',
  'input-dtd',
  'input-limit',
  'input-table-missing',
  'input-empty',
  'archive-unsafe',
  'plan-unusable',
];

/** Decides what becomes of a run that does not come to its end: it is kept when it can be resumed, else removed. */
export class RunKeeper {
  readonly #handoff: Handoff;
  #checkpoints: RunCheckpoints | null = null;

  constructor(handoff: Handoff) {
    this.#handoff = handoff;
  }

  /**
   * Begins the checkpoints of the run.
   * @throws RunFailure `checkpoint-unusable` when the unfinished run was begun otherwise.
   */
  checkpoints(options: Omit<RunCheckpointsOptions, 'folder' | 'dataFolder'>): RunCheckpoints {
    if (options.resumed !== null) {
      expectSameFacts(options.resumed.bound, options.bound);
      for (const { name, ...soFar } of options.resumed.documents) {
        options.opened.documents.find((document) => document.name === name)?.expectSame(soFar);
      }
    }
    const { checkpointFolder, dataFolder } = this.#handoff;
    this.#checkpoints = new RunCheckpoints({ ...options, folder: checkpointFolder, dataFolder });
    return this.#checkpoints;
  }

  /** Gives up at once. Whether the run can be resumed. */
  async stop(): Promise<boolean> {
    const isKept = this.#canResume;
    if (isKept) await this.#handoff.leave();
    else await this.#handoff.abort();
    return isKept;
  }

  /** Keeps or removes what a failed run has done; returns what to throw. */
  async afterFailure(error: unknown): Promise<unknown> {
    const isLasting = error instanceof RunFailure && LASTING.includes(error.code);
    // A run that has not come to where the earlier one stood has no right to throw its work away.
    const isUntouched =
      this.#handoff.isResumed && (this.#checkpoints === null || this.#checkpoints.resumed !== null);
    if (!isUntouched && (isLasting || !this.#canResume)) {
      await this.#handoff.abort();
      return error;
    }
    await this.#handoff.leave();
    if (!(error instanceof RunFailure) || error.code === 'checkpoint-unusable') return error;
    const { code, message, remedy, place, cause } = error;
    const how = 'What was done so far is kept: continue with the same command and --resume.';
    return new RunFailure(code, message, `${remedy} ${how}`, { cause, ...(place === null ? {} : { place }) });
  }

  async close(): Promise<void> {
    await this.#checkpoints?.close();
  }

  get #canResume(): boolean {
    return this.#checkpoints?.exists ?? this.#handoff.isResumed;
  }
}
