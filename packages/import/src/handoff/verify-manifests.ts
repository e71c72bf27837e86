import { join } from 'node:path';
import { type Finding, RunFailure } from '@chatferry/export';
import { type BagFile, digestFileBy } from './bag-files.js';
import { parseChecksumLine, TAG_MANIFEST } from './bag-manifest.js';
import { linesOf } from './bag-text.js';
import { absenceFinding, type ManifestFile, readTagFile, sealFinding } from './manifest-files.js';

/** Lines that are none, after which a file is no manifest: 16 MiB of line feeds would be as many findings. */
const MOST_NOISE = 1000;

/** All manifests of the payload, or all of the tag files. */
export interface ManifestScope {
  readonly folder: string;
  readonly manifests: readonly ManifestFile[];
  /** What lies in the bag and is theirs to list. */
  readonly files: readonly BagFile[];
  readonly encoding: string;
  /** Whether the manifest must list the file, or may leave it out. */
  readonly mustList: (manifest: ManifestFile, path: string) => boolean;
  /** Whether some manifest must list every file. */
  readonly someMustList: boolean;
  /** Added to. */
  readonly findings: Finding[];
}

interface Listing {
  readonly manifest: ManifestFile;
  /** Digest by path. */
  readonly listed: ReadonlyMap<string, string>;
}

/** Compares manifests with the files that they list; each file is read once. Returns the bytes of the files. */
export async function verifyManifests(scope: ManifestScope): Promise<number> {
  const { files, findings, folder } = scope;
  const listings: Listing[] = [];
  for (const manifest of scope.manifests)
    listings.push({ manifest, listed: await readListing(manifest, scope) });
  let total = 0;
  for (const { path } of files) {
    const wanted = listings.filter(({ listed }) => listed.has(path));
    const lacking = listings.find(
      ({ manifest, listed }) => scope.mustList(manifest, path) && !listed.has(path),
    );
    if (lacking !== undefined) {
      findings.push(sealFinding(path, 'extra file', `only what ${lacking.manifest.name} lists`));
    } else if (scope.someMustList && wanted.length === 0) {
      findings.push(sealFinding(path, 'extra file', 'only what a manifest lists'));
    }
    const read = await digestListed(join(folder, path), wanted);
    if (read === null) {
      findings.push(sealFinding(path, 'file under a name that is not UTF-8', 'names in UTF-8'));
      continue;
    }
    total += read.bytes;
    for (const { manifest, listed } of wanted) {
      const digest = read.digests.get(manifest.algorithm);
      const expected = listed.get(path);
      if (digest === undefined || expected === undefined || digest === expected) continue;
      findings.push(sealFinding(path, `${algorithmName(manifest.algorithm)} ${digest}`, expected));
    }
  }
  return total;
}

/** null for a file that is not there under the name that the system gave: the name is not UTF-8. */
async function digestListed(
  file: string,
  wanted: readonly Listing[],
): Promise<Awaited<ReturnType<typeof digestFileBy>> | null> {
  try {
    return await digestFileBy(file, new Set(wanted.map(({ manifest }) => manifest.algorithm)));
  } catch (cause) {
    const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
    if (code === 'ENOENT') return null;
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EIO') throw cause;
    throw new RunFailure(
      'input-unreadable',
      `${file} cannot be read (${code}).`,
      'Run as a user who may read every file of the handoff, or copy it again.',
      { cause },
    );
  }
}

async function readListing(manifest: ManifestFile, scope: ManifestScope): Promise<Map<string, string>> {
  const { files, findings, folder } = scope;
  const listed = new Map<string, string>();
  const text = await readTagFile(folder, manifest.name, scope);
  const present = presentPaths(files);
  let number = 0;
  let noise = 0;
  for (const line of linesOf(text ?? '')) {
    number += 1;
    const at = { file: manifest.name, line: number };
    const parsed = parseChecksumLine(line, manifest.hexDigits);
    if (parsed === null) {
      const expected = `a ${algorithmName(manifest.algorithm)} and a path`;
      findings.push(sealFinding(at, 'line of another form', expected));
      noise += 1;
      if (noise < MOST_NOISE) continue;
      findings.push(sealFinding(at, `${MOST_NOISE} lines of another form; read no further`, 'a manifest'));
      break;
    }
    const path =
      [parsed.path, parsed.rawPath, parsed.path.normalize('NFC')]
        .map((each) => present.get(each))
        .find((each) => each !== undefined) ?? parsed.path;
    const scopeFault = outOfScope(parsed.path, manifest);
    if (scopeFault !== null) findings.push(sealFinding(at, `path ${parsed.path}`, scopeFault));
    else if (listed.has(path)) findings.push(sealFinding(at, `${path} twice`, 'each path once'));
    else listed.set(path, parsed.digest);
  }
  for (const path of listed.keys()) {
    if (present.has(path)) continue;
    findings.push(absenceFinding(path, `it, because ${manifest.name} lists it`));
  }
  return listed;
}

/** Paths as they are on the disk, also under their composed form: some systems decompose names that they copy. */
function presentPaths(files: readonly BagFile[]): Map<string, string> {
  const paths = new Map<string, string>();
  for (const { path } of files) if (!paths.has(path.normalize('NFC'))) paths.set(path.normalize('NFC'), path);
  for (const { path } of files) paths.set(path, path);
  return paths;
}

/** What a manifest may list, when the path is not of it. RFC 8493, sections 2.1.3 and 2.2.1. */
function outOfScope(path: string, { isOfTags }: ManifestFile): string | null {
  if (/^(?:[/~\\]|[A-Za-z]:)/.test(path) || path.split('/').includes('..'))
    return 'only paths inside of the bag';
  if (path.startsWith('data/') === isOfTags)
    return isOfTags ? 'only files outside of data/' : 'only files below data/';
  return isOfTags && /^tagmanifest-[^/]+\.txt$/.test(path)
    ? `no tag manifest, such as ${TAG_MANIFEST}`
    : null;
}

function algorithmName(algorithm: string): string {
  return algorithm.toUpperCase().replace(/^SHA/, 'SHA-');
}
