import type { Buffer } from 'node:buffer';
import { lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '@chatferry/export';
import { decodeTags } from './bag-text.js';

/**
 * Checksum algorithms of manifests that Node has, and the hex digits of each. RFC 8493, section 2.4, asks for the first
 * two.
 */
const HEX_DIGITS: Readonly<Record<string, number>> = {
  sha256: 64,
  sha512: 128,
  sha384: 96,
  sha224: 56,
  sha1: 40,
  md5: 32,
};

/** A larger tag file is refused: it is held as text. 16 MiB are the names of more than 100,000 files. */
export const MOST_TAG_BYTES = 16 * 2 ** 20;

const MOST_TOLD = 500;

const REMEDY = 'Copy the handoff again from where it was made; do not import this copy.';

/** One manifest of a bag. */
export interface ManifestFile {
  /** Its name in the bag. */
  readonly name: string;
  readonly isOfTags: boolean;
  readonly algorithm: string;
  /** Of one checksum. */
  readonly hexDigits: number;
}

/**
 * The manifests among the names of a bag; null in place of an algorithm's digits is one that cannot be computed here.
 */
export function manifestFiles(names: Iterable<string>): { known: ManifestFile[]; unknown: string[] } {
  const known: ManifestFile[] = [];
  const unknown: string[] = [];
  for (const name of names) {
    const [, tag, algorithm] = /^(tag)?manifest-([^/]+)\.txt$/.exec(name) ?? [];
    if (algorithm === undefined) continue;
    const hexDigits = Object.hasOwn(HEX_DIGITS, algorithm) ? HEX_DIGITS[algorithm] : undefined;
    if (hexDigits === undefined) unknown.push(name);
    else known.push({ name, isOfTags: tag !== undefined, algorithm, hexDigits });
  }
  return { known, unknown };
}

/** The bytes of a small file, or null when it is larger than `MOST_TAG_BYTES` or no plain file. */
export async function readSmallFile(path: string): Promise<Buffer | null> {
  if (!(await lstat(path)).isFile()) return null;
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    return size > MOST_TAG_BYTES ? null : await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** A tag file as text; what keeps it from being read is added to the findings, and null comes back. */
export async function readTagFile(
  folder: string,
  name: string,
  { encoding, findings }: { readonly encoding: string; readonly findings: Finding[] },
): Promise<string | null> {
  const bytes = await readSmallFile(join(folder, name));
  if (bytes === null) {
    findings.push(sealFinding(name, `more than ${MOST_TAG_BYTES} bytes`, 'a tag file of a handoff'));
    return null;
  }
  const text = decodeTags(bytes, encoding);
  if (text === null) findings.push(sealFinding(name, `bytes that are not ${encoding}`, encoding));
  return text;
}

/** An error finding of `seal-intact`. */
export function sealFinding(
  at: string | { readonly file: string; readonly line: number },
  seen: string,
  expected: string,
  remedy = REMEDY,
): Finding {
  const { file: path, line } = typeof at === 'string' ? { file: at, line: 1 } : at;
  const file = clipped(path);
  const what = clipped(seen);
  return {
    rule: 'seal-intact',
    severity: 'error',
    place: { file, line, column: 1, record: null },
    message: `Unexpected ${what} at ${file}, expected ${expected}`,
    seen: what,
    expected,
    remedy,
  };
}

/** The same of a file that is not there. */
export function absenceFinding(path: string, expected: string): Finding {
  const seen = `absence of ${clipped(path)}`;
  return { ...sealFinding(path, seen, expected), message: `Unexpected ${seen}, expected ${expected}` };
}

/** Names and values of a bag from elsewhere may have megabytes. */
function clipped(text: string): string {
  return text.length > MOST_TOLD ? `${text.slice(0, MOST_TOLD).toWellFormed()}…` : text;
}
