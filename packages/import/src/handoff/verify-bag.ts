import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding, RunFailure } from '@chatferry/export';
import { type BagFile, digestFile, listBagFiles } from './bag-files.js';
import {
  BAG_DECLARATION,
  BAG_INFO,
  type ManifestLine,
  PAYLOAD_MANIFEST,
  parseManifestLine,
  TAG_MANIFEST,
} from './bag-manifest.js';

const CHECK = 'seal-intact';
const REMEDY = 'Copy the handoff again from where it was made; do not import this copy.';

/**
 * Compares a sealed handoff with its manifests (RFC 8493, sections 3 and 5): missing, extra and changed files, the count and
 * size of the payload. Stricter than the RFC in one point: a tag file that the tag manifest does not list is a finding too,
 * except the tag manifest itself and its signature. Reads every file once and follows no link.
 *
 * Memory held: the paths of the bag.
 *
 * @returns error findings of `seal-intact`; none when the seal is whole.
 * @throws RunFailure `input-missing` or `input-unreadable`.
 */
export async function verifyBag(folder: string): Promise<Finding[]> {
  const present = await presentFiles(folder);
  const names = new Set(present.map((file) => file.path));
  for (const required of [BAG_DECLARATION, BAG_INFO, PAYLOAD_MANIFEST, TAG_MANIFEST]) {
    if (!names.has(required)) return [finding(required, 'no such file', 'a sealed handoff')];
  }
  const findings: Finding[] = present.flatMap(({ path, isFile }) =>
    isFile ? [] : [finding(path, 'a link or device', 'plain files only')],
  );
  if (findings.length > 0) return findings;
  const declaration = await readFile(join(folder, BAG_DECLARATION), 'utf8');
  if (!/^BagIt-Version: 1\.0\r?\nTag-File-Character-Encoding: UTF-8\r?\n?$/.test(declaration)) {
    findings.push(finding(BAG_DECLARATION, 'another declaration', 'BagIt 1.0 in UTF-8'));
  }
  const payload = present.filter(({ path }) => path.startsWith('data/'));
  const tags = present.filter(({ path }) => !path.startsWith('data/') && !isOutsideSeal(path));
  const bytes = await verifyManifest({ folder, manifest: PAYLOAD_MANIFEST, files: payload, findings });
  await verifyManifest({ folder, manifest: TAG_MANIFEST, files: tags, findings });
  const oxum = `${bytes}.${payload.length}`;
  const stated = /^Payload-Oxum:[ \t]*(\S+)/m.exec(await readFile(join(folder, BAG_INFO), 'utf8'))?.[1];
  if (stated !== oxum) findings.push(finding(BAG_INFO, `Payload-Oxum ${stated ?? 'missing'}`, oxum));
  return findings;
}

function isOutsideSeal(path: string): boolean {
  return path === TAG_MANIFEST || path === `${TAG_MANIFEST}.sig`;
}

interface ManifestScope {
  readonly folder: string;
  readonly manifest: string;
  /** What lies in the bag and belongs to the manifest. */
  readonly files: readonly BagFile[];
  /** Added to. */
  readonly findings: Finding[];
}

/** Compares the manifest with the files that it must list exactly; returns the bytes of those files. */
async function verifyManifest({ folder, manifest, files, findings }: ManifestScope): Promise<number> {
  const listed = readManifest(await readFile(join(folder, manifest), 'utf8'), manifest, findings);
  const present = new Set(files.map(({ path }) => path));
  for (const path of listed.keys()) {
    if (!present.has(path)) findings.push(finding(path, 'no such file', `one, because ${manifest} lists it`));
  }
  let total = 0;
  for (const { path } of files) {
    const { sha256, bytes } = await digestFile(join(folder, path));
    total += bytes;
    const expected = listed.get(path);
    if (expected === undefined) findings.push(finding(path, 'an extra file', `only what ${manifest} lists`));
    else if (expected !== sha256) findings.push(finding(path, `SHA-256 ${sha256}`, expected));
  }
  return total;
}

function readManifest(text: string, manifest: string, findings: Finding[]): Map<string, string> {
  const listed = new Map<string, string>();
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  lines.forEach((line, index) => {
    const parsed: ManifestLine | null = parseManifestLine(line);
    if (parsed === null) {
      findings.push(
        finding({ file: manifest, line: index + 1 }, 'a line of another form', 'a SHA-256 and a path'),
      );
    } else if (listed.has(parsed.path)) {
      findings.push(finding({ file: manifest, line: index + 1 }, `${parsed.path} twice`, 'each path once'));
    } else {
      listed.set(parsed.path, parsed.sha256);
    }
  });
  return listed;
}

async function presentFiles(folder: string): Promise<BagFile[]> {
  try {
    if ((await lstat(folder)).isDirectory()) return await listBagFiles(folder, '');
  } catch (cause) {
    const isMissing = cause instanceof Error && Reflect.get(cause, 'code') === 'ENOENT';
    throw new RunFailure(
      isMissing ? 'input-missing' : 'input-unreadable',
      `${folder} ${isMissing ? 'does not exist' : 'cannot be read'}.`,
      'Name the folder of a handoff that you may read.',
      { cause },
    );
  }
  throw new RunFailure('input-unreadable', `${folder} is not a folder.`, 'Name the folder of a handoff.');
}

function finding(at: string | { file: string; line: number }, seen: string, expected: string): Finding {
  const { file, line } = typeof at === 'string' ? { file: at, line: 1 } : at;
  return {
    rule: CHECK,
    severity: 'error',
    place: { file, line, column: 1, record: null },
    message: `Unexpected ${seen} at ${file}, expected ${expected}; nothing was changed.`,
    seen,
    expected,
    remedy: REMEDY,
  };
}
