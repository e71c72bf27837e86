import { basename, join } from 'node:path';
import type { ReadFault } from './check.js';
import { readSmallFile } from './handoff/manifest-files.js';
import { payloadHashes } from './handoff/payload-hashes.js';
import type { LedgerDocument } from './ledger.js';
import { PACKAGE_NAME } from './locate-package.js';
import { partOrder } from './package-parts.js';

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
 * an error of the transform), the exit code in `summary.json`; and whether summary and import script are about the package that
 * lies there. The name alone is told when it says so, because the rest follows.
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
    ...(handoffPath === null ? [] : await statementFaults(handoffPath)),
  ];
}

async function statementFaults(handoffPath: string): Promise<ReadFault[]> {
  const data = (name: string): string => join(handoffPath, 'data', name);
  const summary = await textOf(data('summary.json'));
  const script = await textOf(data('Import-Package.ps1'));
  const told = summary === null ? null : statementsIn(summary);
  const packages = [...(await payloadHashes(handoffPath))].filter(
    ([path]) => path === `data/${PACKAGE_NAME}` || partOrder(basename(path)) !== null,
  );
  const wrong = (file: string, path: string): ReadFault =>
    fault(`Unexpected package ${path}, expected the one that ${file} is about, by its SHA-256`);
  return [
    ...(told === null || told.exitCode === 0
      ? []
      : [
          fault(
            `Unexpected exit code ${told.exitCode} in summary.json, expected 0 behind a package that is ready`,
          ),
        ]),
    ...packages.flatMap(([path, sha256]) => [
      ...(told?.packages?.has(sha256) === false ? [wrong('summary.json', path)] : []),
      ...(script?.includes(sha256) === false ? [wrong('Import-Package.ps1', path)] : []),
    ]),
  ];
}

function fault(message: string): ReadFault {
  return { kind: 'mark', place: null, message, remedy: REMEDY };
}

function refusedRecords(ledger: LedgerDocument | null): number {
  return Object.values(ledger?.tables ?? {}).reduce((sum, { refused }) => sum + refused, 0);
}

/** null when there is no such file; empty when it is no plain file or too large. */
async function textOf(path: string): Promise<string | null> {
  try {
    return (await readSmallFile(path))?.toString('utf8') ?? '';
  } catch (cause) {
    if (cause instanceof Error && Reflect.get(cause, 'code') === 'ENOENT') return null;
    throw cause;
  }
}

interface Statements {
  readonly exitCode: number | string;
  /** SHA-256 of the package or of its parts; null when none is named. */
  readonly packages: ReadonlySet<unknown> | null;
}

function statementsIn(json: string): Statements {
  try {
    const { exitCode, package: single, parts } = JSON.parse(json);
    const named: { readonly sha256?: unknown }[] = Array.isArray(parts)
      ? parts
      : single == null
        ? []
        : [single];
    return {
      exitCode: typeof exitCode === 'number' ? exitCode : 'that is none',
      packages: named.length === 0 ? null : new Set(named.map((one) => one?.sha256)),
    };
  } catch {
    return { exitCode: 'that cannot be read', packages: null };
  }
}
