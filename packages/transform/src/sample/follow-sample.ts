import type { Place } from '@chatferry/export';
import type { DrawnMessage, DrawnSample, SampledMessage, SampleSummary } from '@chatferry/import';
import { type ExportReading, readExportedMessages } from './exported-messages.js';
import { type ListedMessage, readListedMessages } from './listed-messages.js';

/** Where to look messages of the package up. */
export interface SampleTrail {
  /** ledger.ndjson, with all that it is to hold. */
  readonly exceptionsPath: string;
  /** Messages that it lists as changed. */
  readonly changed: number;
  /** null leaves the export alone: what it says of a message is then not known. */
  readonly reading: ExportReading | null;
}

/**
 * Sets messages that were drawn from the package beside what they were in the export. What became of each is in
 * ledger.ndjson, and so is the place of those that were changed. Where all others stand is known nowhere, and finding
 * them takes a pass over the export: they are looked for when the export is to be read for its texts anyway.
 *
 * Reads ledger.ndjson once when it may list one of them. Memory: the sample, and what the two lookups state.
 *
 * @throws RunFailure `input-unreadable`, and of the reader of the export.
 */
export async function followSample(drawn: DrawnSample, trail: SampleTrail): Promise<SampleSummary> {
  const keyed = new Map(drawn.messages.map((message) => [keyOf(message), message]));
  const { changed, exceptionsPath, reading } = trail;
  const isListed = keyed.size > 0 && (changed > 0 || reading !== null);
  const listed = isListed
    ? await readListedMessages(exceptionsPath, new Set(keyed.keys()))
    : new Map<string, ListedMessage>();
  const exported = reading === null ? null : await readExportedMessages(reading, keyed, listed);
  const messages = drawn.messages.map((message): SampledMessage => {
    const key = keyOf(message);
    const exception = listed.get(key)?.changed ?? null;
    const row = exported?.get(key);
    return {
      ...message,
      changedBy: exception?.rule ?? null,
      changedFields: exception?.fields ?? [],
      place: withoutMore(row?.place ?? exception?.place ?? null),
      ...(exported === null ? {} : { source: row?.source ?? null }),
    };
  });
  return { ...drawn, messages };
}

function keyOf({ id, roomId }: DrawnMessage): string {
  return `${roomId}#${id}`;
}

/** Places of the two lookups must not differ in more than what they say. */
function withoutMore(place: Place | null): Place | null {
  if (place === null) return null;
  const { column, file, line, record } = place;
  return { file, line, column, record };
}
