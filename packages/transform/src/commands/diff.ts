import { canonicalJson, DEFAULT_LAYOUT, type ExitCode, visible } from '@chatferry/import';
import type { Command } from 'commander';
import { diffJson, diffText, diffVerdict } from '../diff/diff-summary.js';
import { runDiff } from '../diff/run-diff.js';
import { onInterrupt } from './on-interrupt.js';
import { progressOnStderr } from './progress-on-stderr.js';

interface Flags {
  readonly output?: string;
  readonly showText?: true;
  readonly ignoreLineEnds?: true;
  readonly ignore?: readonly string[];
  readonly json?: true;
  readonly quiet?: true;
}

const HELP = `
Two exports are compared table by table under the names of their columns, two packages and two handoffs by their
categories, rooms, roles, scopes, principals, affiliations, add-ins, counters and messages; handoffs also by the
accounts of ledger.json. Tables that are not carried over are compared whole (rows and contents, as "table").
Records with the same key on one side are matched as a multiset, the rest in their order.

What the shape of an export cannot carry is a difference like any other:
  --ignore-line-ends                      where .NET wrote CR LF raw, which XML reads as LF
  --ignore tblPrincipal.prinVerifiedOn,tblPrincipalInvites.createdOn
                                          where datetime columns come with and without a zone
  --ignore table, --ignore tblConfig      tables that one export has and the other has not

Reads an export once, and once more when its messages are not in the order of room and id: then they are sorted on
disk. Reads a package once, and unpacks its messages to disk. Keeps both directories in memory (categories, rooms,
principals, roles, scopes, add-ins) and one message of each side. Temporary files lie in the system's folder (TMPDIR, on
Windows TEMP): the messages of a package or of an unsorted export, up to three times.

Exit codes:
  0  equal
  1  different
  2  could not finish; nothing lies under the name given to -o

Example:
  chatferry diff export-monday.zip export-friday.zip -o differences.ndjson
  chatferry diff handoff-1 handoff-2 --json`;

export function addDiffCommand(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('diff')
    .description('Compares two exports, two packages or two handoffs, record by record and field by field.')
    .argument('<a>', 'export, package ZIP or handoff folder: before; - reads an export from standard input')
    .argument('<b>', 'another of the same kind: after')
    .option('-o, --output <file>', 'write every difference as a line of JSON; refused when the file exists')
    .option('--show-text', 'write message text, instead of its SHA-256 and length in bytes')
    .option('--ignore-line-ends', 'take CR LF, CR and LF for the same')
    .option('--ignore <columns>', 'leave table.column or whole tables aside; separated by commas', commaList)
    .option('--json', 'print the summary as JSON instead of text')
    .option('--quiet', 'print the verdict only')
    .addHelpText('after', HELP)
    .action(async (before: string, after: string, flags: Flags) => done(await diff(before, after, flags)));
}

function commaList(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, ...text.split(',').map((entry) => entry.trim())];
}

async function diff(before: string, after: string, flags: Flags): Promise<ExitCode> {
  const progress = progressOnStderr();
  const isQuiet = flags.quiet === true;
  const interrupt = onInterrupt();
  try {
    const outputPath = flags.output ?? null;
    const summary = await runDiff({
      before,
      after,
      layout: DEFAULT_LAYOUT,
      outputPath,
      showText: flags.showText === true,
      ignoresLineEnds: flags.ignoreLineEnds === true,
      ignored: flags.ignore ?? [],
      notice: (sentence) => (isQuiet ? undefined : console.error(visible(sentence))),
      progress: isQuiet ? () => undefined : progress.show,
      onBegin: interrupt.use,
    });
    progress.clear();
    const { exitCode, sentence } = diffVerdict(summary);
    if (flags.json === true) console.log(canonicalJson(diffJson(summary)).trimEnd());
    else console.log(isQuiet ? sentence : diffText(summary, outputPath));
    return exitCode;
  } finally {
    progress.clear();
    interrupt.forget();
  }
}
