import { Buffer } from 'node:buffer';
import { open } from 'node:fs/promises';
import { bytesPassed, type Finding } from '@chatferry/export';

const BLOCK_BYTES = 1 << 16;
const LINE_FEED = 0x0a;

/**
 * The findings of a `findings.ndjson` that `FindingSink` has written, one after another. Memory held: a block of 64
 * KiB, more for a longer line.
 */
export async function* readFindings(path: string): AsyncGenerator<Finding> {
  const file = await open(path, 'r');
  try {
    const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    let kept: Buffer = Buffer.alloc(0);
    for (;;) {
      const { bytesRead } = await file.read(block, 0, BLOCK_BYTES, null);
      if (bytesRead === 0) return;
      bytesPassed(bytesRead);
      const bytes = Buffer.concat([kept, block.subarray(0, bytesRead)]);
      let start = 0;
      for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
        yield JSON.parse(bytes.toString('utf8', start, end)) as Finding;
        start = end + 1;
      }
      kept = bytes.subarray(start);
    }
  } finally {
    await file.close();
  }
}
