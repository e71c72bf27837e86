import process from 'node:process';
import { parseWorkers, startHashing } from '@chatferry/export';
import { DEFAULT_LAYOUT, type ExitCode } from '@chatferry/import';
import type { Command } from 'commander';
import { fitsDisk, neededBytes } from '../estimate/estimate.js';
import { estimateText } from '../estimate/estimate-text.js';
import { estimateTransform } from '../estimate/estimate-transform.js';
import { freeDisk } from '../estimate/free-disk.js';
import { DEFAULT_OPTIONS } from '../options.js';
import { onInterrupt } from './on-interrupt.js';

interface Flags {
  readonly output: string;
  readonly workers?: string;
  readonly json?: true;
}

const HELP = `
Runs the transform twice on the first messages (24 MiB of them, into the folder for temporary files) and extends what
that took to the whole. Reads the directory several times; keeps in memory what transform keeps. Time is that of this
machine, as busy as it is now. Figures are ranges: the beginning of an export is not its middle.

Exit codes:
  0  the disk can hold the handoff
  1  the disk cannot hold it
  2  could not estimate

Example:
  chatferry estimate export.zip -o /data/handoff`;

export function addEstimateCommand(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('estimate')
    .description('Estimates time, disk and memory of a transform from the beginning of the export.')
    .argument('<export>', 'file, folder, ZIP or gzip of a Group Chat XML export')
    .requiredOption('-o, --output <handoff>', 'where the handoff would be written; nothing is written there')
    .option('--workers <n>', 'threads beside the main one, as for transform')
    .option('--json', 'print one JSON object instead of text')
    .addHelpText('after', HELP)
    .action(async (path: string, flags: Flags) => done(await estimate(path, flags)));
}

async function estimate(path: string, flags: Flags): Promise<ExitCode> {
  const interrupt = onInterrupt();
  const hashing = startHashing(parseWorkers(flags.workers));
  try {
    const found = await estimateTransform({
      exportPath: path,
      options: DEFAULT_OPTIONS,
      layout: DEFAULT_LAYOUT,
      hashing,
      disk: await freeDisk(flags.output),
      now: () => performance.now(),
      residentBytes: () => process.memoryUsage.rss(),
      onBegin: interrupt.use,
    });
    const fits = fitsDisk(found.disk);
    const json = { ...found, neededBytes: neededBytes(found.disk), fits };
    if (flags.json === true) console.log(JSON.stringify(json, null, 2));
    else console.log(estimateText(found, process.stdout.columns ?? 100));
    return fits === 'no' ? 1 : 0;
  } finally {
    hashing.close();
    interrupt.forget();
  }
}
