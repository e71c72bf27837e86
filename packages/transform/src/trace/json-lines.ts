import { basename } from 'node:path';
import { pipeline } from 'node:stream';
import { RunFailure } from '@chatferry/export';
import { boundedLines } from '@chatferry/import';
import parserStream from 'stream-chain/jsonl/parserStream.js';

/**
 * Hands every line of a JSON Lines file to `take`. Memory: one chunk of the file and its longest line, of 8 MiB at
 * most.
 *
 * Throws `RunFailure` naming the file and line that is no JSON, or of which `take` says that it does not fit (false).
 */
export async function readJsonLines(path: string, take: (value: unknown) => boolean): Promise<void> {
  const name = basename(path);
  let line = 0;
  try {
    // A failing file ends the parser's stream too, and leaving the loop closes the file; both are told below.
    const items = pipeline(boundedLines(path), parserStream(), () => undefined);
    for await (const item of items) {
      line += 1;
      if (!take((item as { readonly value: unknown }).value)) throw unfit(name, line);
    }
  } catch (cause) {
    if (cause instanceof RunFailure) throw cause;
    if (cause instanceof SyntaxError) throw unfit(name, line + 1, cause);
    throw new RunFailure(
      'input-unreadable',
      `${name} of the handoff cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
      'Name the handoff folder that `chatferry transform` wrote.',
      { cause },
    );
  }
}

function unfit(name: string, line: number, cause?: unknown): RunFailure {
  return new RunFailure(
    'input-unreadable',
    `Unexpected line ${line} of ${name}, expected what \`chatferry transform\` writes there`,
    'Run `chatferry validate` on the handoff: its seal tells whether a file was changed.',
    { cause },
  );
}
