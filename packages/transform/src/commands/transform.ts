import { join } from 'node:path';
import process from 'node:process';
import { parseWorkers, RunFailure, startHashing } from '@chatferry/export';
import {
  DEFAULT_LAYOUT,
  type ExitCode,
  PASSPHRASE_OPTION,
  SIGN_OPTION,
  SIGNING_HELP,
  type SigningFlags,
  signedNotice,
  signingKeyOf,
  summaryJson,
  textReport,
  visible,
} from '@chatferry/import';
import { type Command, Option } from 'commander';
import { estimateFirst } from '../estimate/estimate-first.js';
import { freeDisk } from '../estimate/free-disk.js';
import { isoTicks, ticksToText } from '../messages/ticks.js';
import { DEFAULT_OPTIONS, type TransformOptions } from '../options.js';
import { readPlan } from '../plan/read-plan.js';
import { ProgressLine } from '../progress-line.js';
import { runTransform } from '../run-transform.js';
import { runShard } from '../shards/run-shard.js';
import { parseShard } from '../shards/shard.js';
import { shardText } from '../shards/shard-text.js';
import { byteSize } from './byte-size.js';
import { onInterrupt } from './on-interrupt.js';
import { terminal } from './terminal.js';

interface Flags extends SigningFlags {
  readonly output: string;
  readonly plan?: string;
  readonly since?: string;
  readonly until?: string;
  readonly asOf?: string;
  readonly includeDisabled?: true;
  readonly target?: readonly string[];
  readonly users?: string;
  readonly dryRun?: true;
  readonly ignoreDisk?: true;
  readonly readBack: boolean;
  readonly replace?: true;
  readonly resume?: true;
  readonly shard?: string;
  readonly checkpointEvery?: string;
  readonly strict?: true;
  readonly partSize?: string;
  readonly documentSize?: string;
  readonly workers?: string;
  readonly json?: true;
  readonly quiet?: true;
}

const HELP = `
Reads the export once when the directory stands before the messages (twice otherwise), and the package once. Keeps
the directory in memory (categories, rooms, principals, roles, scopes, add-ins), never messages; of the lists given
with --target and --users the names, addresses and GUIDs.

${SIGNING_HELP}

Exit codes:
  0  ready to import
  1  finished, but not ready: the package is called PersistentChatData.NOT-READY.zip; so always with --no-read-back
  2  could not finish; nothing lies under the final name

Example:
  chatferry transform export.zip -o handoff --since 2010-01-01
  chatferry transform export.zip -o handoff --part-size 2G
  chatferry transform export.zip -o handoff --sign key.pem
  chatferry transform export.zip -o shard-1 --shard 1/4`;

const CONTINUE = 'What was done so far is kept: continue with the same command and --resume.';

export function addTransformCommand(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('transform')
    .description('Transforms an export into a sealed handoff: the import package, checked, with reports.')
    .argument('<export>', 'file, folder, ZIP or gzip of a Group Chat XML export; - for standard input')
    .requiredOption('-o, --output <handoff>', 'folder to write; refused when it exists')
    .option('--plan <plan>', 'the folder of chatferry plan; options of the command line override its options')
    .option(
      '--since <date>',
      'leave messages before this instant behind (UTC; 2010-01-01 or 2010-01-01T12:00Z)',
    )
    .option('--until <date>', 'leave messages at or after this instant behind')
    .option('--as-of <date>', 'when the export was made: later messages are warned of')
    .option('--include-disabled', 'carry disabled rooms too')
    .option(
      '--target <file...>',
      'rooms and categories that the target has (Get-CsPersistentChatRoom, -Category as JSON or CSV): equal names are errors',
    )
    .option(
      '--users <file>',
      'users of Active Directory (Get-CsUser as JSON or CSV): who is missing is warned of',
    )
    .option('--dry-run', 'do everything, then leave nothing behind')
    .option(
      '--no-read-back',
      'do not read the package back: half the time for a first look, and never ready to import',
    )
    .option('--replace', 'replace an older handoff of that name, and discard an unfinished run')
    .option('--resume', 'continue an unfinished run of this handoff; without one, begin from the start')
    .addOption(new Option('--checkpoint-every <bytes>', 'of messages written between checkpoints').hideHelp())
    .option('--ignore-disk', 'begin even when the disk is expected to be too small')
    .option(
      '--shard <i/n>',
      'carry the rooms of one shard of n only, into a folder for chatferry merge, which joins all n',
    )
    .option('--strict', 'end at the first row that cannot be read, instead of refusing the row')
    .option(
      '--part-size <bytes>',
      'cut the package into parts that import one by one: a part ends with the room in which its messages reach this size (as XML; 500M, 2G)',
    )
    .option(
      '--document-size <bytes>',
      'begin a new Messages document with the next room at this size (as XML; default 2G)',
    )
    .option('--workers <n>', 'threads beside the main one (default: the other cores); the output is the same')
    .option(...SIGN_OPTION)
    .option(...PASSPHRASE_OPTION)
    .option('--json', 'print summary.json instead of text')
    .option('--quiet', 'print the verdict only')
    .addHelpText('after', HELP)
    .action(async (path: string, flags: Flags) => done(await transform(path, flags)));
}

