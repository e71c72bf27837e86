import { RunFailure } from '@chatferry/export';
import { isoTicks, ticksToText } from '../messages/ticks.js';

/**
 * Ticks of a date that an option gives.
 *
 * @throws RunFailure `arguments` when it is none.
 */
export function instantFlag(option: string, text: string): bigint {
  const ticks = isoTicks(text);
  if (ticks !== null) return ticks;
  throw new RunFailure(
    'arguments',
    `${option} ${text} is not a date`,
    'Write it in UTC as 2010-01-01 or 2010-01-01T12:00:00Z.',
  );
}

/** @throws RunFailure `arguments` when no instant lies between the two. */
export function expectPeriod(since: bigint | null, until: bigint | null): void {
  if (since === null || until === null || since < until) return;
  throw new RunFailure(
    'arguments',
    `--since ${ticksToText(since)} is not before --until ${ticksToText(until)}, so no message would be carried`,
    'Give an earlier --since or a later --until.',
  );
}
