import type { Finding } from '../finding.js';
import { RunFailure } from '../run-failure.js';
import type { ExportDocument } from './export-document.js';
import { quoteName } from './quote-name.js';

/**
 * `export-manifest.json`, as Export-GroupChat.ps1 writes it beside the tables:
 * ```json
 * { "version": 1, "exportedOn": "2012-05-06T07:08:09Z",
 *   "tables": { "tblNode": { "rows": 45 } },
 *   "chatDate": { "min": "634000000000000000", "max": "634999999999999999" },
 *   "files": { "tblNode.xml": { "sha256": "…64 hex digits…" } } }
 * ```
 * `chatDate` (ticks, as strings) is null when there are no messages. Other keys are refused.
 */
export interface ExportManifest {
  readonly version: 1;
  /** ISO 8601 in UTC, to the second or finer. */
  readonly exportedOn: string;
  /** Rows by physical table name, such as `tblNode`. */
  readonly rows: ReadonlyMap<string, number>;
  /** Lowest and highest tblChat.chatDate in ticks (100 ns since 0001-01-01 UTC); null without messages. */
  readonly chatDate: TickRange | null;
  /** SHA-256 (hex, lower case) by document name inside the export. */
  readonly files: ReadonlyMap<string, string>;
}

export interface TickRange {
  readonly min: bigint;
  readonly max: bigint;
}

/** What a complete read of the export has counted. */
export interface SeenExport {
  readonly rows: ReadonlyMap<string, number>;
  readonly chatDate: TickRange | null;
  readonly documents: readonly Pick<ExportDocument, 'name' | 'sha256'>[];
}

export const MANIFEST_NAME = 'export-manifest.json';
/** A manifest has a line per table and file; more is no manifest. */
export const MANIFEST_BYTES = 16 * 1024 * 1024;

/**
 * Parses a manifest strictly; `name` is its name inside the export, and its file names are relative to its folder.
 * Throws `RunFailure` 'input-unreadable' naming the first value that is not as expected.
 */
export function parseManifest(text: string, name: string): ExportManifest {
  const root = fields(parseJson(text, name), name, ['version', 'exportedOn', 'tables', 'chatDate', 'files']);
  if (root.version !== 1) throw malformed(name, 'version', 'the number 1');
  const folder = name.slice(0, name.lastIndexOf('/') + 1);
  return {
    version: 1,
    exportedOn: matching(
      root.exportedOn,
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?Z$/,
      name,
      'exportedOn',
    ),
    rows: members(root.tables, name, 'tables', (table, value) => [table, rowCount(value, name, table)]),
    chatDate: tickRange(root.chatDate, name),
    files: members(root.files, name, 'files', (file, value) => [folder + file, sha256Of(value, name, file)]),
  };
}

/**
 * Holds what was read against the manifest: row counts per table, lowest and highest chatDate, SHA-256 per file. Each
 * difference is an error finding `manifest-mismatch`: the export is damaged or was changed.
 */
export function checkManifest(manifest: ExportManifest, seen: SeenExport): Finding[] {
  const findings: Finding[] = [];
  for (const table of sortedKeys(manifest.rows, seen.rows)) {
    const expected = manifest.rows.get(table);
    const rows = seen.rows.get(table) ?? 0;
    if (rows !== expected) findings.push(mismatch(`row count of ${table}`, `${rows}`, expected));
  }
  for (const end of ['min', 'max'] as const) {
    const expected = manifest.chatDate?.[end];
    const ticks = seen.chatDate?.[end];
    if (ticks !== expected) findings.push(mismatch(`${end} chatDate`, String(ticks ?? 'none'), expected));
  }
  const digests = new Map(seen.documents.map((document) => [document.name, document.sha256()]));
  for (const file of sortedKeys(manifest.files, digests)) {
    const expected = manifest.files.get(file);
    const digest = digests.has(file) ? (digests.get(file) ?? 'a file not read to its end') : 'no such file';
    if (digest !== expected) findings.push(mismatch(`SHA-256 of ${quoteName(file)}`, digest, expected, file));
  }
  return findings;
}

function mismatch(
  what: string,
  seen: string,
  expected: string | number | bigint | undefined,
  file?: string,
): Finding {
  const wanted = expected === undefined ? 'none' : String(expected);
  return {
    rule: 'manifest-mismatch',
    severity: 'error',
    place: file === undefined ? null : { file, line: 1, column: 1, record: null },
    message: `Unexpected ${what} ${seen}, expected ${wanted} by ${MANIFEST_NAME}; did nothing.`,
    seen,
    expected: wanted,
    did: 'nothing',
    remedy:
      'The export is incomplete, damaged or was changed after it was made: copy it again, or export again.',
  };
}

function sortedKeys(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].sort();
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(name, 'text', `JSON (${(error as Error).message})`);
  }
}

/** The members of an object that has exactly the `expected` keys. */
function fields(
  value: unknown,
  name: string,
  expected: readonly string[],
  path = '',
): Record<string, unknown> {
  const found =
    value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.keys(value).sort() : [];
  if (found.join() === [...expected].sort().join()) return value as Record<string, unknown>;
  throw malformed(name, path === '' ? 'document' : path, `an object with exactly ${expected.join(', ')}`);
}

function members<V>(
  value: unknown,
  name: string,
  path: string,
  read: (key: string, value: unknown) => [string, V],
): Map<string, V> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw malformed(name, path, 'an object');
  }
  return new Map(Object.entries(value).map(([key, member]) => read(key, member)));
}

function rowCount(value: unknown, name: string, table: string): number {
  const path = `tables.${table}`;
  const { rows } = fields(value, name, ['rows'], path);
  if (typeof rows !== 'number' || !Number.isSafeInteger(rows) || rows < 0) {
    throw malformed(name, `${path}.rows`, 'a whole number');
  }
  return rows;
}

function sha256Of(value: unknown, name: string, file: string): string {
  const { sha256 } = fields(value, name, ['sha256'], `files.${file}`);
  return matching(sha256, /^[\da-f]{64}$/i, name, `files.${file}.sha256`).toLowerCase();
}

function tickRange(value: unknown, name: string): TickRange | null {
  if (value === null) return null;
  const range = fields(value, name, ['min', 'max'], 'chatDate');
  const ticks = (end: 'min' | 'max'): bigint =>
    BigInt(matching(range[end], /^\d{1,19}$/, name, `chatDate.${end}`));
  return { min: ticks('min'), max: ticks('max') };
}

function matching(value: unknown, form: RegExp, name: string, path: string): string {
  if (typeof value === 'string' && form.test(value)) return value;
  throw malformed(name, path, `a string like ${form.source}`);
}

function malformed(name: string, path: string, expected: string): RunFailure {
  return new RunFailure(
    'input-unreadable',
    `${quoteName(name)}: unexpected ${quoteName(path)}, expected ${expected}.`,
    'Use the manifest as Export-GroupChat.ps1 wrote it, or remove it; without it nothing proves that the export is complete.',
  );
}
