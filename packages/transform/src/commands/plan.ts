import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { RunFailure } from '@chatferry/export';
import { canonicalJson, type ExitCode } from '@chatferry/import';
import type { Command } from 'commander';
import { DEFAULT_OPTIONS, type TransformOptions } from '../options.js';
import { checkPlan } from '../plan/check-plan.js';
import type { NodeFilter } from '../plan/filters.js';
import { type MadePlan, makePlan } from '../plan/make-plan.js';
import { checkSentence, checkText, planSentence, planText } from '../plan/plan-text.js';
import type { ProgressLine } from '../progress-line.js';
import { expectPeriod, instantFlag } from './instant-flags.js';
import { onInterrupt } from './on-interrupt.js';
import { progressOnStderr } from './progress-on-stderr.js';

interface Flags {
  readonly output?: string;
  readonly check?: string;
  readonly rooms?: readonly string[];
  readonly categories?: readonly string[];
  readonly excludeRooms?: readonly string[];
  readonly excludeCategories?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly asOf?: string;
  readonly target?: readonly string[];
  readonly users?: string;
  readonly semicolon?: true;
  readonly replace?: true;
  readonly strict?: true;
  readonly json?: true;
  readonly quiet?: true;
}

const HELP = `
Writes a folder with plan.json (every option with its default, the allowed values and how many records it touches) and
categories.csv, rooms.csv, principals.csv (a row each, names that cannot stay replaced by proposals). Edit them, then
run chatferry transform --plan. A plan fits the export that it was made for and no other.

A pattern of a filter is a GUID, a name with * and ?, or @file, a text file with one of these a line. Categories mean
all that lies below them too. Filters write the action exclude, which you may edit.

Reads the export once (twice when messages stand before the directory or unsorted), and writes no package. Keeps the
directory and four drafts of it in memory, one counter a room and an author, never messages.

Exit codes:
  0  the plan is written and leaves no error finding; with --check: the plan fits
  1  the plan is written, and error findings are left to decide; with --check: the export has changed
  2  could not finish; nothing lies under the final name

Example:
  chatferry plan export.zip -o plan --exclude-rooms "Test *" --since 2010-01-01
  chatferry plan export.zip --check plan`;

const PATTERN = '<pattern...>';

export function addPlanCommand(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('plan')
    .description('Writes all decisions of a migration down for editing, or checks that they still fit.')
    .argument('<export>', 'file, folder, ZIP or gzip of a Group Chat XML export; - for standard input')
    .option('-o, --output <plan>', 'folder to write; refused when it exists')
    .option('--check <plan>', 'write nothing; tell whether this plan fits the export, and what has changed')
    .option(`--rooms ${PATTERN}`, 'exclude all rooms but these')
    .option(`--exclude-rooms ${PATTERN}`, 'exclude these rooms')
    .option(`--categories ${PATTERN}`, 'exclude all categories but these, with their rooms')
    .option(`--exclude-categories ${PATTERN}`, 'exclude these categories with their rooms')
    .option('--since <date>', 'leave messages before this instant behind (UTC)')
    .option('--until <date>', 'leave messages at or after this instant behind')
    .option('--as-of <date>', 'when the export was made: later messages are warned of')
    .option('--target <file...>', 'rooms and categories that the target has (JSON or CSV)')
    .option('--users <file>', 'users of Active Directory (JSON or CSV)')
    .option('--semicolon', 'separate the CSV files by semicolons, for an Excel whose list separator it is')
    .option('--replace', 'replace an older plan of that name, with its edits')
    .option('--strict', 'end at the first row that cannot be read, instead of refusing the row')
    .option('--json', 'print the outcome as one JSON object instead of text')
    .option('--quiet', 'print the first line only')
    .addHelpText('after', HELP)
    .action(async (path: string, flags: Flags) => done(await plan(path, flags)));
}

async function plan(path: string, flags: Flags): Promise<ExitCode> {
  if ((flags.output === undefined) === (flags.check === undefined)) {
    throw new RunFailure(
      'arguments',
      'Give either -o <plan> to write a plan or --check <plan> to check one',
      'See chatferry plan --help.',
    );
  }
  if (flags.check !== undefined) expectNoneOfWriting(flags);
  const progress = progressOnStderr();
  const interrupt = onInterrupt(' Nothing lies under the final name.');
  const show = flags.quiet === true ? (): void => undefined : progress.show;
  try {
    const running = { show, clear: progress.clear, onBegin: interrupt.use };
    return flags.check === undefined ? await write(path, flags, running) : await check(path, flags, running);
  } finally {
    progress.clear();
    interrupt.forget();
  }
}

