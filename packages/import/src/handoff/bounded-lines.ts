import { Buffer } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { RunFailure } from '@chatferry/export';
import { VALIDATE_IN_WORDS } from '../reports/wording.js';

const LINE_FEED = 0x0a;

/**
 * In bytes, more than a line of what we write has: a finding may name all columns of a row, and a hostile line need not
 * end.
 */
const LONGEST_LINE = 1 << 23;

/**
 * Passes the bytes of `path` on as they come. Memory held: one chunk.
 *
 * @throws RunFailure `input-unreadable` in a line of more than `limit` bytes; the errors of the file system as they
 *   are.
 */
export async function* boundedLines(path: string, limit = LONGEST_LINE): AsyncGenerator<Buffer> {
  let line = 1;
  let length = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      if (length + end - start > limit) throw tooLong(path, line, limit);
      line += 1;
      length = 0;
      start = end + 1;
    }
    length += chunk.length - start;
    if (length > limit) throw tooLong(path, line, limit);
    yield chunk;
  }
}

/**
 * The lines of a file as text, without what ends them. Memory held: one chunk and one line. Throws as `boundedLines`
 * does.
 */
export async function* textLines(path: string, limit = LONGEST_LINE): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  for await (const chunk of boundedLines(path, limit)) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      yield Buffer.concat([...rest, chunk.subarray(start, end)]).toString('utf8');
      rest = [];
      start = end + 1;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
  if (rest.length > 0) yield Buffer.concat(rest).toString('utf8');
}

function tooLong(path: string, line: number, limit: number): RunFailure {
  return new RunFailure(
    'input-unreadable',
    `Unexpected line ${line} of ${basename(path)} with more than ${limit} bytes, expected what \`chatferry transform\` writes there`,
    `Run ${VALIDATE_IN_WORDS} on the handoff: its seal tells whether a file was changed.`,
  );
}
