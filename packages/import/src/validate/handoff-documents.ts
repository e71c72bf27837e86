import { createReadStream } from 'node:fs';
import { basename, join } from 'node:path';
import type { Severity } from '@chatferry/export';
import { isPlainFile } from '../handoff/bag-files.js';
import { readSmallFile } from '../handoff/manifest-files.js';
import type { LedgerDocument } from '../ledger/ledger.js';
import { PACKAGE_NAME } from '../locate-package.js';
import { partOrder } from '../parts/package-parts.js';
import { importPackageScript } from '../reports/import-script.js';

const SCRIPT = 'Import-Package.ps1';
/** Whoever reads one of these must be able to tell from it by which bytes it stands. */
const NAMING_THE_PACKAGE = ['summary.json', 'report.html', SCRIPT] as const;

interface Held {
  /** SHA-256 (hex) by path inside the bag. */
  readonly payload: ReadonlyMap<string, string>;
  readonly ledger: LedgerDocument | null;
}

/** Sentences. */
export interface DocumentFaults {
  /** The summary has the exit code of a package that is not ready; its counts are not looked at then. */
  readonly exitCode: readonly string[];
  /** What the documents say otherwise than the files beside them. */
  readonly mismatches: readonly string[];
}

/**
 * What speaks against the documents of a handoff: summary, report and import script name another package, or the
 * summary has an exit code or counts that are not those of a ready package and its ledger. A document that is not there
 * says nothing. Memory: summary.json, and one chunk of the others.
 */
export async function documentFaults(
  handoffPath: string,
  { payload, ledger }: Held,
): Promise<DocumentFaults> {
  const packages = [...payload].filter(
    ([path]) => path === `data/${PACKAGE_NAME}` || partOrder(basename(path)) !== null,
  );
  const { exitCode, mismatches } = await summaryFaults(join(handoffPath, 'data/summary.json'), ledger);
  const faults = [...mismatches];
  for (const name of NAMING_THE_PACKAGE) {
    const path = join(handoffPath, 'data', name);
    const told = isPlainFile(path) ? await withoutThoseIn(path, new Map(packages)) : [];
    if (name === SCRIPT && told.length === 0) faults.push(...(await scriptFaults(path, packages)));
    faults.push(
      ...told.map(
        (one) => `Unexpected package ${one}, expected the one that ${name} is about, by its SHA-256`,
      ),
    );
  }
  return { exitCode, mismatches: faults };
}

/** It runs with the rights of an administrator of the target, so that no line of it may be another's. */
async function scriptFaults(
  path: string,
  packages: readonly (readonly [path: string, sha256: string])[],
): Promise<string[]> {
  const bytes = isPlainFile(path) ? await readSmallFile(path) : null;
  if (bytes === null || packages.length === 0) return [];
  const ordered = packages
    .map(([zip, sha256]) => ({ name: basename(zip), sha256 }))
    .sort(({ name: one }, { name: other }) => Number(partOrder(one)) - Number(partOrder(other)));
  if (bytes.toString('latin1') === importPackageScript({ isReady: true, packages: ordered })) return [];
  return [
    `Unexpected text of ${SCRIPT}, expected the script of this version for this package; do not run it`,
  ];
}

/** Findings of whoever made the handoff, all of them in data/findings.csv. */
export type RecordedFindings = Readonly<Record<Severity, number>>;

/** How many findings a handoff says to have; null when its summary does not tell. */
export async function recordedFindings(handoffPath: string): Promise<RecordedFindings | null> {
  const summary = await readSummary(join(handoffPath, 'data/summary.json'));
  const told = isObject(summary?.findings) ? summary.findings : {};
  const { error, warning, note } = told;
  return isCount(error) && isCount(warning) && isCount(note) ? { error, warning, note } : null;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** null for what is no JSON object, and for no plain file. */
async function readSummary(path: string): Promise<Record<string, unknown> | null> {
  return isPlainFile(path) ? parsed((await readSmallFile(path))?.toString('utf8') ?? '') : null;
}

/** The keys of the texts (ASCII) that do not occur in a file. */
async function withoutThoseIn(path: string, texts: Map<string, string>): Promise<string[]> {
  const longest = Math.max(0, ...[...texts.values()].map((text) => text.length));
  let before = '';
  for await (const chunk of createReadStream(path, 'latin1')) {
    const text = before + String(chunk);
    for (const [key, sought] of texts) if (text.includes(sought)) texts.delete(key);
    if (texts.size === 0) break;
    before = text.slice(Math.max(0, text.length - longest + 1));
  }
  return [...texts.keys()];
}

async function summaryFaults(path: string, ledger: LedgerDocument | null): Promise<DocumentFaults> {
  if (!isPlainFile(path)) return { exitCode: [], mismatches: [] };
  const summary = await readSummary(path);
  const exitCode = exitCodeOf(summary);
  if (exitCode !== 0) {
    const said = `Unexpected exit code ${exitCode} in summary.json, expected 0 behind a package that is ready`;
    return typeof exitCode === 'number'
      ? { exitCode: [said], mismatches: [] }
      : { exitCode: [], mismatches: [said] };
  }
  const tables: unknown = isObject(summary?.counts) ? summary.counts.tables : undefined;
  const mismatches = Object.entries(ledger?.tables ?? {})
    .filter(([name, account]) => !isSameAccount(isObject(tables) ? tables[name] : undefined, account))
    .map(([name]) => `Unexpected counts of ${name} in summary.json, expected those of ledger.json`);
  return { exitCode: [], mismatches };
}

function exitCodeOf(summary: Record<string, unknown> | null): number | string {
  if (summary === null) return 'that cannot be read';
  return typeof summary.exitCode === 'number' ? summary.exitCode : 'that is none';
}

const COUNTS = ['read', 'carried', 'changed', 'excluded', 'refused', 'written'] as const;

function isSameAccount(told: unknown, account: LedgerDocument['tables'][string]): boolean {
  return isObject(told) && COUNTS.every((count) => told[count] === account[count]);
}

function parsed(json: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
