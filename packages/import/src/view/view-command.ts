import process from 'node:process';
import { RunFailure } from '@chatferry/export';
import type { Command } from 'commander';
import { expectOutside } from '../handoff/outside-handoff.js';
import { DEFAULT_LAYOUT } from '../layout/layout.js';
import { locatePackage } from '../locate-package.js';
import type { ExitCode } from '../reports/verdict.js';
import { counted, visible } from '../reports/wording.js';
import { TICKS_A_DAY } from '../ticks.js';
import { ticksOfDay } from './instants.js';
import { PERSONAL_NOTICE } from './page-markup.js';
import type { ViewStage } from './view-options.js';
import { BROKEN_SEAL, writeView } from './write-view.js';

const MOST_SAMPLED = 100_000;
const PROGRESS_STEP: Readonly<Record<ViewStage, number>> = {
  package: 2 ** 29,
  export: 2 ** 29,
  pages: 500_000,
};

interface Flags {
  readonly output: string;
  readonly source?: string;
  readonly room: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly sample?: string;
  readonly seed?: string;
  readonly replace?: true;
  readonly quiet?: true;
}

function helpText(calledAs: string): string {
  return `
Writes pages with personal text, readable for you alone: a page for each month (UTC) of each room. Delete the folder after the audit.
A message in which package and export differ stands twice, side by side; so does one that only one of them has. Dates are days in
UTC; --until includes its day. The same --seed draws the same messages.

Reads the package once, the export twice. Keeps both directories in memory, never messages; needs disk for the messages of the
chosen rooms.

Exit codes:
  0  the pages are written (it is no verdict: see validate)
  2  could not finish; nothing lies under the final name

Example:
  ${calledAs} handoff -o transcripts --source export/
  ${calledAs} handoff -o sample --sample 200 --seed 2026-audit
  ${calledAs} PersistentChatData.zip -o room --room "Night watch" --since 2010-09-01 --until 2010-09-30`;
}

/**
 * The transcript view as a command, for `chatferry view` and `chatferry-validate view`. `done` receives the exit code.
 */
export function defineViewCommand(
  command: Command,
  calledAs: string,
  done: (code: ExitCode) => void,
): Command {
  return command
    .description('Writes pages in which an auditor reads rooms as people saw them. They hold personal text.')
    .argument('<handoff|zip>', 'handoff folder, or the package ZIP')
    .requiredOption('-o, --output <folder>', 'folder to write; must not exist')
    .option('--source <export>', 'the export, to stand beside the package where they differ')
    .option(
      '--room <name|guid>',
      'this room only; may be given again',
      (value: string, list: readonly string[]) => [...list, value],
      [],
    )
    .option('--since <day>', 'from this day on (UTC), such as 2010-09-01')
    .option('--until <day>', 'to this day (UTC), the day included')
    .option('--sample <n>', `draw n messages of all chosen, at most ${MOST_SAMPLED}`)
    .option('--seed <s>', 'any text: decides which messages are drawn')
    .option('--replace', 'replace an older view of that name')
    .option('--quiet', 'no progress')
    .addHelpText('after', helpText(calledAs))
    .action(async (path: string, flags: Flags) => done(await view(path, flags)));
}

async function view(path: string, flags: Flags): Promise<ExitCode> {
  const since = dayOf(flags.since, '--since');
  const lastDay = dayOf(flags.until, '--until');
  const until = lastDay === null ? null : lastDay + TICKS_A_DAY;
  if (since !== null && until !== null && since >= until) {
    throw new RunFailure('arguments', '--since lies behind --until.', 'Exchange the two days.');
  }
  const sample = sampleOf(flags);
  const interrupt = watchInterrupt();
  try {
    const located = await locatePackage(path);
    await expectOutside(flags.output, located.handoffPath, '-o');
    const summary = await writeView({
      located,
      layout: DEFAULT_LAYOUT,
      output: flags.output,
      replace: flags.replace === true,
      source: flags.source ?? null,
      rooms: flags.room,
      since,
      until,
      sample,
      progress: progressOf(flags.quiet === true, interrupt.check),
    });
    const { rooms, messages, inPackage, differing, pages, isWhole } = summary;
    const held = inPackage === messages ? '' : ` (${inPackage} of them in the package)`;
    const uneven = flags.source === undefined ? 'listed in the ledger' : 'not the same on both sides';
    console.log(
      `Wrote ${counted(pages, 'page')} to ${visible(flags.output)}: ${counted(rooms, 'room')}, ${counted(messages, 'message')}${held}, ${differing} of them ${uneven}.`,
    );
    if (isWhole === false) console.log(BROKEN_SEAL);
    console.log(PERSONAL_NOTICE);
    return 0;
  } finally {
    interrupt.forget();
  }
}

function dayOf(text: string | undefined, option: string): bigint | null {
  if (text === undefined) return null;
  const ticks = ticksOfDay(text);
  if (ticks !== null) return ticks;
  throw new RunFailure(
    'arguments',
    `${option} ${visible(text)} is no day of the calendar.`,
    'Give a day such as 2010-09-01.',
  );
}

function sampleOf({ sample, seed }: Flags): { readonly size: number; readonly seed: string } | null {
  if (sample === undefined && seed === undefined) return null;
  const size = /^[0-9]{1,6}$/.test(sample ?? '') ? Number(sample) : 0;
  if (seed !== undefined && size >= 1 && size <= MOST_SAMPLED) return { size, seed };
  throw new RunFailure(
    'arguments',
    `A sample needs --sample with a number from 1 to ${MOST_SAMPLED} and --seed.`,
    'Give both, such as --sample 200 --seed 2026-audit.',
  );
}

/** One line on stderr a step; nothing of it reaches a page. */
function progressOf(isQuiet: boolean, check: () => void): (stage: ViewStage, count: number) => void {
  const next = { ...PROGRESS_STEP };
  return (stage, count) => {
    check();
    if (isQuiet || count < next[stage]) return;
    next[stage] = count + PROGRESS_STEP[stage];
    const what =
      stage === 'pages'
        ? `${count} messages looked at`
        : `${Math.floor(count / 2 ** 20)} MiB of the ${stage} read`;
    console.error(what);
  };
}

/** An interrupted run ends at its next look here, and takes what it has written away with it. */
function watchInterrupt(): { check(): void; forget(): void } {
  let signalled: NodeJS.Signals | null = null;
  const note = (signal: NodeJS.Signals): void => {
    signalled = signal;
  };
  process.on('SIGINT', note);
  process.on('SIGTERM', note);
  return {
    check() {
      if (signalled !== null) {
        throw new RunFailure(
          'interrupted',
          `Interrupted (${signalled}).`,
          'Start again; nothing was left behind.',
        );
      }
    },
    forget() {
      process.off('SIGINT', note);
      process.off('SIGTERM', note);
    },
  };
}
