import { basename } from 'node:path';
import { type Finding, type HashMaker, partEnded, type Report } from '@chatferry/export';
import { CHECKS } from '../checks/index.js';
import type { Layout } from '../layout/layout.js';
import { ledgerFault, readLedger } from '../ledger/ledger-beside.js';
import { partsFault } from '../locate-package.js';
import { PackageDirectory } from '../read-package/package-directory.js';
import { PackageLedger } from '../read-package/package-ledger.js';
import { readPackage } from '../read-package/read-package.js';
import {
  isShared,
  otherDocument,
  otherShared,
  partPrefix,
  sharedDocuments,
} from '../read-package/read-parts.js';
import { FindingCounter } from '../validate/finding-counter.js';
import { CheckRun, type SkippedCheck } from '../validate/run-checks.js';
import {
  checkHandoff,
  checkStatements,
  type ValidateOptions,
  type ValidationResult,
  validatePackage,
} from '../validate/validate-package.js';
import type { ParsedParts } from './package-parts.js';
import { partDifferences } from './part-differences.js';
import { WholePackage } from './whole-package.js';

export interface ValidatePartsOptions extends Omit<ValidateOptions, 'zipPath'> {
  /** In the order of the import. */
  readonly zipPaths: readonly string[];
  /** The order file; null for a package in one piece, which `validatePackage` validates. */
  readonly parts: ParsedParts | null;
}

const PART_CHECKS = CHECKS.filter(({ overParts }) => overParts !== true);
const WHOLE_CHECKS = CHECKS.filter(({ overParts }) => overParts === true);

/**
 * The gate for a package in several parts: every check over each part alone, then what must hold of all together. What
 * is said of shared documents is said of the first part's only; another's that differ are an error.
 *
 * Memory: what `validatePackage` states, for the whole directory; principals and categories once more while a part is
 * read.
 *
 * @throws RunFailure when a ZIP or the ledger is missing or cannot be read at all.
 */
export async function validateParts(options: ValidatePartsOptions): Promise<ValidationResult> {
  const { zipPaths, parts } = options;
  const [only] = zipPaths;
  if (only === undefined) throw new TypeError('a package has one part at least');
  if (parts === null && zipPaths.length === 1) return await validatePackage({ ...options, zipPath: only });
  const counter = new FindingCounter(options.report);
  const parsed = await readLedger(options);
  const whole = new WholePackage();
  const run = new CheckRun(WHOLE_CHECKS, { ...whole.context, ledger: parsed.ledger }, counter.report);
  if (parsed.ledger === null) run.skip('ledger-balances', parsed.fault ?? 'no ledger was given');
  if (parsed.fault !== null) counter.report(ledgerFault(parsed.fault));
  const seal = await checkHandoff(options, run);
  await checkStatements(options, parsed.ledger, { run, report: counter.report });
  // Of every check, those of single parts too.
  const outside = new CheckRun(CHECKS, { ...whole.context, ledger: parsed.ledger }, counter.report);
  const compared = (await options.compareOutside?.(parsed.ledger, (fault) => outside.fault(fault))) ?? [];
  const sayPart = (message: string): void => {
    const remedy = 'Copy the handoff again, or run the transform again.';
    run.fault({ kind: 'parts', place: null, message, remedy });
  };
  const fault = partsFault({ parts, zipPaths: zipPaths as [string, ...string[]] });
  if (fault !== null) sayPart(fault);
  const reading = new PartReading(options, counter.report);
  const expected = await sharedDocuments(only, options.layout);
  for (const zipPath of zipPaths) {
    const other = otherDocument(expected, await sharedDocuments(zipPath, options.layout));
    if (other !== null) run.fault({ kind: 'parts', ...otherShared(zipPath, other) });
    const read = await reading.read(zipPath, { isFirst: zipPath === only });
    whole.add(read, { isFirst: zipPath === only });
    const listed = parts?.parts?.find(({ name }) => name === basename(zipPath));
    if (listed !== undefined) for (const one of await partDifferences(listed, read, options)) sayPart(one);
  }
  run.directoryRead();
  run.end();
  const { directory, tallies } = whole.context;
  return {
    counts: counter.sorted(),
    errors: counter.errors,
    warnings: counter.warnings,
    messages: tallies.messages,
    bytes: reading.bytes,
    skipped: inOrder([...run.skipped, ...reading.skipped]),
    compared,
    seal,
    directory,
    tallies: tallies.tallies,
  };
}

/** As the list of all checks has them: which of them look at all parts together says nothing about their place. */
function inOrder(skipped: readonly SkippedCheck[]): readonly SkippedCheck[] {
  return CHECKS.flatMap(({ id }) => skipped.filter(({ check }) => check === id));
}

/** What was read of one part. */
export interface ReadPart {
  readonly directory: PackageDirectory;
  readonly ledger: PackageLedger;
}

/** Reads parts one after the other, each through checks of its own. */
class PartReading {
  bytes = 0;
  readonly #layout: Layout;
  readonly #makeHash: HashMaker | undefined;
  readonly #progress: (bytes: number) => void;
  readonly #report: Report;
  readonly #onMessage: ValidatePartsOptions['onMessage'];
  readonly #skipped = new Map<string, string>();

  constructor({ layout, makeHash, onMessage, progress }: ValidatePartsOptions, report: Report) {
    this.#layout = layout;
    this.#makeHash = makeHash;
    this.#onMessage = onMessage;
    this.#progress = progress ?? (() => undefined);
    this.#report = report;
  }

  /** A check that was skipped for several parts once. */
  get skipped(): SkippedCheck[] {
    return [...this.#skipped].map(([check, reason]) => ({ check, reason }));
  }

  async read(zipPath: string, { isFirst }: { readonly isFirst: boolean }): Promise<ReadPart> {
    const directory = new PackageDirectory();
    const ledger = new PackageLedger(directory, this.#makeHash);
    const report = this.#reportOf(zipPath, isFirst);
    const run = new CheckRun(PART_CHECKS, { directory, tallies: ledger, ledger: null }, report);
    const visitor = {
      directory,
      fault: run.fault.bind(run),
      directoryRead: () => run.directoryRead(),
      message: (message: Parameters<CheckRun['message']>[0]) => {
        ledger.message(message);
        run.message(message);
        this.#onMessage?.(message);
      },
      progress: (count: number) => {
        this.bytes += count;
        this.#progress(this.bytes);
      },
    };
    await readPackage(zipPath, this.#layout, visitor, { prefix: partPrefix(zipPath) });
    ledger.finish();
    run.end();
    // The next part is read through buffers of its own.
    partEnded();
    for (const { check, reason } of run.skipped) {
      this.#skipped.set(check, this.#skipped.get(check) ?? `${basename(zipPath)}: ${reason}`);
    }
    return { directory, ledger };
  }

  /** Every finding has a place, which begins with the name of the part. */
  #reportOf(zipPath: string, isFirst: boolean): Report {
    const prefix = partPrefix(zipPath);
    const repeated = new Set(this.#layout.documents.filter(isShared).map(({ name }) => prefix + name));
    return (finding: Finding) => {
      if (!isFirst && finding.place !== null && repeated.has(finding.place.file)) return;
      const place = finding.place ?? { file: basename(zipPath), line: 1, column: 1, record: null };
      this.#report({ ...finding, place });
    };
  }
}
