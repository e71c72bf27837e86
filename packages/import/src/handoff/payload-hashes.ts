import { join } from 'node:path';
import { PAYLOAD_MANIFEST, parseManifestLine } from './bag-manifest.js';
import { readSmallFile } from './manifest-files.js';

/**
 * SHA-256 (hex) of the payload by path inside the bag, as its manifest names them; whether they are true is for
 * `verifyBag` to say.
 */
export async function payloadHashes(handoffPath: string): Promise<ReadonlyMap<string, string>> {
  const bytes = await readSmallFile(join(handoffPath, PAYLOAD_MANIFEST)).catch((cause: unknown) => {
    if (cause instanceof Error && Reflect.get(cause, 'code') === 'ENOENT') return null;
    throw cause;
  });
  const lines = (bytes?.toString('utf8') ?? '').split('\n').map(parseManifestLine);
  return new Map(lines.flatMap((line) => (line === null ? [] : [[line.path, line.sha256]])));
}
