import { lstatSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import process from 'node:process';
import { parseWorkers, RunFailure, type Severity, startHashing } from '@chatferry/export';
import type { Command } from 'commander';
import { CHECKS, REHEARSAL_CHECKS } from '../checks/index.js';
import { expectOutside } from '../handoff/outside-handoff.js';
import { DEFAULT_LAYOUT } from '../layout/layout.js';
import { layoutConfirmation } from '../layout/layout-confirmation.js';
import { type LocatedPackage, locatePackage } from '../locate-package.js';
import { partOrder } from '../parts/package-parts.js';
import { validateParts } from '../parts/validate-parts.js';
import { addRehearsalOptions, type RehearsalFlags, rehearseIfAsked } from '../rehearse/rehearse-command.js';
import { type FindingGroup, FindingSink } from '../reports/finding-sink.js';
import { type ExitCode, type Verdict, verdictOf } from '../reports/verdict.js';
import {
  addTrustOptions,
  type SealReport,
  type SealTrust,
  type TrustFlags,
  trustOf,
} from '../seal/seal-report.js';
import { type Evidence, evidenceOf } from './evidence.js';
import { readProgress } from './read-progress.js';
import { type OutsideFlags, outsideComparison } from './validate-outside.js';
import type { ValidationResult } from './validate-package.js';
import { jsonResult, textResult } from './validate-report.js';

/** The help of a validate command under the name by which it was called. */
function helpText(name: string): string {
  return `
Reads the package once, and once more to hash it. Keeps the directory in memory (categories, rooms, principals, roles), never messages.

Exit codes:
  0  ready to import
  1  finished, but not ready
  2  could not finish

Example:
  ${name} handoff
  ${name} handoff --public-key signer.pub.pem
  ${name} PersistentChatData.zip --ledger ledger.json --json
  ${name} handoff --source export.zip --findings validate-findings.csv
  ${name} handoff --rehearse --keep mgc.sqlite

With --rehearse it is read twice: what the tables of the target refuse is a finding. The database takes as much space as
the messages, in the folder for temporary files (TMPDIR) or where --keep says.

A signed handoff: --public-key must come from the signer by another way than the handoff. Without it, validate only tells that
the handoff is signed. Give several keys for the people of the chain of custody. --custody-head is the SHA-256 that whoever
wrote the last entry was told; without it nobody can see that entries were taken off the end.

A package in several parts: name the handoff for all of them and their sum. A single part is checked like a package; of the
ledger only its rooms are compared.`;
}

interface Flags extends RehearsalFlags, TrustFlags, OutsideFlags {
  readonly json?: true;
  readonly quiet?: true;
  readonly ledger?: string;
  readonly workers?: string;
  readonly findings?: string;
}

const LAYOUT = layoutConfirmation(DEFAULT_LAYOUT);

/**
 * The gate as a command, for `chatferry validate` and for `chatferry-validate`. `calledAs` is what the user types;
 * `done` receives the exit code. Its action throws `RunFailure` when it cannot finish.
 */
export function defineValidateCommand(
  command: Command,
  calledAs: string,
  done: (code: ExitCode) => void,
): Command {
  return addRehearsalOptions(addTrustOptions(command))
    .description('Checks a finished import package as a stranger would; usable on the target side.')
    .argument('<handoff|zip>', 'handoff folder, or the package ZIP')
    .option('--json', 'print one JSON object instead of text')
    .option('--quiet', 'print the verdict only; with --json the whole object, but no progress')
    .option(
      '--findings <file>',
      'write every finding to a new file: as CSV when it ends in .csv, else as NDJSON',
    )
    .option('--ledger <file>', 'ledger.json to compare with, for a ZIP without its handoff')
    .option('--workers <n>', 'threads beside the main one (default: the other cores)')
    .option(
      '--source <export>',
      'read the export again, by a second and simple reader, and compare it with ledger and package',
    )
    .option('--show-text', 'with --source: quote the beginning of texts that differ')
    .option(
      '--reference <zip>',
      'a ZIP of Export-CsPersistentChatData of the target: the form of the package must occur in it',
    )
    .addHelpText('after', helpText(calledAs))
    .action(async (path: string, flags: Flags) => done(await validate(path, flags)));
}

async function validate(path: string, flags: Flags): Promise<ExitCode> {
  const located = await locatePackage(path);
  await expectOutside(flags.findings, located.handoffPath, '--findings');
  await expectOutside(flags.keep, located.handoffPath, '--keep');
  const trust = await trustOf(flags, located.handoffPath);
  const sink = new FindingSink(findingsFile(flags.findings));
  try {
    return await judge(located, { flags, trust, sink });
  } catch (error) {
    discardFindings(sink, flags.findings);
    throw error;
  }
}

async function judge(
  located: LocatedPackage,
  { flags, trust, sink }: { readonly flags: Flags; readonly trust: SealTrust; readonly sink: FindingSink },
): Promise<ExitCode> {
  const part = lonePart(located);
  const isPart = part !== null;
  const ledgerPath = flags.ledger ?? located.ledgerPath;
  const tell = flags.quiet === true ? () => undefined : (line: string) => console.error(line);
  const hashing = startHashing(parseWorkers(flags.workers));
  let result: ValidationResult;
  try {
    result = await validateParts({
      ...located,
      trust,
      isPart,
      ledgerPath,
      layout: DEFAULT_LAYOUT,
      report: sink.report,
      progress: readProgress((mebibytes) => `${mebibytes} MiB read back`, tell),
      makeHash: hashing.makeHash,
      compareOutside: outsideComparison(flags, { zipPaths: located.zipPaths, ledgerPath, isPart, tell }),
    });
  } finally {
    hashing.close();
  }
  const rehearsal = await rehearseIfAsked(flags, {
    located,
    ledgerPath,
    layout: DEFAULT_LAYOUT,
    isPart,
    sink,
    say: tell,
    complain: (line) => console.error(line),
  });
  sink.close();
  const findings = causesFirst(sink.summary());
  const evidence = await evidenceOf(located, { ledgerPath, result });
  const bare = verdictOf({ findings, imbalances: [], layout: LAYOUT, failure: null });
  const verdict = ofPart(withUnverified(withGaps(bare, evidence), result), part);
  const outcome = { verdict, result, findings, evidence, rehearsal };
  if (flags.json === true) console.log(JSON.stringify(jsonResult(outcome, LAYOUT), null, 2));
  else if (flags.quiet === true) console.log(verdict.sentence);
  else console.log(textResult(outcome, process.stdout.columns ?? null).join('\n'));
  return verdict.exitCode;
}

/**
 * Of one severity in the order of the checks, which goes from the outside to the inside; what only a rehearsal says
 * comes last.
 */
function causesFirst(groups: readonly FindingGroup[]): FindingGroup[] {
  const place = new Map([...CHECKS, ...REHEARSAL_CHECKS].map(({ id }, index) => [id, index]));
  const severities: readonly Severity[] = ['error', 'warning', 'note'];
  return [...groups].sort(
    (a, b) =>
      severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
      (place.get(a.rule) ?? place.size) - (place.get(b.rule) ?? place.size),
  );
}

/** Some findings of a run that did not finish must not be taken for all of them. */
function discardFindings(sink: FindingSink, path: string | undefined): void {
  try {
    sink.close();
  } finally {
    if (path !== undefined) rmSync(path, { force: true });
  }
}

/** A file that is there already is kept: it may be the findings of another day. */
function findingsFile(path: string | undefined): { ndjson: string | null; csv: string | null } {
  if (path === undefined) return { ndjson: null, csv: null };
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) {
    throw new RunFailure(
      'output-exists',
      `${path} exists already.`,
      'Name another file for --findings, or remove it.',
    );
  }
  return path.toLowerCase().endsWith('.csv') ? { ndjson: null, csv: path } : { ndjson: path, csv: null };
}

