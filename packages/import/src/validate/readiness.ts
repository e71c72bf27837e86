import type { ReadFault } from '../check.js';
import { payloadHashes } from '../handoff/payload-hashes.js';
import { payloadNames } from '../handoff/payload-names.js';
import type { LedgerDocument } from '../ledger/ledger.js';
import { documentFaults } from './handoff-documents.js';

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
 * an error of the transform), documents that are missing or stray, and what those that are there say (`documentFaults`). The name
 * alone is told when it says so, because the rest follows.
 */
export async function readinessFaults(facts: ReadinessFacts): Promise<ReadFault[]> {
  const { handoffPath, isMarkedNotReady, ledger } = facts;
  if (isMarkedNotReady) {
    return [fault('Unexpected mark NOT-READY on the package, expected a handoff without error findings')];
  }
  const refused = refusedRecords(ledger);
  return [
    ...(refused === 0
      ? []
      : [
          fault(
            `Unexpected ${refused} refused records in the ledger, expected none behind a package that is ready`,
          ),
        ]),
    ...(handoffPath === null ? [] : (await handoffFaults(handoffPath, ledger)).map(fault)),
  ];
}

async function handoffFaults(handoffPath: string, ledger: LedgerDocument | null): Promise<string[]> {
  const payload = await payloadHashes(handoffPath);
  // A manifest that tells nothing is for `seal-intact` to say.
  if (payload.size === 0) return [];
  const { missing, stray } = payloadNames(payload.keys());
  return [
    // The absence of ledger.json is an error of its own.
    ...missing
      .filter((path) => path !== 'data/ledger.json')
      .map((path) => `Unexpected absence of ${path}, expected it in every handoff`),
    ...stray.map((path) => `Unexpected file ${path}, expected only what the transform writes`),
    ...(await documentFaults(handoffPath, { payload, ledger })),
  ];
}

function fault(message: string): ReadFault {
  return { kind: 'mark', place: null, message, remedy: REMEDY };
}

function refusedRecords(ledger: LedgerDocument | null): number {
  return Object.values(ledger?.tables ?? {}).reduce((sum, { refused }) => sum + refused, 0);
}
