import { join } from 'node:path';
import {
  type ExitCode,
  type RunSummary,
  type SigningFlags,
  type SigningKey,
  signedNotice,
  summaryJson,
  textReport,
  visible,
} from '@chatferry/import';
import { byteSize } from './byte-size.js';
import type { SampleFlags } from './sample-flags.js';
import { terminal } from './terminal.js';

/** What commander gives for the options that every command has that writes a handoff. */
export interface HandoffFlags extends SampleFlags, SigningFlags {
  readonly output: string;
  readonly dryRun?: true;
  readonly readBack: boolean;
  readonly replace?: true;
  readonly partSize?: string;
  readonly documentSize?: string;
  readonly workers?: string;
  readonly json?: true;
  readonly quiet?: true;
}

/** Where the package is cut, in bytes of XML; null where the default holds. @throws RunFailure `arguments` */
export function packageSizes({ documentSize, partSize }: HandoffFlags) {
  return {
    partSize: partSize === undefined ? null : byteSize('--part-size', partSize),
    documentSize: documentSize === undefined ? null : byteSize('--document-size', documentSize),
  };
}

/** Says on standard output what a run came to: as JSON, in a sentence, or in full. Returns its exit code. */
export function printRun(
  run: RunSummary,
  { dryRun, json, output, quiet }: HandoffFlags,
  signingKey: SigningKey | null,
): ExitCode {
  if (signingKey !== null && dryRun !== true && quiet !== true) {
    console.error(signedNotice(visible(output), signingKey.fingerprint));
  }
  const reportPath = dryRun === true ? null : join(output, 'data', 'report.html');
  if (json === true) console.log(summaryJson(run).trimEnd());
  else if (quiet === true) console.log(run.verdict.sentence);
  else console.log(textReport(run, { ...terminal(), reportPath }).trimEnd());
  return run.verdict.exitCode;
}
