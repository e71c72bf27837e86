import { lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding, RunFailure } from '@chatferry/export';
import { type BagFile, listBagFiles } from './bag-files.js';
import { BAG_DECLARATION, BAG_INFO, OUTSIDE_SEAL, PAYLOAD_MANIFEST, TAG_MANIFEST } from './bag-manifest.js';
import { type BagDeclaration, lineWithoutLabel, parseDeclaration, tagValues } from './bag-text.js';
import { absenceFinding, manifestFiles, readSmallFile, readTagFile, sealFinding } from './manifest-files.js';
import { verifyManifests } from './verify-manifests.js';

/**
 * How strict: `bag` is RFC 8493, for a bag of anybody; `handoff` asks for what chatferry writes into every bag as well:
 * the SHA-256 manifests, which signature and custody stand on, Payload-Oxum, and every tag file in the tag manifest but
 * those that are made after it.
 */
export type BagStrictness = 'bag' | 'handoff';

/**
 * Compares a bag with its manifests, of whatever algorithms (RFC 8493, sections 2 and 3): missing, extra and changed
 * files, the count and size of the payload. A bag with fetch.txt is refused, because nothing is ever fetched. Reads
 * every file once and follows no link.
 *
 * Memory held: the paths of the bag.
 *
 * @returns error findings of `seal-intact`; none when the seal is whole.
 * @throws RunFailure `input-missing` or `input-unreadable`.
 */
export async function verifyBag(folder: string, strictness: BagStrictness = 'handoff'): Promise<Finding[]> {
  const present = await presentFiles(folder);
  const names = new Set(present.map((file) => file.path));
  const isHandoff = strictness === 'handoff';
  const missing = requiredFiles(isHandoff).find((required) => !names.has(required));
  if (missing !== undefined) return [absenceFinding(missing, 'a sealed handoff')];
  const findings: Finding[] = present.flatMap(({ path, isFile }) =>
    isFile ? [] : [sealFinding(path, 'link or device', 'plain files only')],
  );
  if (findings.length > 0) return findings;
  findings.push(...(await structureFaults(folder, names)));
  const declaration = await readDeclaration(folder, findings);
  const { version, encoding } = declaration;
  const manifests = manifestFiles(names).known;
  const all = { folder, encoding, findings };
  const payload = present.filter(({ path }) => path.startsWith('data/'));
  const bytes = await verifyManifests({
    ...all,
    manifests: manifests.filter(({ isOfTags }) => !isOfTags),
    files: payload,
    mustList: () => version !== '0.97',
    someMustList: true,
  });
  await verifyManifests({
    ...all,
    manifests: manifests.filter(({ isOfTags }) => isOfTags),
    files: present.filter(({ path }) => !path.startsWith('data/') && !isTagManifest(path)),
    mustList: ({ name }, path) => isHandoff && name === TAG_MANIFEST && !OUTSIDE_SEAL.includes(path),
    someMustList: false,
  });
  if (names.has(BAG_INFO)) {
    const info = (await readTagFile(folder, BAG_INFO, all)) ?? '';
    findings.push(...labelFaults(info), ...oxumFaults(info, { bytes, files: payload.length }, isHandoff));
  }
  return findings;
}

/** Tag manifests list no tag manifests (section 2.2.1), and further ones can but ask for more. */
function isTagManifest(path: string): boolean {
  return /^tagmanifest-[^/]+\.txt$/.test(path);
}

function requiredFiles(isHandoff: boolean): readonly string[] {
  return isHandoff ? [BAG_DECLARATION, BAG_INFO, PAYLOAD_MANIFEST, TAG_MANIFEST] : [BAG_DECLARATION];
}

async function structureFaults(folder: string, names: ReadonlySet<string>): Promise<Finding[]> {
  const { known, unknown } = manifestFiles(names);
  const hasPayload = await lstat(join(folder, 'data')).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return [
    ...(hasPayload ? [] : [absenceFinding('data', 'the folder of the payload')]),
    ...(known.some(({ isOfTags }) => !isOfTags)
      ? []
      : [absenceFinding(PAYLOAD_MANIFEST, 'one payload manifest at least')]),
    ...unknown.map((name) =>
      sealFinding(
        name,
        'checksum algorithm that is not known here',
        'sha256, sha512, sha384, sha224, sha1 or md5',
      ),
    ),
    ...(names.has('fetch.txt')
      ? [
          sealFinding(
            'fetch.txt',
            'list of files to be fetched',
            'every file in the bag itself',
            'Have the sender complete the bag, and remove fetch.txt from it; nothing is ever fetched here.',
          ),
        ]
      : []),
  ];
}

async function readDeclaration(folder: string, findings: Finding[]): Promise<BagDeclaration> {
  const bytes = await readSmallFile(join(folder, BAG_DECLARATION));
  const declaration = bytes === null ? null : parseDeclaration(bytes);
  if (declaration !== null) return declaration;
  findings.push(sealFinding(BAG_DECLARATION, 'other declaration', 'BagIt 1.0 in UTF-8'));
  return { version: '1.0', encoding: 'UTF-8' };
}

/** What lies in data/. */
interface Payload {
  readonly bytes: number;
  readonly files: number;
}

function labelFaults(info: string): Finding[] {
  const line = lineWithoutLabel(info);
  if (line === null) return [];
  return [sealFinding({ file: BAG_INFO, line }, 'line of another form', 'a label, a colon and a value')];
}

/** RFC 8493, section 2.2.2. */
function oxumFaults(info: string, held: Payload, isRequired: boolean): Finding[] {
  const [stated, second] = tagValues(info, 'Payload-Oxum');
  if (stated === undefined && !isRequired) return [];
  if (second !== undefined) return [sealFinding(BAG_INFO, 'Payload-Oxum twice', 'it once')];
  const oxum = `${held.bytes}.${held.files}`;
  if (stated === oxum) return [];
  const [, bytes, files] = /^(\d+)\.(\d+)$/.exec(stated ?? '') ?? [];
  if (bytes === undefined)
    return [
      sealFinding(
        BAG_INFO,
        stated === undefined ? 'absence of Payload-Oxum' : `Payload-Oxum ${stated}`,
        oxum,
      ),
    ];
  const seen = `${held.bytes} bytes in ${held.files} ${held.files === 1 ? 'file' : 'files'} of data/`;
  const expected = `${bytes} bytes in ${files}, as ${BAG_INFO} says`;
  // Whether the payload or the tag is wrong cannot be told from here, so neither is blamed.
  return [{ ...sealFinding(BAG_INFO, seen, expected), message: `Unexpected ${seen}, expected ${expected}` }];
}

async function presentFiles(folder: string): Promise<BagFile[]> {
  try {
    if ((await stat(folder)).isDirectory()) return await listBagFiles(folder, '');
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
