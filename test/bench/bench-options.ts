import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import type { LargeShape } from '../support/large-document.js';

export interface BenchOptions {
  readonly messages: number;
  readonly shapes: readonly LargeShape[];
  readonly runs: number;
  readonly isGrowth: boolean;
  readonly isMarkdown: boolean;
  /** Where the working folder is made. */
  readonly folder: string;
}

export const BENCH_HELP = `Usage: npm run bench -- [options]

Generates an export, runs every command of the chain and the outside references on it as whole processes, in turn
(A B C, A B C, …), and prints the medians in one table a shape. What is absent on the machine is named and left out.

Options:
  --messages <n>    messages of about 500 bytes (default 1000000)
  --shapes <list>   attributes, elements or both (default attributes,elements)
  --runs <n>        runs of each program (default 3; 1 with --growth)
  --growth          instead: how time and memory grow from n to 10 n messages
  --markdown        print Markdown, as the README carries it
  --folder <path>   where the files are put, and removed again (default: the folder for temporary files)
  --help

Example:
  npm run bench -- --messages 50000 --shapes attributes --runs 1`;

/** null asks for the help. @throws Error naming the option that cannot be used. */
export function benchOptions(args: readonly string[]): BenchOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      messages: { type: 'string', default: '1000000' },
      shapes: { type: 'string', default: 'attributes,elements' },
      runs: { type: 'string' },
      growth: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      folder: { type: 'string', default: tmpdir() },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  return {
    messages: count('--messages', values.messages),
    shapes: values.shapes.split(',').map(shapeOf),
    runs: count('--runs', values.runs ?? (values.growth ? '1' : '3')),
    isGrowth: values.growth,
    isMarkdown: values.markdown,
    folder: values.folder,
  };
}

function count(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) {
    throw new Error(`Unexpected ${name} ${text}, expected a whole number from 1.`);
  }
  return number;
}

function shapeOf(name: string): LargeShape {
  if (name === 'attributes' || name === 'elements') return name;
  throw new Error(`Unexpected --shapes ${name}, expected attributes, elements or both with a comma.`);
}
