import process from 'node:process';
import { canonicalJson, DEFAULT_LAYOUT, type ExitCode, visible } from '@chatferry/import';
import { type Command, Option } from 'commander';
import { runTrace } from '../trace/run-trace.js';
import type { Side } from '../trace/trace.js';
import { traceJson } from '../trace/trace-json.js';
import { traceText } from '../trace/trace-text.js';
import { progressOnStderr } from './progress-on-stderr.js';

interface Flags {
  readonly handoff: string;
  readonly export: string;
  readonly from: Side;
  readonly showText?: true;
  readonly json?: true;
  readonly quiet?: true;
}

const HELP = `
A record is: node 5, room 5, category 5, principal 12, add-in <guid>, a GUID, a message as 40#7 or <room guid>#7,
or an exact name in any letter case (of a principal also its URI, e-mail address or user principal name).

Reads the export to its end once, because its SHA-256 must be the handoff's, and for a message once more. Reads the
package's directory (for a message all of it) and the handoff's ledger and findings once; writes nothing. Keeps the
directory of either side in memory and one account a room, never messages.

Exit codes:
  0  found
  1  found on neither side
  2  could not finish: several records of that name, or an export that the handoff was not made from

Example:
  chatferry trace room 24 --handoff handoff --export export.zip
  chatferry trace "General" --from target --handoff handoff --export export.zip
  chatferry trace 40#7 --handoff handoff --export export.zip --json`;

export function addTraceCommand(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('trace')
    .description('Tells what became of one record of the export, or where one of the package came from.')
    .argument('<record...>', 'id, GUID or name of the record')
    .requiredOption('--handoff <handoff>', 'handoff folder that transform wrote')
    .requiredOption('--export <export>', 'the export it was made from; - for standard input')
    .addOption(
      new Option('--from <side>', 'where to look first').choices(['source', 'target']).default('source'),
    )
    .option('--show-text', 'print the text of a message too, not only its length and SHA-256')
    .option('--json', 'print one JSON object instead of text')
    .option('--quiet', 'print the answer in one sentence only')
    .addHelpText('after', HELP)
    .action(async (words: readonly string[], flags: Flags) => done(await trace(words.join(' '), flags)));
}

async function trace(record: string, flags: Flags): Promise<ExitCode> {
  const progress = progressOnStderr();
  try {
    const traced = await runTrace({
      record,
      handoffPath: flags.handoff,
      exportPath: flags.export,
      from: flags.from,
      layout: DEFAULT_LAYOUT,
      isTextShown: flags.showText === true,
      progress: flags.quiet === true ? () => undefined : progress.show,
    });
    progress.clear();
    if (flags.json === true) console.log(canonicalJson(traceJson(traced)).trimEnd());
    else if (flags.quiet === true) console.log(visible(traced.sentence));
    else console.log(traceText(traced, process.stdout.columns ?? 100).trimEnd());
    return traced.isFound ? 0 : 1;
  } finally {
    progress.clear();
  }
}
