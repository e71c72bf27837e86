import { posix } from 'node:path';
import type { Report, Severity } from '../finding.js';
import { CHAT_TABLE, tableOfFile } from '../rows/tables.js';
import { type ByteSource, readStart } from './byte-source.js';
import { isCalledTables, NEVER_TABLES } from './folder-files.js';
import { quoteName } from './quote-name.js';
import type { RefusedFormat } from './refused-formats.js';

/** Where files that are not read are told of, each with a finding `file-not-read`. */
export interface Skipping {
  readonly report: Report;
  /** Added to. */
  readonly skipped: { readonly file: string; readonly what: string }[];
}

/** The first bytes of what macOS keeps beside a file on foreign disks, as `._tblChat.xml` (AppleDouble, RFC 1740). */
const APPLE_DOUBLE = '\x00\x05\x16\x07';

/** A hidden file may hold tables when it is called so and is not what macOS keeps beside a file. */
export async function skipHidden(skipping: Skipping, source: ByteSource): Promise<void> {
  const isBeside =
    posix.basename(source.name).startsWith('._') &&
    (await readStart(source.open(), 4)).toString('latin1') === APPLE_DOUBLE;
  if (isBeside || !isCalledTables(source.name)) {
    skip(skipping, source.name, { what: 'a hidden file', severity: 'note' });
  } else skipLost(skipping, source.name, 'a hidden file');
}

/** What may hold tables and is not read blocks the import: its messages would be missing and nobody would know. */
export function skipLost(skipping: Skipping, name: string, what: string): void {
  const remedy = `Put a plain file of tables, not hidden, in its place and run again; or remove it when it is not part of the export.`;
  skip(skipping, name, { what, severity: 'error', remedy });
}

/**
 * A documented table may be empty, and one that is needed ends the run later; messages and unknown names may be lost.
 */
export function isLostEmpty(name: string, found: RefusedFormat): boolean {
  if (found.code !== 'input-empty') return false;
  const table = tableOfFile(name);
  return table === CHAT_TABLE || (table === null && /\.xml$/i.test(name));
}

/** Whether a file's name says that it never holds tables; then it is skipped with a note. */
export function skipsByName(skipping: Skipping, name: string): boolean {
  if (!NEVER_TABLES.test(name)) return false;
  skip(skipping, name, { what: 'a schema, page, settings or Office file', severity: 'note' });
  return true;
}

export function skip(
  skipping: Skipping,
  file: string,
  reason: { what: string; severity: Severity; remedy?: string },
): void {
  const { what, severity, remedy } = reason;
  skipping.skipped.push({ file, what });
  skipping.report({
    rule: 'file-not-read',
    severity,
    place: { file, line: 1, column: 1, record: null },
    message: `Unexpected file ${quoteName(file)}, which is ${what}, expected XML tables; did not read it.`,
    seen: what,
    expected: 'XML tables',
    did: 'not read',
    ...(remedy === undefined ? {} : { remedy }),
  });
}
