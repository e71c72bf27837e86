import type { Command } from 'commander';
import type { Layout } from '../layout/layout.js';
import { readLedger } from '../ledger/ledger-beside.js';
import type { LocatedPackage } from '../locate-package.js';
import type { FindingSink } from '../reports/finding-sink.js';
import { type RehearsalResult, rehearse } from './rehearse.js';

export interface RehearsalFlags {
  readonly rehearse?: true;
  readonly keep?: string;
}

export function addRehearsalOptions(command: Command): Command {
  return command
    .option('--rehearse', "import into a database with the target's tables, and run the documented queries")
    .option('--keep <file>', 'leave that database (SQLite) for queries of your own; implies --rehearse');
}

export interface RehearsalRequest {
  readonly located: LocatedPackage;
  readonly ledgerPath: string | null;
  readonly layout: Layout;
  /** One part of a package, without the others. */
  readonly isPart: boolean;
  readonly sink: FindingSink;
  /** Receives a line of progress now and then. */
  readonly say: (line: string) => void;
  /** Receives why the run ends. */
  readonly complain: (line: string) => void;
}

/** The rehearsal, when it was asked for. An interruption removes the database and ends with 2, as in every command. */
export async function rehearseIfAsked(
  flags: RehearsalFlags,
  request: RehearsalRequest,
): Promise<RehearsalResult | null> {
  if (flags.rehearse !== true && flags.keep === undefined) return null;
  const { located, ledgerPath, layout, isPart, sink, say, complain } = request;
  const { ledger } = await readLedger({ ledgerPath, handoffPath: located.handoffPath });
  let abandon = (): void => undefined;
  const interrupted = (signal: NodeJS.Signals): void => {
    complain(`Could not finish: interrupted (${signal}). The rehearsal's database is removed.`);
    abandon();
    process.exit(2);
  };
  for (const signal of SIGNALS) process.once(signal, interrupted);
  try {
    return await rehearse({
      zipPaths: located.zipPaths,
      ledger,
      layout,
      isPart,
      keep: flags.keep ?? null,
      report: sink.report,
      onBegin(remove) {
        abandon = remove;
      },
      progress: (messages) => say(`${messages} messages rehearsed`),
    });
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupted);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The result in lines of text. */
export function rehearsalLines({ tables, queries, refused, followed }: RehearsalResult): string[] {
  const width = Math.max(...queries.map(({ name, basis }) => name.length + basis.length));
  return [
    '',
    `Rehearsed: ${tables.map(({ table, rows }) => `${table} ${rows}`).join(', ')}; ${refused} refused.`,
    ...(refused === 0
      ? []
      : [
          `${followed} of these refer to others that were refused and are no findings of their own; all of them are missing in what follows.`,
        ]),
    ...queries.map(({ name, basis, counted, expected }) => {
      const outcome = counted === expected ? `${counted}` : `${counted}, expected ${expected}`;
      return `  ${`${name} (${basis})`.padEnd(width + 3)}  ${outcome}`;
    }),
  ];
}
