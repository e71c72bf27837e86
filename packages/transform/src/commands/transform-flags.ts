import { RunFailure } from '@chatferry/export';
import type { TransformOptions } from '../options.js';
import type { HandoffFlags } from './handoff-flags.js';
import { expectPeriod, instantFlag } from './instant-flags.js';

/** What commander gives for the options of transform. */
export interface TransformFlags extends HandoffFlags {
  readonly plan?: string;
  readonly since?: string;
  readonly until?: string;
  readonly asOf?: string;
  readonly includeDisabled?: true;
  readonly target?: readonly string[];
  readonly users?: string;
  readonly ignoreDisk?: true;
  readonly resume?: true;
  readonly shard?: string;
  readonly checkpointEvery?: string;
  readonly strict?: true;
}

/** @throws RunFailure `arguments` for what concerns whole handoffs only. */
export function checkShardFlags(flags: TransformFlags): void {
  const [wrong] = [
    ...(flags.resume === true ? ['--resume'] : []),
    ...(flags.readBack ? [] : ['--no-read-back']),
    ...(flags.partSize === undefined ? [] : ['--part-size']),
    ...(flags.documentSize === undefined ? [] : ['--document-size']),
    ...(flags.sign === undefined ? [] : ['--sign']),
    ...(flags.sample === undefined ? [] : ['--sample']),
    ...(flags.seed === undefined ? [] : ['--seed']),
    ...(flags.showText === undefined ? [] : ['--show-text']),
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

/** What the command line says, over what the plan or else the defaults say. @throws RunFailure `arguments` */
export function optionsOf(flags: TransformFlags, below: TransformOptions): TransformOptions {
  const since = flags.since === undefined ? below.since : instantFlag('--since', flags.since);
  const until = flags.until === undefined ? below.until : instantFlag('--until', flags.until);
  expectPeriod(since, until);
  return {
    ...below,
    since,
    until,
    asOf: flags.asOf === undefined ? below.asOf : instantFlag('--as-of', flags.asOf),
    disabledRooms: flags.includeDisabled === true ? 'carry' : below.disabledRooms,
  };
}

/** @throws RunFailure `arguments` when there will be nothing to continue. */
export function isResuming({ dryRun, resume }: TransformFlags): boolean {
  if (dryRun !== true || resume !== true) return resume === true;
  throw new RunFailure(
    'arguments',
    '--dry-run leaves nothing behind, so that there is nothing to continue with --resume',
    'Give one of the two.',
  );
}

/** Messages between two checkpoints, in bytes. @throws RunFailure `arguments` */
export function checkpointBytes(text: string): number {
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  throw new RunFailure(
    'arguments',
    `--checkpoint-every ${text} is not a number of bytes`,
    'Leave it out: it is meant for tests.',
  );
}