async function transform(path: string, flags: Flags): Promise<ExitCode> {
  const shard = flags.shard === undefined ? null : parseShard(flags.shard);
  if (shard !== null) checkShardFlags(flags);
  const progress = new ProgressLine({
    isTerminal: process.stderr.isTTY === true,
    totalBytes: null,
    write: (text) => void process.stderr.write(text),
    now: () => performance.now(),
  });
  const isQuiet = flags.quiet === true;
  const signingKey = await signingKeyOf(flags, flags.output, (sentence) => console.error(visible(sentence)));
  const interrupt = onInterrupt(' Nothing lies under the final name.');
  const hashing = startHashing(parseWorkers(flags.workers));
  try {
    const plan = flags.plan === undefined ? null : await readPlan(flags.plan);
    const options = optionsOf(flags, plan?.options ?? DEFAULT_OPTIONS);
    const request = {
      exportPath: path,
      options,
      plan,
      inventoryPaths: flags.target,
      usersPath: flags.users,
      layout: DEFAULT_LAYOUT,
      isDryRun: flags.dryRun === true,
      readsBack: flags.readBack,
      replace: flags.replace === true,
      signingKey,
      isStrict: flags.strict === true,
      hashing,
      sourceDateEpoch: process.env.SOURCE_DATE_EPOCH,
      notice: (sentence: string) => console.error(sentence),
      progress: isQuiet ? () => undefined : progress.show,
    };
    if (shard !== null) {
      const summary = await runShard({
        ...request,
        shard,
        shardPath: flags.output,
        onBegin: (abort) => interrupt.use(abort),
      });
      progress.clear();
      console.log(shardText(summary, flags).trimEnd());
      return summary.verdict.exitCode;
    }
    await estimateFirst({
      exportPath: path,
      options,
      layout: DEFAULT_LAYOUT,
      hashing,
      disk: await freeDisk(flags.output),
      // An unfinished run has taken its part of the disk already.
      ignoresDisk: flags.ignoreDisk === true || flags.resume === true,
      now: () => performance.now(),
      residentBytes: () => process.memoryUsage.rss(),
      notice: isQuiet ? () => undefined : (sentence) => console.error(sentence),
      onBegin: interrupt.use,
    });
    const run = await runTransform({
      ...request,
      handoffPath: flags.output,
      partSize: flags.partSize === undefined ? null : byteSize('--part-size', flags.partSize),
      documentSize: flags.documentSize === undefined ? null : byteSize('--document-size', flags.documentSize),
      resume: isResuming(flags),
      ...(flags.checkpointEvery === undefined ? {} : { checkpointEvery: bytes(flags.checkpointEvery) }),
      onBegin: (stop) => interrupt.use(async () => ((await stop()) ? CONTINUE : undefined)),
    });
    progress.clear();
    if (signingKey !== null && flags.dryRun !== true && !isQuiet) {
      console.error(signedNotice(visible(flags.output), signingKey.fingerprint));
    }
    const reportPath = flags.dryRun === true ? null : join(flags.output, 'data', 'report.html');
    if (flags.json === true) console.log(summaryJson(run).trimEnd());
    else if (isQuiet) console.log(run.verdict.sentence);
    else console.log(textReport(run, { ...terminal(), reportPath }).trimEnd());
    return run.verdict.exitCode;
  } finally {
    progress.clear();
    hashing.close();
    interrupt.forget();
  }
}

/** @throws RunFailure `arguments` for what concerns whole handoffs only. */
function checkShardFlags(flags: Flags): void {
  const [wrong] = [
    ...(flags.resume === true ? ['--resume'] : []),
    ...(flags.readBack ? [] : ['--no-read-back']),
    ...(flags.partSize === undefined ? [] : ['--part-size']),
    ...(flags.documentSize === undefined ? [] : ['--document-size']),
    ...(flags.sign === undefined ? [] : ['--sign']),
  ];
  if (wrong === undefined) return;
  throw new RunFailure(
    'arguments',
    `--shard and ${wrong} do not go together`,
    wrong === '--resume'
      ? 'Leave --resume out: a shard that was interrupted has left nothing behind, and begins anew.'
      : `A shard has no package; give ${wrong} to chatferry merge.`,
  );
}

/** What the command line says, over what the plan or else the defaults say. */
function optionsOf(flags: Flags, below: TransformOptions): TransformOptions {
  const since = flags.since === undefined ? below.since : instant('--since', flags.since);
  const until = flags.until === undefined ? below.until : instant('--until', flags.until);
  if (since !== null && until !== null && since >= until) {
    throw new RunFailure(
      'arguments',
      `--since ${ticksToText(since)} is not before --until ${ticksToText(until)}, so no message would be carried`,
      'Give an earlier --since or a later --until.',
    );
  }
  return {
    ...below,
    since,
    until,
    asOf: flags.asOf === undefined ? below.asOf : instant('--as-of', flags.asOf),
    disabledRooms: flags.includeDisabled === true ? 'carry' : below.disabledRooms,
  };
}

function isResuming({ dryRun, resume }: Flags): boolean {
  if (dryRun !== true || resume !== true) return resume === true;
  throw new RunFailure(
    'arguments',
    '--dry-run leaves nothing behind, so that there is nothing to continue with --resume',
    'Give one of the two.',
  );
}

function bytes(text: string): number {
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  throw new RunFailure(
    'arguments',
    `--checkpoint-every ${text} is not a number of bytes`,
    'Leave it out: it is meant for tests.',
  );
}

function instant(name: string, text: string): bigint {
  const ticks = isoTicks(text);
  if (ticks === null) {
    throw new RunFailure(
      'arguments',
      `${name} ${text} is not a date`,
      'Write it in UTC as 2010-01-01 or 2010-01-01T12:00:00Z.',
    );
  }
  return ticks;
}
