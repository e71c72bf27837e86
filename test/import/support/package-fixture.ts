import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding } from '@chatferry/export';
import {
  DEFAULT_LAYOUT,
  type ValidateOptions,
  type ValidationResult,
  validatePackage,
} from '@chatferry/import';
import { type RawEntry, rawZip } from '../../support/raw-zip.js';
import { inTemporaryFolder } from '../../support/temporary-folder.js';

/** fixtures/package: `sound` is a whole package, every other folder holds only the documents that differ from it. */
export const PACKAGES = fileURLToPath(new URL('../../../fixtures/package', import.meta.url));

export type Documents = Map<string, Buffer | string>;

/** The documents of a fixture by name, in the layout's order, without its ledger. */
export function documentsOf(fixture: string): Documents {
  const names = DEFAULT_LAYOUT.documents.map(({ name }) => name);
  const own = readdirSync(join(PACKAGES, fixture));
  return new Map(
    names.map((name) => [name, readFileSync(join(PACKAGES, own.includes(name) ? fixture : 'sound', name))]),
  );
}

/** A document, what to find in it (once), what to put there. */
export type Edit = readonly [string, string | RegExp, string];

/** The sound package with replacements. */
export function soundBut(...edits: readonly Edit[]): Documents {
  const documents = documentsOf('sound');
  for (const [name, from, to] of edits) {
    const before = String(documents.get(name));
    const after = before.replace(from, () => to);
    if (after === before) throw new Error(`${name} has no ${from}`);
    documents.set(name, after);
  }
  return documents;
}

export function zipOf(documents: Documents): Buffer {
  return rawZip(
    [...documents].map(([name, data]): RawEntry => ({ name, data: Buffer.from(data), method: 8 })),
  );
}

export interface Validated {
  readonly findings: readonly Finding[];
  readonly result: ValidationResult;
}

/** Writes the ZIP to a temporary folder, validates it and removes it. */
export async function validated(zip: Buffer, options: Partial<ValidateOptions> = {}): Promise<Validated> {
  return await inTemporaryFolder(async (folder) => {
    const findings: Finding[] = [];
    const zipPath = join(folder, 'package.zip');
    writeFileSync(zipPath, zip);
    const result = await validatePackage({
      zipPath,
      ledgerPath: null,
      handoffPath: null,
      layout: DEFAULT_LAYOUT,
      report: (finding) => findings.push(finding),
      ...options,
    });
    return { findings, result };
  });
}

/** What a finding comes down to in an assertion. */
export function brief({ severity, rule, place, message }: Finding): string {
  const at = place === null ? '-' : `${place.file}:${place.line}:${place.column} ${place.record ?? '-'}`;
  return `${severity} ${rule} ${at} ${message}`;
}
