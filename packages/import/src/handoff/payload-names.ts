import { NOT_READY_PACKAGE_NAME, PACKAGE_NAME } from '../locate-package.js';
import { PARTS_NAME, partOrder } from '../parts/package-parts.js';

/** Without one of these a handoff cannot be judged, or not be imported. */
const NEEDED = ['Import-Package.ps1', 'RUNBOOK.md', 'ledger.json', 'report.html', 'summary.json'];
const OTHERS = [
  'access.csv',
  'files-to-copy.csv',
  'findings.csv',
  'findings.ndjson',
  'junit.xml',
  'ledger.ndjson',
  'report.md',
];
const PLAN_FILE = /^plan\/(?:plan\.json|(?:categories|principals|rooms)\.csv)$/;

/** What of the files in `data/` speaks against a handoff, by their paths inside the bag. */
export interface PayloadNames {
  readonly missing: readonly string[];
  /** Files that no reader of a handoff opens: nobody has looked at what is in them. */
  readonly stray: readonly string[];
}

/** Compares the payload of a handoff with what a run of `transform` writes. */
export function payloadNames(paths: Iterable<string>): PayloadNames {
  const names = [...paths].map((path) => path.replace(/^data\//, ''));
  const isInParts = names.some((name) => partOrder(name) !== null);
  return {
    missing: NEEDED.filter((name) => !names.includes(name)).map((name) => `data/${name}`),
    stray: names.filter((name) => !isExpected(name, isInParts)).map((name) => `data/${name}`),
  };
}

function isExpected(name: string, isInParts: boolean): boolean {
  if (NEEDED.includes(name) || OTHERS.includes(name) || PLAN_FILE.test(name)) return true;
  if (isInParts) return name === PARTS_NAME || partOrder(name) !== null;
  return name === PACKAGE_NAME || name === NOT_READY_PACKAGE_NAME;
}
