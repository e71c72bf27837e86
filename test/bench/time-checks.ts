import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import {
  CHECKS,
  type Check,
  DEFAULT_LAYOUT,
  locatePackage,
  PackageDirectory,
  PackageLedger,
  parseLedger,
  readPackage,
} from '@chatferry/import';
import { CheckRun } from '../../packages/import/dist/validate/run-checks.js';

/** Milliseconds that one check took for the directory, all messages, and the end; without reading. */
export interface CheckTime {
  readonly check: string;
  readonly milliseconds: number;
}

export interface CheckTimes {
  readonly messages: number;
  /** Reading, counting and hashing included. */
  readonly totalMilliseconds: number;
  readonly checks: readonly CheckTime[];
}

/** Runs every check over a package in one piece and tells how long each took. The clock's own cost is taken off. */
async function timeChecks(path: string): Promise<CheckTimes> {
  const { zipPaths, ledgerPath } = await locatePackage(path);
  const spent = new Map<string, { milliseconds: number; calls: number }>();
  const directory = new PackageDirectory();
  const tallies = new PackageLedger(directory);
  const { ledger } = ledgerPath === null ? { ledger: null } : parseLedger(readFileSync(ledgerPath, 'utf8'));
  const timed = CHECKS.map((check) => timedCheck(check, spent));
  const run = new CheckRun(timed, { directory, tallies, ledger }, () => undefined);
  const begin = performance.now();
  await readPackage(zipPaths[0], DEFAULT_LAYOUT, {
    directory,
    fault: (fault) => run.fault(fault),
    directoryRead: () => run.directoryRead(),
    message(message) {
      tallies.message(message);
      run.message(message);
    },
    progress: () => undefined,
  });
  tallies.finish();
  run.end();
  const totalMilliseconds = performance.now() - begin;
  const clock = costOfClock();
  return {
    messages: tallies.messages,
    totalMilliseconds,
    checks: CHECKS.map(({ id }) => {
      const { milliseconds, calls } = spent.get(id) ?? { milliseconds: 0, calls: 0 };
      return { check: id, milliseconds: Math.max(0, milliseconds - calls * clock) };
    }),
  };
}

function timedCheck(check: Check, spent: Map<string, { milliseconds: number; calls: number }>): Check {
  const account = { milliseconds: 0, calls: 0 };
  spent.set(check.id, account);
  const timed =
    <Args extends readonly unknown[]>(work: (...args: Args) => void) =>
    (...args: Args): void => {
      const begin = performance.now();
      work(...args);
      account.milliseconds += performance.now() - begin;
      account.calls += 1;
    };
  return {
    ...check,
    begin(context) {
      const session = check.begin(context);
      return {
        ...(session.fault === undefined ? {} : { fault: timed(session.fault.bind(session)) }),
        ...(session.directory === undefined ? {} : { directory: timed(session.directory.bind(session)) }),
        ...(session.message === undefined ? {} : { message: timed(session.message.bind(session)) }),
        ...(session.end === undefined ? {} : { end: timed(session.end.bind(session)) }),
      };
    },
  };
}

/** Milliseconds that asking for the time adds to what is measured. */
function costOfClock(): number {
  const rounds = 200_000;
  let sum = 0;
  for (let i = 0; i < rounds; i++) {
    const begin = performance.now();
    sum += performance.now() - begin;
  }
  return sum / rounds;
}

function checkTable({ messages, totalMilliseconds, checks }: CheckTimes): string {
  const rows = checks.map(({ check, milliseconds }) => `| ${check} | ${milliseconds.toFixed(1)} |`);
  return [
    `${messages} messages, ${totalMilliseconds.toFixed(0)} ms with reading, hashing and the clock`,
    '',
    '| check | ms |',
    '| --- | ---: |',
    ...rows,
  ].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [, , path] = process.argv;
  if (path === undefined)
    throw new Error('Unexpected absence of a path, expected a handoff or a package ZIP.');
  process.stdout.write(`${checkTable(await timeChecks(path))}\n`);
}
