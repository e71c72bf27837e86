import process from 'node:process';
import { type Hashing, parseWorkers, startHashing } from '@chatferry/export';
import {
  DEFAULT_LAYOUT,
  type ExitCode,
  PASSPHRASE_OPTION,
  type RunSummary,
  SIGN_OPTION,
  SIGNING_HELP,
  signingKeyOf,
  visible,
} from '@chatferry/import';
import { type Command, Option } from 'commander';
import { estimateFirst } from '../estimate/estimate-first.js';
import { freeDisk } from '../estimate/free-disk.js';
import { DEFAULT_OPTIONS } from '../options.js';
import { readPlan } from '../plan/read-plan.js';
import { runTransform, type TransformRequest } from '../run-transform.js';
import { runShard } from '../shards/run-shard.js';
import { parseShard } from '../shards/shard.js';
import { shardText } from '../shards/shard-text.js';
import { packageSizes, printRun } from './handoff-flags.js';
import { type Interrupt, onInterrupt } from './on-interrupt.js';
import { progressOnStderr } from './progress-on-stderr.js';
import { addSampleOptions, sampleRequest } from './sample-flags.js';
import {
  checkpointBytes,
  checkShardFlags,
  isResuming,
  optionsOf,
  type TransformFlags,
} from './transform-flags.js';

const HELP = `
Reads the export once when the directory stands before the messages (twice otherwise), and once more with --show-text;
the package once. Keeps the directory in memory (categories, rooms, principals, roles, scopes, add-ins), never messages; of the lists given
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
  addSampleOptions(program.command('transform'))
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
    .action(async (path: string, flags: TransformFlags) => done(await transform(path, flags)));
}

async function transform(path: string, flags: TransformFlags): Promise<ExitCode> {
  const shard = flags.shard === undefined ? null : parseShard(flags.shard);
  if (shard !== null) checkShardFlags(flags);
  const progress = progressOnStderr();
  const signingKey = await signingKeyOf(flags, flags.output, (sentence) => console.error(visible(sentence)));
  const interrupt = onInterrupt(' Nothing lies under the final name.');
  const hashing = startHashing(parseWorkers(flags.workers));
  try {
    const plan = flags.plan === undefined ? null : await readPlan(flags.plan);
    const request = {
      exportPath: path,
      options: optionsOf(flags, plan?.options ?? DEFAULT_OPTIONS),
      plan,
      inventoryPaths: flags.target,
      usersPath: flags.users,
      layout: DEFAULT_LAYOUT,
      isDryRun: flags.dryRun === true,
      readsBack: flags.readBack,
      replace: flags.replace === true,
      sample: sampleRequest(flags),
      signingKey,
      isStrict: flags.strict === true,
      hashing,
      sourceDateEpoch: process.env.SOURCE_DATE_EPOCH,
      notice: (sentence: string) => console.error(sentence),
      progress: flags.quiet === true ? () => undefined : progress.show,
    };
    if (shard === null) {
      const run = await transformWhole(request, flags, interrupt);
      progress.clear();
      return printRun(run, flags, signingKey);
    }
    const summary = await runShard({ ...request, shard, shardPath: flags.output, onBegin: interrupt.use });
    progress.clear();
    console.log(shardText(summary, flags).trimEnd());
    return summary.verdict.exitCode;
  } finally {
    progress.clear();
    hashing.close();
    interrupt.forget();
  }
}

/** Into a handoff, after a look whether the disk can hold it. */
async function transformWhole(
  request: Omit<TransformRequest, 'handoffPath' | 'onBegin'> & { readonly hashing: Hashing },
  flags: TransformFlags,
  interrupt: Interrupt,
): Promise<RunSummary> {
  const { exportPath, hashing, layout, notice, options } = request;
  await estimateFirst({
    exportPath,
    options,
    layout,
    hashing,
    disk: await freeDisk(flags.output),
    // An unfinished run has taken its part of the disk already.
    ignoresDisk: flags.ignoreDisk === true || flags.resume === true,
    now: () => performance.now(),
    residentBytes: () => process.memoryUsage.rss(),
    notice: flags.quiet === true ? () => undefined : notice,
    onBegin: interrupt.use,
  });
  return await runTransform({
    ...request,
    ...packageSizes(flags),
    handoffPath: flags.output,
    resume: isResuming(flags),
    ...(flags.checkpointEvery === undefined
      ? {}
      : { checkpointEvery: checkpointBytes(flags.checkpointEvery) }),
    onBegin: (stop) => interrupt.use(async () => ((await stop()) ? CONTINUE : undefined)),
  });
}
