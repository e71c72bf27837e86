import type { HashMaker, Report } from '@chatferry/export';
import type { FaultReport } from '../check.js';
import { CHECKS } from '../checks/index.js';
import { verifyBag } from '../handoff/verify-bag.js';
import type { Layout } from '../layout/layout.js';
import type { LedgerDocument } from '../ledger/ledger.js';
import { ledgerFault, readLedger } from '../ledger/ledger-beside.js';
import { listFaults } from '../ledger/ledger-list.js';
import { PackageDirectory } from '../read-package/package-directory.js';
import { PackageLedger, type RoomTally } from '../read-package/package-ledger.js';
import type { PackageMessage } from '../read-package/package-message.js';
import { readPackage } from '../read-package/read-package.js';
import type { ReferenceForm } from '../reference/compare-with-reference.js';
import { checkSeal, NO_TRUST, type SealReport, type SealTrust } from '../seal/seal-report.js';
import { FindingCounter } from './finding-counter.js';
import { readinessFaults } from './readiness.js';
import { CheckRun, type SkippedCheck } from './run-checks.js';

export interface ValidateOptions {
  readonly zipPath: string;
  /** ledger.json; null skips `ledger-balances`, and is an error of a handoff. */
  readonly ledgerPath: string | null;
  /** The folder of a sealed handoff; null skips the checks of the seal. */
  readonly handoffPath: string | null;
  /** What signature and custody are held against; nothing by default. */
  readonly trust?: SealTrust;
  /**
   * Whether the name of the package calls it not ready. Left out while the handoff is still being made: it then says
   * nothing.
   */
  readonly isMarkedNotReady?: boolean;
  readonly layout: Layout;
  readonly report: Report;
  /** Uncompressed bytes read so far. */
  readonly progress?: (bytes: number) => void;
  /** Told of every message, in the order of the package. */
  readonly onMessage?: (message: PackageMessage) => void;
  /** Where the rooms are hashed; default: on the calling thread. */
  readonly makeHash?: HashMaker;
  /** Whether the ZIP is one part of a package, whose other parts are not at hand; default false. */
  readonly isPart?: boolean;
  /** Compares with what lies outside the handoff, once the ledger is known; default: nothing does. */
  readonly compareOutside?: (
    ledger: LedgerDocument | null,
    fault: FaultReport,
  ) => Promise<readonly ComparedWith[]>;
}

/** What a package was compared with that does not lie in its handoff, by the bytes that were read. */
export interface ComparedWith {
  readonly what: 'export' | 'reference';
  /** As it was named. */
  readonly path: string;
  /** SHA-256 (hex) of each document of an export, out of any archive; of a reference, that of the ZIP. */
  readonly documents: readonly { readonly name: string; readonly sha256: string }[];
  /** Names of what lies in an export and was not read, so not compared either; none of a reference. */
  readonly notRead: readonly string[];
  /** Of an export, else null. */
  readonly messages: ComparedMessages | null;
  /** Of a reference only. */
  readonly form?: ReferenceForm;
}

/** What was expected of the messages of an export. */
export interface ComparedMessages {
  readonly read: number;
  /** By the list of exceptions; all others must be as they were. */
  readonly changed: number;
  readonly leftBehind: number;
  /** Whether the handoff says that nothing was decided, so that nothing but the rules explains a difference. */
  readonly isUndecided: boolean;
}

export interface ValidationResult {
  /** Findings of each check that had any, by check id, sorted. */
  readonly counts: ReadonlyMap<string, number>;
  /** The package may be imported when this is 0. */
  readonly errors: number;
  readonly warnings: number;
  /** Messages read back, and uncompressed bytes of all documents. */
  readonly messages: number;
  readonly bytes: number;
  /** Checks that had nothing to look at, and why; in the order of the checks. */
  readonly skipped: readonly SkippedCheck[];
  readonly compared: readonly ComparedWith[];
  /** Who vouches for the handoff; null for a ZIP without one. */
  readonly seal: SealReport | null;
  readonly directory: PackageDirectory;
  /** What the messages of each room add up to, by room id. */
  readonly tallies: ReadonlyMap<number, RoomTally>;
}

/**
 * The gate: reads a finished package back as a stranger would and runs every check over one pass.
 *
 * Memory: the directory (all records but messages, with places), a tally for each room, the ledger, and what each
 * check states on its page; nothing grows with the number of messages.
 *
 * @throws RunFailure when package or ledger are missing or cannot be read at all.
 */
export async function validatePackage(options: ValidateOptions): Promise<ValidationResult> {
  const counter = new FindingCounter(options.report);
  const parsed = await readLedger(options);
  const directory = new PackageDirectory();
  const tallies = new PackageLedger(directory, options.makeHash);
  const { isPart = false } = options;
  const context = { directory, tallies, ledger: parsed.ledger, isPart };
  const run = new CheckRun(CHECKS, context, counter.report);
  if (parsed.ledger === null) run.skip('ledger-balances', parsed.fault ?? 'no ledger was given');
  if (parsed.fault !== null) counter.report(ledgerFault(parsed.fault));
  const seal = await checkHandoff(options, run);
  await checkStatements(options, parsed.ledger, { run, report: counter.report });
  const compared = (await options.compareOutside?.(parsed.ledger, (fault) => run.fault(fault))) ?? [];
  let bytes = 0;
  await readPackage(options.zipPath, options.layout, {
    directory,
    fault: (fault) => run.fault(fault),
    directoryRead: () => run.directoryRead(),
    message(message) {
      tallies.message(message);
      run.message(message);
      options.onMessage?.(message);
    },
    progress(count) {
      bytes += count;
      options.progress?.(bytes);
    },
  });
  tallies.finish();
  run.end();
  return {
    counts: counter.sorted(),
    errors: counter.errors,
    warnings: counter.warnings,
    messages: tallies.messages,
    bytes,
    skipped: run.skipped,
    compared,
    seal,
    directory,
    tallies: tallies.tallies,
  };
}

const SEAL_CHECKS = ['seal-intact', 'seal-signature', 'custody-unbroken'];
const SEAL_BROKEN = 'the manifests that it compares with are not those of the files, see seal-intact';

/** What a finished handoff says of itself: that it is ready, and which records were not simply carried. */
export async function checkStatements(
  { handoffPath, isMarkedNotReady, ledgerPath }: ValidateOptions | Omit<ValidateOptions, 'zipPath'>,
  ledger: LedgerDocument | null,
  to: { readonly run: CheckRun; readonly report: Report },
): Promise<void> {
  if (isMarkedNotReady === undefined) return;
  for (const fault of await readinessFaults({ handoffPath, isMarkedNotReady, ledger })) to.run.fault(fault);
  if (ledger === null || ledgerPath === null) return;
  for (const finding of await listFaults(ledger, { ledgerPath, isOfHandoff: handoffPath !== null })) {
    to.report(finding);
  }
}

/**
 * The seal of the handoff; null without one. A broken one leaves nothing to hold the handoff's own documents against.
 */
export async function checkHandoff(
  options: Pick<ValidateOptions, 'handoffPath' | 'trust'>,
  run: CheckRun,
): Promise<SealReport | null> {
  if (options.handoffPath === null) {
    for (const check of SEAL_CHECKS) run.skip(check, 'no handoff was given');
    return null;
  }
  const faults = await verifyBag(options.handoffPath);
  for (const { rule: _, severity: __, ...said } of faults) run.fault({ kind: 'seal', ...said });
  if (faults.length > 0) run.skip('handoff-ready', SEAL_BROKEN);
  return await checkSeal(options.handoffPath, options.trust ?? NO_TRUST, run);
}
