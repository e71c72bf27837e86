import process from 'node:process';
import { RunFailure } from '@chatferry/export';
import { canonicalJson, type ExitCode } from '@chatferry/import';
import type { Command } from 'commander';
import { explainedList, explainedText } from '../explain/explain-text.js';
import { allExplained, type Explained, summaryOf } from '../explain/explained.js';
import { nearestIds } from '../explain/nearest-ids.js';

interface Flags {
  readonly json?: true;
}

const HELP = `
Reads the pages that ship with chatferry, no export. Keeps the pages in memory.

Exit codes:
  0  explained
  2  no such id

Example:
  chatferry explain room-under-root
  chatferry explain --json`;

export function addExplainCommand(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('explain')
    .description('Explains a rule, check or reader condition by its id; without an id lists all of them.')
    .argument('[id]', 'id as it stands in findings and reports')
    .option('--json', 'print JSON instead of text')
    .addHelpText('after', HELP)
    .action((id: string | undefined, flags: Flags) => {
      console.log(explain(id, flags.json === true).trimEnd());
      done(0);
    });
}

function explain(id: string | undefined, asJson: boolean): string {
  const all = allExplained();
  const width = process.stdout.isTTY === true ? process.stdout.columns : null;
  if (id === undefined) return asJson ? canonicalJson(all.map(factsOf)) : explainedList(all, width);
  const explained = all.find((each) => each.id === id);
  if (explained === undefined) throw unknownId(id, all);
  if (!asJson) return explainedText(explained, width ?? Number.POSITIVE_INFINITY);
  return canonicalJson({ ...factsOf(explained), sections: explained.page.sections });
}

function factsOf(explained: Explained): object {
  const { id, kind, severities, option, basis } = explained;
  return { id, kind, severities, option, basis, summary: summaryOf(explained) };
}

function unknownId(id: string, all: readonly Explained[]): RunFailure {
  const near = nearestIds(
    id,
    all.map((each) => each.id),
  );
  const question = near.length === 0 ? '' : `Did you mean ${near.join(' or ')}? `;
  return new RunFailure(
    'arguments',
    `Unexpected id ${JSON.stringify(id)}, expected that of a rule, check or reader condition.`,
    `${question}\`chatferry explain\` lists all ids.`,
  );
}
