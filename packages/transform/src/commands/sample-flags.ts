import { RunFailure } from '@chatferry/export';
import type { SampleRequest } from '@chatferry/import';
import type { Command } from 'commander';
import { DEFAULT_SAMPLE } from '../finish-handoff.js';

/** What commander gives for the sample of messages in the reports. */
export interface SampleFlags {
  readonly sample?: string;
  readonly seed?: string;
  readonly showText?: true;
}

/** A page with more of them nobody reads, and with texts each may take 4,000 bytes. */
const MOST_SAMPLED = 1_000;

export function addSampleOptions(command: Command): Command {
  return command
    .option(
      '--sample <n>',
      `messages that report.html names for the auditor to look up (default: ${DEFAULT_SAMPLE.size})`,
    )
    .option('--seed <text>', `decides which messages these are (default: ${DEFAULT_SAMPLE.seed})`)
    .option(
      '--show-text',
      'show the texts of these messages too, source beside target where they differ: report.html then holds personal text',
    );
}

/** @throws RunFailure `arguments` */
export function sampleRequest(flags: SampleFlags & { readonly readBack?: boolean }): SampleRequest {
  const { sample, seed, showText } = flags;
  if (flags.readBack === false) expectNone(flags);
  const size = sample === undefined ? DEFAULT_SAMPLE.size : Number(sample);
  const isNumber = sample === undefined || /^[0-9]{1,4}$/.test(sample);
  if (!isNumber || size > MOST_SAMPLED) {
    throw new RunFailure(
      'arguments',
      `--sample ${sample} is not a number from 0 to ${MOST_SAMPLED}`,
      'Give a number such as --sample 50; chatferry view shows larger samples.',
    );
  }
  return { size, seed: seed ?? DEFAULT_SAMPLE.seed, showsText: showText === true };
}

/** A sample is drawn while the package is read back. */
function expectNone({ sample, seed, showText }: SampleFlags): void {
  const given = [
    ...(sample === undefined ? [] : ['--sample']),
    ...(seed === undefined ? [] : ['--seed']),
    ...(showText === undefined ? [] : ['--show-text']),
  ];
  if (given.length === 0) return;
  throw new RunFailure(
    'arguments',
    `--no-read-back and ${given[0]} do not go together: a sample is drawn while the package is read back`,
    'Leave one of the two out.',
  );
}
