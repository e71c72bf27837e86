import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BROKEN_DOCUMENTS } from './broken-documents.js';
import { DIRTY_EXPORT } from './dirty-export.js';
import { exportText, inputsOfCase, runGolden, type TextFiles } from './golden.js';
import { TROUBLE_CASES } from './trouble-cases.js';
import { FIXTURES } from './write-fixtures.js';

/** One folder a case, by rule or condition: what goes in, and in `expected` what comes out. */
export const CONVERT = join(FIXTURES, 'convert');
/** One export with every error in it, and findings.ndjson. */
export const DIRTY = join(FIXTURES, 'dirty');
/** One document a fault that ends the run. */
export const BROKEN = join(FIXTURES, 'refuse', 'document');

/** The documents of `BROKEN` by file name. */
export function brokenDocuments(): TextFiles {
  const text = exportText({ change: [] });
  return new Map(Object.entries(BROKEN_DOCUMENTS).map(([name, { spoil }]) => [`${name}.xml`, spoil(text)]));
}

/** Writes every case and what comes of it, for maintainers to read the difference. */
async function writeGolden(): Promise<void> {
  for (const folder of [CONVERT, DIRTY, BROKEN]) await rm(folder, { recursive: true, force: true });
  for (const [rule, trouble] of Object.entries(TROUBLE_CASES)) {
    const folder = join(CONVERT, rule);
    await writeAll(folder, inputsOfCase(trouble));
    await writeAll(join(folder, 'expected'), (await runGolden(folder)).outcome);
  }
  await writeAll(DIRTY, inputsOfCase(DIRTY_EXPORT));
  const { outcome } = await runGolden(DIRTY);
  await writeAll(DIRTY, new Map([['findings.ndjson', outcome.get('findings.ndjson') ?? '']]));
  await writeAll(BROKEN, brokenDocuments());
}

async function writeAll(folder: string, files: TextFiles): Promise<void> {
  for (const [name, text] of files) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await writeGolden();
