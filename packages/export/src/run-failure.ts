import type { Place } from './finding.js';

/** Why a run could not finish. A program may branch on it; people read the message. */
export type FailureCode =
  | 'arguments'
  | 'input-missing'
  | 'input-unreadable'
  | 'input-not-an-export'
  | 'input-not-well-formed'
  | 'input-encoding'
  | 'input-dtd'
  | 'input-limit'
  | 'input-table-missing'
  | 'input-empty'
  | 'archive-unsafe'
  | 'archive-damaged'
  | 'output-exists'
  | 'output-unwritable'
  | 'checkpoint-unusable'
  | 'plan-unusable'
  | 'shards-unusable'
  | 'interrupted'
  | 'bug';

/**
 * A fault of our running (or of an input that cannot be read at all): it ends the run with exit code 2
 * and nothing lies under the final name. `remedy` says what to do next.
 */
export class RunFailure extends Error {
  override readonly name = 'RunFailure';
  readonly code: FailureCode;
  readonly place: Place | null;
  readonly remedy: string;

  constructor(
    code: FailureCode,
    message: string,
    remedy: string,
    options: { place?: Place; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.place = options.place ?? null;
    this.remedy = remedy;
  }
}
