import { join } from 'node:path';
import type { ReadFault } from './check.js';
import { readSmallFile } from './handoff/manifest-files.js';
import type { LedgerDocument } from './ledger.js';

const REMEDY = 'Read report.html of the handoff, resolve its error findings and run the transform again.';

/** What says whether a handoff is ready, beside the package itself. */
export interface ReadinessFacts {
  /** null for a bare ZIP. */
  readonly handoffPath: string | null;
  /** Whether the package is called not ready by its name. */
  readonly isMarkedNotReady: boolean;
  readonly ledger: LedgerDocument | null;
}

/**
 * What the handoff itself says against its being ready: the name of the package, records that the ledger calls refused (each was
 * an error of the transform), the exit code in `summary.json`. The name alone is told when it says so, because the rest follows.
 */
export async function readinessFaults(facts: ReadinessFacts): Promise<ReadFault[]> {
  if (facts.isMarkedNotReady) {
    return [fault('Unexpected mark NOT-READY on the package, expected a handoff without error findings')];
  }
  const refused = refusedRecords(facts.ledger);
  const exitCode =
    facts.handoffPath === null ? 0 : await exitCodeOf(join(facts.handoffPath, 'data/summary.json'));
  return [
    ...(refused === 0
      ? []
      : [
          fault(
            `Unexpected ${refused} refused records in the ledger, expected none behind a package that is ready`,
          ),
        ]),
    ...(exitCode === 0
      ? []
      : [
          fault(
            `Unexpected exit code ${exitCode} in summary.json, expected 0 behind a package that is ready`,
          ),
        ]),
  ];
}

function fault(message: string): ReadFault {
  return { kind: 'mark', place: null, message, remedy: REMEDY };
}

function refusedRecords(ledger: LedgerDocument | null): number {
  return Object.values(ledger?.tables ?? {}).reduce((sum, { refused }) => sum + refused, 0);
}

/** 0 when there is no summary, which the seal would miss; else whatever stands in it. */
async function exitCodeOf(path: string): Promise<unknown> {
  try {
    const bytes = await readSmallFile(path);
    return bytes === null ? 'that cannot be read' : exitCodeIn(bytes.toString('utf8'));
  } catch (cause) {
    if (cause instanceof Error && Reflect.get(cause, 'code') === 'ENOENT') return 0;
    throw cause;
  }
}

function exitCodeIn(json: string): unknown {
  try {
    const { exitCode } = JSON.parse(json);
    return typeof exitCode === 'number' ? exitCode : 'that is none';
  } catch {
    return 'that cannot be read';
  }
}
