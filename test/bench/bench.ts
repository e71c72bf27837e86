import type { LargeShape } from '../support/large-document.js';
import type { BenchOptions } from './bench-options.js';
import { benchTable, markdownTable, textTable } from './bench-table.js';
import { type Contender, contestOf, type LeftOut, YARDSTICK } from './contenders.js';
import { growthTable } from './growth-table.js';
import { machineLine } from './machine.js';
import { findOutsidePrograms, type OutsidePrograms } from './references.js';
import { type Outcome, runContest } from './run-contest.js';
import { isSameRewriting } from './same-rewriting.js';
import { checkDisk, diskNeeded, inWorkingFolder, writeExport } from './working-folder.js';

export interface BenchResult {
  /** What is printed on standard output. */
  readonly text: string;
  readonly contests: readonly ShapeResult[];
  readonly leftOut: readonly LeftOut[];
}

/** One export measured. */
export interface ShapeResult {
  readonly shape: LargeShape;
  readonly messages: number;
  readonly exportBytes: number;
  readonly outcomes: readonly Outcome[];
  /** Whether the rewriting reference wrote the package's own bytes; null when that could not be compared. */
  readonly isSameRewriting: boolean | null;
}

type Tell = (line: string) => void;

/**
 * How often the messages lie on the disk at once: the export, rewritten, packed and in two packages; or export and
 * package.
 */
const COPIES = { bench: 3.2, growth: 1.5 } as const;
const GROWTH = 10;

/**
 * Generates, measures, tells. `tell` receives what happens meanwhile, and what is left out and why.
 *
 * @throws Error when the disk is too small or a program fails.
 */
export async function bench(options: BenchOptions, tell: Tell): Promise<BenchResult> {
  const outside = await findOutsidePrograms();
  const { contenders, leftOut } = contestOf(outside);
  const machine = machineLine(outside);
  const { messages, folder } = options;
  const bytes = options.isGrowth
    ? diskNeeded(messages * GROWTH, COPIES.growth)
    : diskNeeded(messages, COPIES.bench);
  const notes = [
    ...leftOut.map(({ name, reason }) => `Left out: ${name} (${reason}).`),
    ...(outside.gnuTime === null
      ? ['Not measured: CPU and memory of the programs that are not ours (GNU time is not installed).']
      : []),
  ];
  for (const line of [machine, ...notes]) tell(line);
  await checkDisk(folder, bytes, tell);
  const measuring = { options, outside, tell };
  const { contests, tables } = options.isGrowth
    ? await growths(contenders.filter(isInGrowth), measuring)
    : await shapes(contenders, measuring);
  const text = [machine, ...notes, ...tables].join('\n\n');
  return { text, contests, leftOut };
}

interface Measuring {
  readonly options: BenchOptions;
  readonly outside: OutsidePrograms;
  readonly tell: Tell;
}

interface Measured {
  readonly contests: ShapeResult[];
  readonly tables: string[];
}

async function shapes(contenders: readonly Contender[], measuring: Measuring): Promise<Measured> {
  const { shapes, messages } = measuring.options;
  const contests: ShapeResult[] = [];
  for (const shape of shapes) contests.push(await measure({ shape, messages }, contenders, measuring));
  return {
    contests,
    tables: contests.map((contest) =>
      titled(exportLine(contest, measuring), benchTable(contest), measuring.options),
    ),
  };
}

async function growths(contenders: readonly Contender[], measuring: Measuring): Promise<Measured> {
  const { shapes, messages } = measuring.options;
  const measured: Measured = { contests: [], tables: [] };
  for (const shape of shapes) {
    const few = await measure({ shape, messages }, contenders, measuring);
    const many = await measure({ shape, messages: messages * GROWTH }, contenders, measuring);
    measured.contests.push(few, many);
    measured.tables.push(
      titled(
        `${exportLine(few, measuring)}\n${exportLine(many, measuring)}`,
        growthTable(few.outcomes, many.outcomes),
        measuring.options,
      ),
    );
  }
  return measured;
}

function isInGrowth({ name, isOurs }: Contender): boolean {
  return name === YARDSTICK || (isOurs && name !== 'plan' && name !== 'transform --no-read-back');
}

async function measure(
  { shape, messages }: Pick<ShapeResult, 'shape' | 'messages'>,
  contenders: readonly Contender[],
  { options, outside, tell }: Measuring,
): Promise<ShapeResult> {
  return await inWorkingFolder(options.folder, async (folder) => {
    tell(`Generating ${messages} messages as ${shape}.`);
    const exportBytes = await writeExport(folder, messages, shape);
    const outcomes = await runContest(contenders, {
      folder,
      runs: options.runs,
      gnuTime: outside.gnuTime?.path ?? null,
      tell,
    });
    const isSame = await isSameRewriting(folder);
    if (isSame === false)
      throw new Error('The rewriting reference wrote other bytes than the package holds.');
    return { shape, messages, exportBytes, outcomes, isSameRewriting: isSame };
  });
}

function exportLine({ shape, messages, exportBytes }: ShapeResult, { options }: Measuring): string {
  const runs = options.runs === 1 ? 'one run' : `medians of ${options.runs} runs in turn`;
  return `${messages} messages as ${shape}, ${(exportBytes / 1e6).toFixed(0)} MB, ${runs}`;
}

function titled(title: string, table: readonly (readonly string[])[], { isMarkdown }: BenchOptions): string {
  return isMarkdown ? `${title}:\n\n${markdownTable(table)}` : `${title}\n${textTable(table)}`;
}
