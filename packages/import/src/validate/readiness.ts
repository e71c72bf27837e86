import type { ReadFault } from '../check.js';
import { payloadHashes } from '../handoff/payload-hashes.js';
import { payloadNames } from '../handoff/payload-names.js';
import type { LedgerDocument } from '../ledger/ledger.js';
import { documentFaults } from './handoff-documents.js';

/** Whoever made the handoff knew that it is not ready. */
const RESOLVE = 'Read report.html of the handoff, resolve its error findings and run the transform again.';
/** Its files are not about each other, so no report among them can be trusted to say why. */
const ASK_AGAIN = 'Do not import this copy. Ask for the handoff again from where it was made.';

/** What says whether a handoff is ready, beside the package itself. */
export interface ReadinessFacts {
  /** null for a bare ZIP. */
  readonly handoffPath: string | null;
  /** Whether the package is called not ready by its name. */
  readonly isMarkedNotReady: boolean;
  readonly ledger: LedgerDocument | null;
}

/**
 * What the handoff itself says against its being ready: the name of the package, records that the ledger calls refused
 * (each was an error of the transform), documents that are missing or stray, and what those that are there say
 * (`documentFaults`). The name alone is told when it says so, because the rest follows.
 */
export async function readinessFaults(facts: ReadinessFacts): Promise<ReadFault[]> {
  const { handoffPath, isMarkedNotReady, ledger } = facts;
  if (isMarkedNotReady) {
    return [
      fault('Unexpected mark NOT-READY on the package, expected a handoff without error findings', RESOLVE),
    ];
  }
  const refused = refusedRecords(ledger);
  return [
    ...(refused === 0
      ? []
      : [
          fault(
            `Unexpected ${refused} refused records in the ledger, expected none behind a package that is ready`,
            RESOLVE,
          ),
        ]),
    ...(handoffPath === null ? [] : await handoffFaults(handoffPath, ledger)),
  ];
}

async function handoffFaults(handoffPath: string, ledger: LedgerDocument | null): Promise<ReadFault[]> {
  const payload = await payloadHashes(handoffPath);
  // A manifest that tells nothing is for `seal-intact` to say.
  if (payload.size === 0) return [];
  const { missing, stray } = payloadNames(payload.keys());
  const { exitCode, mismatches } = await documentFaults(handoffPath, { payload, ledger });
  return [
    // The absence of ledger.json is an error of its own.
    ...missing
      .filter((path) => path !== 'data/ledger.json')
      .map((path) => fault(`Unexpected absence of ${path}, expected it in every handoff`, ASK_AGAIN)),
    ...stray.map((path) =>
      fault(`Unexpected file ${path}, expected only what the transform writes`, ASK_AGAIN),
    ),
    ...exitCode.map((message) => fault(message, RESOLVE)),
    ...mismatches.map((message) => fault(message, ASK_AGAIN)),
  ];
}

function fault(message: string, remedy: string): ReadFault {
  return { kind: 'mark', place: null, message, remedy };
}

function refusedRecords(ledger: LedgerDocument | null): number {
  return Object.values(ledger?.tables ?? {}).reduce((sum, { refused }) => sum + refused, 0);
}
