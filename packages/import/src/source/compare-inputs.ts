import { dirname, join } from 'node:path';
import { type FaultReport, shown } from '../check.js';
import { readSmallFile } from '../handoff/manifest-files.js';
import { counted } from '../reports/wording.js';
import type { SourceDocument } from './read-source.js';

const REMEDY =
  'Name the export from which the package was made. If this is the same one in another form, nothing is wrong.';

/**
 * Says which documents of the export are not, byte by byte, those that the transform read, and which of those are not
 * in it, by the SHA-256 that `summary.json` names beside the ledger; says nothing without it. A doubt only, because the
 * same export may come in another form.
 */
export async function sayOtherInputs(
  ledgerPath: string,
  documents: readonly SourceDocument[],
  fault: FaultReport,
): Promise<void> {
  const read = await inputsRead(join(dirname(ledgerPath), 'summary.json'));
  if (read === null) return;
  const doubt = (message: string): void =>
    fault({ kind: 'source-doubt', place: null, message, remedy: REMEDY });
  const others = documents.filter(({ sha256 }) => !read.has(sha256));
  const [other] = others;
  const isOfTransform = others.length < documents.length;
  if (other !== undefined) {
    const which = isOfTransform
      ? `${other.name}${others.length === 1 ? '' : ` and ${counted(others.length - 1, 'other document')}`} of the export`
      : `${counted(others.length, 'document')} of the export, none of which the transform read`;
    doubt(
      `Unexpected bytes of ${which}, expected those that summary.json names; their records were compared all the same`,
    );
  }
  const here = new Set<unknown>(documents.flatMap(({ name, sha256 }) => [shown(name), sha256]));
  const missing = [...read].filter((input) => !input.some((one) => here.has(one))).map(([, name]) => name);
  const [first] = missing;
  // In another form of the export none is the same.
  if (first === undefined || !isOfTransform) return;
  const more = missing.length === 1 ? '' : ` and ${counted(missing.length - 1, 'other document')}`;
  doubt(`Unexpected absence of ${first}${more}, expected every document that summary.json names`);
}

/** Names by SHA-256; null when there is no summary that could be read. */
async function inputsRead(path: string): Promise<ReadonlyMap<unknown, string> | null> {
  try {
    const bytes = await readSmallFile(path);
    if (bytes === null) return null;
    const { inputs } = JSON.parse(bytes.toString('utf8'));
    if (!Array.isArray(inputs)) return null;
    return new Map(inputs.map((input) => [input?.sha256, shown(String(input?.name))]));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return null;
    throw error;
  }
}
