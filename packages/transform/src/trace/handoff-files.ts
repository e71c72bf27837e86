import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ExportDocument, RunFailure } from '@chatferry/export';
import { allParts, type InputFile, type LedgerDocument, locatePackage, parseLedger } from '@chatferry/import';

/** The files of a handoff that tell what became of an export. */
export interface HandoffFiles {
  /** In the order of the import. */
  readonly zipPaths: readonly string[];
  readonly ledger: LedgerDocument;
  /** ledger.ndjson and findings.ndjson, to be streamed. */
  readonly exceptionsPath: string;
  readonly findingsPath: string;
  /** What was read for it, by summary.json. */
  readonly inputs: readonly InputFile[];
}

/** The shell of the target writes its lists as JSON or CSV, and no export is that. */
const TARGET_LIST = /\.(?:json|csv|txt)$/i;
const REMEDY = 'Name the handoff folder that `chatferry transform` wrote.';

/**
 * Finds the files of a handoff folder. Memory: summary.json, and ledger.json with a few hundred bytes a room.
 *
 * Throws `RunFailure` when it is no handoff, or a file of it is missing or not what `transform` writes.
 */
export async function openHandoffFiles(handoffPath: string): Promise<HandoffFiles> {
  const located = await locatePackage(handoffPath);
  const { handoffPath: folder } = located;
  if (folder === null) {
    throw new RunFailure(
      'input-not-an-export',
      `${handoffPath} is a file, expected a handoff folder`,
      REMEDY,
    );
  }
  const data = (name: string): string => join(folder, 'data', name);
  const { ledger, fault } = parseLedger(await textOf(data('ledger.json')));
  if (ledger === null) throw unusable('ledger.json', fault);
  return {
    zipPaths: allParts(located),
    ledger,
    exceptionsPath: data('ledger.ndjson'),
    findingsPath: data('findings.ndjson'),
    inputs: inputsOf(await textOf(data('summary.json'))),
  };
}

/**
 * Whether the export has the names and sizes of what the handoff was made from: told before anything is read.
 *
 * Throws `RunFailure` with what differs first.
 */
export function expectSameNames(documents: readonly ExportDocument[], inputs: readonly InputFile[]): void {
  comparePairs(documents, inputs, ({ name, sizeInBytes }, { bytes }) =>
    sizeInBytes === null || bytes === null || sizeInBytes === bytes
      ? null
      : `${name} has ${sizeInBytes} bytes, and had ${bytes} when the handoff was made`,
  );
}

/**
 * Whether the export, read to its end, has the bytes of what the handoff was made from.
 *
 * Throws `RunFailure` with what differs first.
 */
export function expectSameBytes(documents: readonly ExportDocument[], inputs: readonly InputFile[]): void {
  comparePairs(documents, inputs, (document, { sha256 }) => {
    const now = document.sha256();
    if (now !== null && now === sha256) return null;
    const before = sha256 === null ? 'was not read to its end' : `had SHA-256 ${sha256}`;
    return `${document.name} has SHA-256 ${now}, and ${before} when the handoff was made`;
  });
}

/**
 * Names count, because the places in the handoff name documents. Both lists are sorted by name; what the inputs list
 * after the export's documents are lists of the target.
 */
function comparePairs(
  documents: readonly ExportDocument[],
  inputs: readonly InputFile[],
  difference: (document: ExportDocument, input: InputFile) => string | null,
): void {
  for (const [index, document] of documents.entries()) {
    const input = inputs[index];
    if (input === undefined || input.name !== document.name) {
      const isMissing = input !== undefined && !TARGET_LIST.test(input.name) && input.name < document.name;
      throw otherExport(
        isMissing ? `${input.name} is missing here` : `${document.name} is not among what it was made from`,
      );
    }
    const found = difference(document, input);
    if (found !== null) throw otherExport(found);
  }
  const missing = inputs.slice(documents.length).find(({ name }) => !TARGET_LIST.test(name));
  if (missing !== undefined) throw otherExport(`${missing.name} is missing here`);
}

function otherExport(difference: string): RunFailure {
  return new RunFailure(
    'arguments',
    `The handoff was made from another export: ${difference}.`,
    'Name the export that the handoff was made from (data/summary.json lists its documents), or transform this one.',
  );
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new RunFailure(
      'input-missing',
      `${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
      REMEDY,
      { cause },
    );
  }
}

function inputsOf(json: string): InputFile[] {
  let inputs: unknown;
  try {
    inputs = (JSON.parse(json) as { inputs?: unknown } | null)?.inputs;
  } catch (cause) {
    throw unusable('summary.json', cause instanceof Error ? cause.message : String(cause));
  }
  if (!Array.isArray(inputs) || !inputs.every(isInput)) {
    throw unusable('summary.json', 'Unexpected inputs, expected a list of documents with name and sha256');
  }
  return inputs;
}

function isInput(value: unknown): value is InputFile {
  if (typeof value !== 'object' || value === null) return false;
  const { name, sha256, bytes } = value as Record<string, unknown>;
  const isSize = bytes === null || typeof bytes === 'number';
  return typeof name === 'string' && (sha256 === null || typeof sha256 === 'string') && isSize;
}

function unusable(name: string, fault: string): RunFailure {
  return new RunFailure(
    'input-unreadable',
    `${name} of the handoff is not what \`chatferry transform\` writes: ${fault}.`,
    'Run `chatferry validate` on the handoff: its seal tells whether a file was changed.',
  );
}
