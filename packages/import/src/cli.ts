import process from 'node:process';
import { RunFailure } from '@chatferry/export';
import { Command, CommanderError } from 'commander';
import { DEFAULT_LAYOUT, layoutPaths } from './layout.js';
import { locatePackage } from './locate-package.js';
import { FINDINGS_SHOWN, type FindingGroup, FindingSink } from './reports/finding-sink.js';
import { type ExitCode, type LayoutConfirmation, type Verdict, verdictOf } from './reports/verdict.js';
import { placeInWords, visible } from './reports/wording.js';
import { type ValidationResult, validatePackage } from './validate-package.js';

const VERSION = '0.1.0';
const PROGRESS_STEP = 512 * 1024 * 1024;

const EXAMPLE = `
Reads the package once. Keeps the directory in memory (categories, rooms, principals, roles), never messages.

Exit codes:
  0  ready to import
  1  finished, but not ready
  2  could not finish

Example:
  chatferry-validate handoff
  chatferry-validate PersistentChatData.zip --ledger ledger.json --json`;

interface Flags {
  readonly json?: true;
  readonly quiet?: true;
  readonly ledger?: string;
}

const LAYOUT: LayoutConfirmation = {
  name: DEFAULT_LAYOUT.name,
  assumedPaths: layoutPaths(DEFAULT_LAYOUT).filter((path) => path.evidence === 'assumed').length,
  reference: DEFAULT_LAYOUT.confirmedAgainst,
};

process.exitCode = await main(process.argv);

async function main(argv: readonly string[]): Promise<ExitCode> {
  const command = new Command('chatferry-validate')
    .description('Checks a finished import package, on the target side, with nothing but this program.')
    .version(VERSION)
    .argument('<handoff|zip>', 'handoff folder, or the package ZIP')
    .option('--json', 'print one JSON object instead of text')
    .option('--quiet', 'print the verdict only')
    .option('--ledger <file>', 'ledger.json to compare with, for a ZIP without its handoff')
    .addHelpText('after', EXAMPLE)
    .allowExcessArguments(false)
    .exitOverride();
  try {
    command.parse([...argv]);
    return await validate(command.args[0] ?? '', command.opts<Flags>());
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return sayFailure(error, command.opts<Flags>());
  }
}

async function validate(path: string, flags: Flags): Promise<ExitCode> {
  const located = await locatePackage(path);
  const sink = new FindingSink({ ndjson: null, csv: null });
  const result = await validatePackage({
    ...located,
    ledgerPath: flags.ledger ?? located.ledgerPath,
    layout: DEFAULT_LAYOUT,
    report: sink.report,
    progress: flags.quiet === true ? () => undefined : createProgress(),
  });
  const findings = sink.summary();
  const verdict = verdictOf({ findings, imbalances: [], layout: LAYOUT, failure: null });
  if (flags.json === true) console.log(JSON.stringify(jsonResult(verdict, result, findings), null, 2));
  else console.log(textResult(verdict, result, flags.quiet === true ? null : findings));
  return verdict.exitCode;
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

function textResult(
  verdict: Verdict,
  result: ValidationResult,
  findings: readonly FindingGroup[] | null,
): string {
  if (findings === null) return verdict.sentence;
  const { directory, messages, bytes, skipped } = result;
  return [
    verdict.sentence,
    '',
    `Read back: ${directory.categories.length} categories, ${directory.rooms.length} rooms, ` +
      `${directory.principals.length} principals, ${messages} messages, ${bytes} bytes.`,
    ...skipped.map(({ check, reason }) => `Skipped: ${check} (${reason}).`),
    ...findings.flatMap(groupLines),
  ].join('\n');
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
    skipped: result.skipped,
    findings,
  };
}

function sayFailure(error: unknown, flags: Flags): ExitCode {
  const failure = error instanceof RunFailure ? error : null;
  const message = failure?.message ?? String(error);
  const { sentence, exitCode } = verdictOf({
    findings: [],
    imbalances: [],
    layout: LAYOUT,
    failure: { message },
  });
  const remedy = failure?.remedy ?? 'Report this; nothing was changed.';
  if (flags.json === true) console.log(JSON.stringify({ verdict: sentence, exitCode, remedy }, null, 2));
  else console.error(`${visible(sentence)}\n${visible(remedy)}`);
  if (failure === null && error instanceof Error && flags.json !== true) console.error(error.stack);
  return exitCode;
}
