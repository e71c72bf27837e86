import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listBagFiles } from './bag-files.js';
import {
  BAG_DECLARATION,
  BAG_INFO,
  OUTSIDE_SEAL,
  PAYLOAD_MANIFEST,
  parseManifestLine,
  TAG_MANIFEST,
} from './bag-manifest.js';

const TAG_FILES: readonly string[] = [BAG_DECLARATION, BAG_INFO, PAYLOAD_MANIFEST, ...OUTSIDE_SEAL];

/**
 * Why a folder is not a handoff of ours that may be deleted, as the end of a sentence; null when it is one: its
 * bag-info.txt names chatferry, and each file is listed in its manifests. What the files hold is not looked at.
 * Memory held: the paths of the folder and of its manifests.
 */
export async function foreignInHandoff(folder: string): Promise<string | null> {
  const files = await listBagFiles(folder, '');
  const has = (name: string): boolean => files.some(({ path, isFile }) => isFile && path === name);
  if (!has(BAG_DECLARATION)) return `it has no ${BAG_DECLARATION}`;
  const info = has(BAG_INFO) ? await readFile(join(folder, BAG_INFO), 'utf8') : '';
  if (!/^Bag-Software-Agent:[ \t]*chatferry\b/m.test(info)) return `its ${BAG_INFO} does not name chatferry`;
  const ours = new Set(TAG_FILES);
  for (const manifest of [PAYLOAD_MANIFEST, TAG_MANIFEST]) {
    if (!has(manifest)) continue;
    for (const line of (await readFile(join(folder, manifest), 'utf8')).split(/\r?\n/)) {
      const listed = parseManifestLine(line);
      if (listed !== null) ours.add(listed.path);
    }
  }
  const foreign = files.find(({ path, isFile }) => !isFile || !ours.has(path));
  return foreign === undefined ? null : `it holds ${JSON.stringify(foreign.path)}, which no manifest lists`;
}
