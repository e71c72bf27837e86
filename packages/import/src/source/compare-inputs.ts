import { dirname, join } from 'node:path';
import type { FaultReport } from '../check.js';
import { readSmallFile } from '../handoff/manifest-files.js';
import { counted } from '../reports/wording.js';
import type { SourceDocument } from './read-source.js';

const REMEDY =
  'Name the export from which the package was made. If this is the same one in another form, nothing is wrong.';

/**
 * Says which documents of the export are not, byte by byte, those that the transform read, by the SHA-256 that `summary.json`
 * names beside the ledger; says nothing without it. A doubt only, because the same export may come in another form.
 */
export async function sayOtherInputs(
  ledgerPath: string,
  documents: readonly SourceDocument[],
  fault: FaultReport,
): Promise<void> {
  const read = await inputHashes(join(dirname(ledgerPath), 'summary.json'));
  if (read === null) return;
  const others = documents.filter(({ sha256 }) => !read.has(sha256));
  const [first] = others;
  if (first === undefined) return;
  const which =
    others.length === documents.length
      ? `${counted(others.length, 'document')} of the export, none of which the transform read`
      : `${first.name}${others.length === 1 ? '' : ` and ${counted(others.length - 1, 'other document')}`} of the export`;
  fault({
    kind: 'source-doubt',
    place: null,
    message: `Unexpected bytes of ${which}, expected those that summary.json names; their records were compared all the same`,
    remedy: REMEDY,
  });
}

/** null when there is no summary that could be read. */
async function inputHashes(path: string): Promise<ReadonlySet<unknown> | null> {
  try {
    const bytes = await readSmallFile(path);
    if (bytes === null) return null;
    const { inputs } = JSON.parse(bytes.toString('utf8'));
    return Array.isArray(inputs) ? new Set(inputs.map((input) => input?.sha256)) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return null;
    throw error;
  }
}
