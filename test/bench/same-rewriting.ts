import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FILES } from './contenders.js';

interface Entry {
  readonly name: string;
  readonly sha256: string;
}

/**
 * Whether the reference that rewrites the messages did the same work: its file must equal the package's document byte
 * for byte. null when there is nothing to compare: the reference was left out, or the package holds several documents
 * of messages.
 */
export async function isSameRewriting(folder: string): Promise<boolean | null> {
  const rewritten = join(folder, FILES.rewritten);
  const summary = join(folder, FILES.handoff, 'data', 'summary.json');
  if (!existsSync(rewritten) || !existsSync(summary)) return null;
  const written = JSON.parse(readFileSync(summary, 'utf8')) as { package: { entries: readonly Entry[] } };
  const documents = written.package.entries.filter(({ name }) => /^Messages.*\.xml$/.test(name));
  const [document] = documents;
  if (document === undefined || documents.length > 1) return null;
  const hash = createHash('sha256');
  await pipeline(createReadStream(rewritten), hash);
  return hash.digest('hex') === document.sha256;
}