/** A check holds a plan against the export as it is. @throws RunFailure `arguments` for what would change nothing. */
function expectNoneOfWriting(flags: Flags): void {
  const { check: _, json: __, quiet: ___, ...rest } = flags;
  const [wrong] = Object.keys(rest);
  if (wrong === undefined) return;
  const option = `--${wrong.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new RunFailure(
    'arguments',
    `--check and ${option} do not go together`,
    `Leave ${option} out: it is for writing a plan.`,
  );
}

interface Running extends Pick<ProgressLine, 'show' | 'clear'> {
  onBegin(abort: () => Promise<void>): void;
}

async function write(path: string, flags: Flags, running: Running): Promise<ExitCode> {
  const planPath = flags.output as string;
  const made = await makePlan({
    exportPath: path,
    planPath,
    options: optionsOf(flags),
    filters: await filtersOf(flags),
    inventoryPaths: flags.target,
    usersPath: flags.users,
    delimiter: flags.semicolon === true ? ';' : ',',
    replace: flags.replace === true,
    isStrict: flags.strict === true,
    progress: running.show,
    onBegin: running.onBegin,
  });
  running.clear();
  if (flags.json === true) console.log(canonicalJson(outcomeOf(made)).trimEnd());
  else if (flags.quiet === true) console.log(planSentence(made));
  else console.log(planText(made, { folder: planPath, width: process.stdout.columns ?? 100 }));
  return made.errors === 0 ? 0 : 1;
}

async function check(path: string, flags: Flags, running: Running): Promise<ExitCode> {
  const planPath = flags.check as string;
  const { show, onBegin, clear } = running;
  const checked = await checkPlan({ planPath, exportPath: path, progress: show, onBegin });
  clear();
  const sentence = checkSentence(checked);
  if (flags.json === true) console.log(canonicalJson({ sentence, ...checked }).trimEnd());
  else if (flags.quiet === true) console.log(sentence);
  else console.log(checkText(checked, process.stdout.columns ?? 100));
  return checked.documents.length === 0 ? 0 : 1;
}

/** What a program wants to know of a plan that was written. */
function outcomeOf({ document, findings, ...counts }: MadePlan): object {
  const byRule = findings.map(({ rule, severity, count }) => ({ rule, severity, count }));
  return {
    ...counts,
    sentence: planSentence({ document, findings, ...counts }),
    findings: byRule,
    plan: document,
  };
}

function optionsOf({ asOf, since, until }: Flags): TransformOptions {
  const options = {
    ...DEFAULT_OPTIONS,
    since: since === undefined ? null : instantFlag('--since', since),
    until: until === undefined ? null : instantFlag('--until', until),
    asOf: asOf === undefined ? null : instantFlag('--as-of', asOf),
  };
  expectPeriod(options.since, options.until);
  return options;
}

async function filtersOf(flags: Flags): Promise<NodeFilter[]> {
  const given: readonly (readonly [NodeFilter['flag'], readonly string[] | undefined])[] = [
    ['--categories', flags.categories],
    ['--exclude-categories', flags.excludeCategories],
    ['--rooms', flags.rooms],
    ['--exclude-rooms', flags.excludeRooms],
  ];
  const filters: NodeFilter[] = [];
  for (const [flag, patterns] of given) {
    if (patterns === undefined) continue;
    filters.push({ flag, patterns: (await Promise.all(patterns.map(patternsOf))).flat() });
  }
  return filters;
}

/** The lines of `@file`, without blank ones and comments; any other pattern is itself. */
async function patternsOf(pattern: string): Promise<string[]> {
  if (!pattern.startsWith('@')) return [pattern];
  try {
    const text = await readFile(pattern.slice(1), 'utf8');
    const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
    return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  } catch (error) {
    throw new RunFailure(
      'arguments',
      `The list ${pattern.slice(1)} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      'Give a text file with one GUID or name a line.',
      { cause: error },
    );
  }
}
