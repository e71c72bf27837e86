import type { FaultReport } from '../check.js';

const REMEDY =
  'Do not import. Was the package made from this export? If so, run the transform again; if it differs again, report it as a defect.';

/** One thing that the export contradicts. */
export function sayDifference(
  fault: FaultReport,
  message: string,
  more: Omit<Parameters<FaultReport>[0], 'kind' | 'message' | 'place'> & {
    readonly place?: Parameters<FaultReport>[0]['place'];
  } = {},
): void {
  fault({ kind: 'source', place: null, remedy: REMEDY, message, ...more });
}
