import process from 'node:process';
import { parseWorkers, RunFailure } from '@chatferry/export';
import {
  DEFAULT_LAYOUT,
  type ExitCode,
  PASSPHRASE_OPTION,
  SIGN_OPTION,
  SIGNING_HELP,
  signingKeyOf,
  visible,
} from '@chatferry/import';
import type { Command } from 'commander';
import { runMerge } from '../shards/run-merge.js';
import { type HandoffFlags, packageSizes, printRun } from './handoff-flags.js';
import { onInterrupt } from './on-interrupt.js';
import { progressOnStderr } from './progress-on-stderr.js';
import { addSampleOptions, sampleRequest } from './sample-flags.js';

const HELP = `
The handoff is, byte for byte, the one that chatferry transform makes of the same export without --shard (on the same
build of Node, with the same SOURCE_DATE_EPOCH). All shards must be there, once each, and be of one export, one plan and
one version; the export itself is not needed any more, but by --show-text, which wants it as --source.

Reads every shard twice (once to check its seal), the package once, and the export once with --source. Keeps the
directory in memory and an account a room, never messages.

${SIGNING_HELP}

Exit codes:
  0  ready to import
  1  finished, but not ready: the package is called PersistentChatData.NOT-READY.zip
  2  could not finish, or the shards do not fit together; nothing lies under the final name

Example:
  chatferry transform export.zip --shard 1/2 -o shard-1
  chatferry transform export.zip --shard 2/2 -o shard-2
  chatferry merge shard-1 shard-2 -o handoff`;

export function addMergeCommand(program: Command, done: (code: ExitCode) => void): void {
  addSampleOptions(program.command('merge'))
    .description('Joins the shards of one transform into the handoff that it makes without --shard.')
    .argument('<shards...>', 'the folders that chatferry transform --shard has written, in any order')
    .requiredOption('-o, --output <handoff>', 'folder to write; refused when it exists')
    .option(
      '--source <export>',
      'the export that the shards were made of: with --show-text its texts stand beside those of the package, as in transform',
    )
    .option('--dry-run', 'do everything, then leave nothing behind')
    .option(
      '--no-read-back',
      'do not read the package back: half the time for a first look, and never ready to import',
    )
    .option('--replace', 'replace an older handoff of that name')
    .option('--part-size <bytes>', 'cut the package into parts, as transform does')
    .option('--document-size <bytes>', 'begin new Messages documents, as transform does')
    .option('--workers <n>', 'threads beside the main one (default: the other cores); the output is the same')
    .option(...SIGN_OPTION)
    .option(...PASSPHRASE_OPTION)
    .option('--json', 'print summary.json instead of text')
    .option('--quiet', 'print the verdict only')
    .addHelpText('after', HELP)
    .action(async (paths: readonly string[], flags: MergeFlags) => done(await merge(paths, flags)));
}

interface MergeFlags extends HandoffFlags {
  readonly source?: string;
}

/** Nothing but the texts of the sample wants the export. @throws RunFailure `arguments` */
function sourceOf({ source, showText }: MergeFlags): string | null {
  if (source !== undefined && showText !== true) {
    throw new RunFailure(
      'arguments',
      '--source is for the texts of the sample only.',
      'Give --show-text with it, or leave it out: a merge needs no export.',
    );
  }
  return source ?? null;
}

async function merge(paths: readonly string[], flags: MergeFlags): Promise<ExitCode> {
  const sourcePath = sourceOf(flags);
  const progress = progressOnStderr();
  const signingKey = await signingKeyOf(flags, flags.output, (sentence) => console.error(visible(sentence)));
  const interrupt = onInterrupt(' Nothing lies under the final name.');
  try {
    const run = await runMerge({
      shardPaths: paths,
      sourcePath,
      handoffPath: flags.output,
      layout: DEFAULT_LAYOUT,
      isDryRun: flags.dryRun === true,
      readsBack: flags.readBack,
      ...packageSizes(flags),
      replace: flags.replace === true,
      sample: sampleRequest(flags),
      signingKey,
      workers: parseWorkers(flags.workers),
      sourceDateEpoch: process.env.SOURCE_DATE_EPOCH,
      notice: (sentence) => console.error(sentence),
      progress: flags.quiet === true ? () => undefined : progress.show,
      onBegin: interrupt.use,
    });
    progress.clear();
    return printRun(run, flags, signingKey);
  } finally {
    progress.clear();
    interrupt.forget();
  }
}
