import { RunFailure } from '@chatferry/export';

/** @param what a sentence without its full stop. */
export function shardsUnusable(what: string, remedy: string, cause?: unknown): RunFailure {
  return new RunFailure('shards-unusable', `${what}.`, remedy, { cause });
}
