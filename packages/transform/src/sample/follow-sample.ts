import type { DrawnMessage, DrawnSample, SampledMessage, SampleSummary } from '@chatferry/import';
import type { LedgerException } from '../ledger/ledger-exceptions.js';
import { readListedMessages } from './listed-messages.js';

/** Where to look messages of the package up. */
export interface SampleTrail {
  /** ledger.ndjson, with all that it is to hold. */
  readonly exceptionsPath: string;
  /** Messages that it lists as changed. */
  readonly changed: number;
}

/**
 * Sets messages that were drawn from the package beside what became of them, which is in ledger.ndjson, and so is the place of those
 * that were changed. Where all others stand in the export is known nowhere, and finding them would cost a pass over it.
 *
 * Reads ledger.ndjson once when it may list one of them. Memory: the sample, and what the lookup states.
 *
 * @throws RunFailure `input-unreadable`
 */
export async function followSample(
  drawn: DrawnSample,
  { changed, exceptionsPath }: SampleTrail,
): Promise<SampleSummary> {
  const keys = new Set(drawn.messages.map(keyOf));
  const listed =
    keys.size > 0 && changed > 0
      ? await readListedMessages(exceptionsPath, keys)
      : new Map<string, LedgerException>();
  const messages = drawn.messages.map((message): SampledMessage => {
    const exception = listed.get(keyOf(message));
    return {
      ...message,
      changedBy: exception?.rule ?? null,
      changedFields: exception?.fields ?? [],
      place: exception?.place ?? null,
    };
  });
  return { ...drawn, messages };
}

function keyOf({ id, roomId }: DrawnMessage): string {
  return `${roomId}#${id}`;
}