/** What was not at hand could have spoken against the package: the sentence must not be taken for more than it is. */
function withGaps(verdict: Verdict, { missing }: Evidence): Verdict {
  if (verdict.exitCode !== 0 || missing.length === 0) return verdict;
  const what = missing.includes('ledger')
    ? 'nothing here can tell whether messages are missing'
    : 'nothing here can tell whether these are the bytes that were sealed';
  return { ...verdict, sentence: `${verdict.sentence} Checked without ${missing.join(' and ')}: ${what}.` };
}

/**
 * A signature that nobody has verified may be anybody's, and one that was taken off must not make the sentence shorter.
 */
function withUnverified(verdict: Verdict, { seal }: ValidationResult): Verdict {
  if (verdict.exitCode !== 0 || seal === null || seal.signature.state === 'verified') return verdict;
  return { ...verdict, sentence: `${verdict.sentence} ${unverifiedInWords(seal)}` };
}

function unverifiedInWords({ signature, custody }: SealReport): string {
  if (signature.state === 'not verified') return 'Signed, but not verified: give --public-key.';
  return custody.entries.some(({ key }) => key !== null)
    ? 'Not signed, but its chain of custody has signed entries: give --public-key.'
    : 'Not signed.';
}

/** The number of a part that was named without its handoff; null for anything else. */
function lonePart({ handoffPath, zipPaths }: LocatedPackage): number | null {
  return handoffPath === null ? partOrder(basename(zipPaths[0])) : null;
}

/** A part may be sound and other parts be missing: the sentence must not be taken for that of the whole. */
function ofPart(verdict: Verdict, part: number | null): Verdict {
  if (part === null) return verdict;
  const only = `This is part ${part} of a package alone: validate the handoff folder for all parts and their sum.`;
  return { ...verdict, sentence: `${verdict.sentence} ${only}` };
}
