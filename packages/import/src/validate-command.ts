import { basename } from 'node:path';
import { parseWorkers, startHashing } from '@chatferry/export';
import type { Command } from 'commander';
import { DEFAULT_LAYOUT } from './layout.js';
import { layoutConfirmation } from './layout-confirmation.js';
import { type LocatedPackage, locatePackage } from './locate-package.js';
import { partOrder } from './package-parts.js';
import {
  addRehearsalOptions,
  type RehearsalFlags,
  rehearsalLines,
  rehearseIfAsked,
} from './rehearse/rehearse-command.js';
import { FINDINGS_SHOWN, type FindingGroup, FindingSink } from './reports/finding-sink.js';
import { type ExitCode, type Verdict, verdictOf } from './reports/verdict.js';
import { placeInWords, visible } from './reports/wording.js';
import { addTrustOptions, sealLines, type TrustFlags, trustOf } from './seal-report.js';
import { type OutsideFlags, outsideComparison } from './validate-outside.js';
import type { ValidationResult } from './validate-package.js';
import { validateParts } from './validate-parts.js';

const PROGRESS_STEP = 512 * 1024 * 1024;

/** The help of a validate command under the name by which it was called. */
function helpText(name: string): string {
  return `
Reads the package once. Keeps the directory in memory (categories, rooms, principals, roles), never messages.

Exit codes:
  0  ready to import
  1  finished, but not ready
  2  could not finish

Example:
  ${name} handoff
  ${name} handoff --public-key signer.pub.pem
  ${name} PersistentChatData.zip --ledger ledger.json --json
  ${name} handoff --source export.zip
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
    .option('--quiet', 'print the verdict only')
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
  const trust = await trustOf(flags, located.handoffPath);
  const part = lonePart(located);
  const sink = new FindingSink({ ndjson: null, csv: null });
  const hashing = startHashing(parseWorkers(flags.workers));
  const ledgerPath = flags.ledger ?? located.ledgerPath;
  let result: ValidationResult;
  try {
    result = await validateParts({
      ...located,
      trust,
      isPart: part !== null,
      ledgerPath,
      layout: DEFAULT_LAYOUT,
      report: sink.report,
      progress: flags.quiet === true ? () => undefined : createProgress(),
      makeHash: hashing.makeHash,
      compareOutside: outsideComparison(flags, {
        zipPaths: located.zipPaths,
        ledgerPath,
        isPart: part !== null,
        tell: flags.quiet === true ? () => undefined : (line) => console.error(line),
      }),
    });
  } finally {
    hashing.close();
  }
  const rehearsal = await rehearseIfAsked(flags, {
    located,
    ledgerPath: flags.ledger ?? located.ledgerPath,
    layout: DEFAULT_LAYOUT,
    isPart: part !== null,
    sink,
    say: flags.quiet === true ? () => undefined : (line) => console.error(line),
    complain: (line) => console.error(line),
  });
  const findings = sink.summary();
  const verdict = ofPart(verdictOf({ findings, imbalances: [], layout: LAYOUT, failure: null }), part);
  if (flags.json === true)
    console.log(JSON.stringify({ ...jsonResult(verdict, result, findings), rehearsal }, null, 2));
  else if (flags.quiet === true) console.log(verdict.sentence);
  else
    console.log(
      [
        ...textResult(verdict, result, findings),
        ...(rehearsal === null ? [] : rehearsalLines(rehearsal)),
      ].join('\n'),
    );
  return verdict.exitCode;
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

/** One line on stderr for each 512 MiB read. */
function createProgress(): (bytes: number) => void {
  let next = PROGRESS_STEP;
  return (bytes) => {
    if (bytes < next) return;
    next += PROGRESS_STEP;
    console.error(`${Math.floor(bytes / 2 ** 20)} MiB read back`);
  };
}

function textResult(verdict: Verdict, result: ValidationResult, findings: readonly FindingGroup[]): string[] {
  const { directory, messages, bytes, skipped } = result;
  return [
    verdict.sentence,
    '',
    `Read back: ${directory.categories.length} categories, ${directory.rooms.length} rooms, ` +
      `${directory.principals.length} principals, ${messages} messages, ${bytes} bytes.`,
    ...(result.seal === null ? [] : sealLines(result.seal)),
    ...skipped.map(({ check, reason }) => `Skipped: ${check} (${reason}).`),
    ...findings.flatMap(groupLines),
  ];
}

function groupLines({ severity, rule, count, first }: FindingGroup): string[] {
  const remedies = new Set(first.flatMap(({ remedy }) => (remedy === undefined ? [] : [remedy])));
  return [
    '',
    `${severity} ${rule}: ${count}`,
    ...first.map(({ place, message, seen, expected }) => {
      const values = seen === undefined || expected === undefined ? '' : ` (${seen}, not ${expected})`;
      return `  ${placeInWords(place)}: ${visible(message + values)}`;
    }),
    ...(count > FINDINGS_SHOWN ? [`  and ${count - FINDINGS_SHOWN} more`] : []),
    ...[...remedies].map((remedy) => `  To do: ${visible(remedy)}`),
  ];
}

function jsonResult(verdict: Verdict, result: ValidationResult, findings: readonly FindingGroup[]): object {
  const { directory } = result;
  return {
    verdict: verdict.sentence,
    exitCode: verdict.exitCode,
    errors: result.errors,
    warnings: result.warnings,
    layout: LAYOUT,
    read: {
      categories: directory.categories.length,
      rooms: directory.rooms.length,
      principals: directory.principals.length,
      messages: result.messages,
      bytes: result.bytes,
    },
    seal: result.seal,
    skipped: result.skipped,
    findings,
  };
}
