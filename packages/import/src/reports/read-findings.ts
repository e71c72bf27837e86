import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Finding } from '@chatferry/export';

/** The findings of a `findings.ndjson` that `FindingSink` has written, one after another. Memory held: a block of the file. */
export async function* readFindings(path: string): AsyncGenerator<Finding> {
  const input = createReadStream(path);
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    yield JSON.parse(line) as Finding;
  }
}
