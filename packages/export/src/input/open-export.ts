import { stat } from 'node:fs/promises';
import { basename, posix } from 'node:path';
import { stdin as standardInput } from 'node:process';
import type { Report } from '../finding.js';
import { type HashMaker, inlineHash } from '../hash/stream-hash.js';
import { RunFailure } from '../run-failure.js';
import { type ByteSource, fileSource, readStart, unreadable } from './byte-source.js';
import { decodeText } from './encoding.js';
import { type ExportDocument, examineSource } from './export-document.js';
import { type ExportManifest, MANIFEST_BYTES, MANIFEST_NAME, parseManifest } from './export-manifest.js';
import { listFolder } from './folder-files.js';
import { gzipSource } from './inflate.js';
import { DEFAULT_INPUT_LIMITS, type InputLimits } from './input-limits.js';
import { quoteName } from './quote-name.js';
import { EXPORT_RECIPE } from './recipes.js';
import { ENCRYPTED_ZIP, isEncryptedZip, refusal, refusedByFileNames } from './refused-formats.js';
import { isLostEmpty, type Skipping, skip, skipHidden, skipLost, skipsByName } from './skipped-files.js';
import { spoolStream } from './spool.js';
import { openZipArchive } from './zip-archive.js';

/** An export whose documents can be read, as often as needed, until it is closed. */
export interface OpenedExport {
  /** Sorted by name in code-unit order; at least one. */
  readonly documents: readonly ExportDocument[];
  readonly manifest: ExportManifest | null;
  /** Closes archives and removes the copy of standard input. */
  close(): Promise<void>;
}

export interface OpenExportOptions {
  /**
   * Receives `file-not-read` (error when tables may be lost, else warning or note) and `console-artefact-repaired`
   * (warning).
   */
  readonly report: Report;
  /** Where standard input is kept while it is read; default: the system's folder for temporary files. */
  readonly spoolFolder?: string;
  readonly limits?: Partial<InputLimits>;
  /** Where the documents are hashed; default: on the calling thread. */
  readonly makeHash?: HashMaker;
  /** Default: standard input of the process. */
  readonly stdin?: NodeJS.ReadableStream;
}

/** What is being collected while an export is opened. */
interface Opening extends Skipping {
  readonly limits: InputLimits;
  readonly makeHash: HashMaker;
  /** Whether the path named one file, so that skipping it would leave nothing. */
  readonly isSole: boolean;
  readonly documents: ExportDocument[];
  readonly manifests: ExportManifest[];
  readonly closers: (() => Promise<void>)[];
}

interface StoredFile {
  readonly path: string;
  readonly name: string;
  readonly size: number;
}

/**
 * Opens an export: an XML file, a folder (its folders included, and ZIP and gzip files in it), a ZIP, a gzip file, or
 * `-` for standard input (any of the single files, spooled to disk first). Files that begin like XML are documents
 * whatever their ending; others are skipped, each with a finding `file-not-read`.
 *
 * Throws `RunFailure`: 'input-missing', 'input-unreadable'; 'input-not-an-export' naming a recognised format;
 * 'input-empty' when no XML is there; 'input-encoding'; 'input-limit'; 'archive-unsafe' and 'archive-damaged'. A file
 * called *.xml in a refused format is thrown too, never skipped. Memory held: names, and one central directory per
 * archive.
 */
export async function openExport(path: string, options: OpenExportOptions): Promise<OpenedExport> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const opening = await collect(path, options, closers);
    return { documents: finished(opening, path), manifest: opening.manifests[0] ?? null, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function collect(
  path: string,
  options: OpenExportOptions,
  closers: Opening['closers'],
): Promise<Opening> {
  const found = path === '-' ? null : await statOf(path);
  const opening: Opening = {
    report: options.report,
    limits: { ...DEFAULT_INPUT_LIMITS, ...options.limits },
    makeHash: options.makeHash ?? inlineHash,
    isSole: found === null || found.isFile(),
    documents: [],
    manifests: [],
    skipped: [],
    closers,
  };
  if (found === null) {
    const spool = await spoolStream(options.stdin ?? standardInput, options.spoolFolder);
    closers.push(spool.remove);
    await addFile(opening, { path: spool.path, name: 'stdin', size: spool.size });
  } else if (found.isDirectory()) {
    await addFolder(opening, path);
  } else if (found.isFile()) {
    await addFile(opening, { path, name: basename(path), size: found.size });
  } else {
    throw new RunFailure(
      'input-unreadable',
      `${quoteName(path)} is neither a file nor a folder.`,
      'Save the export to a file, or give - and pipe it to standard input.',
    );
  }
  return opening;
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function addFolder(opening: Opening, path: string): Promise<void> {
  const items = await listFolder(path, opening.limits);
  refuseByNames(
    basename(path),
    items.map((item) => item.name),
  );
  for (const item of items) {
    if (item.kind === 'file') await addFile(opening, item);
    else if (!item.mayHoldTables) skip(opening, item.name, { what: item.what, severity: 'note' });
    else if (item.path === null) skipLost(opening, item.name, item.what);
    else await skipHidden(opening, fileSource(item.path, item.name, 0));
  }
}

/** Adds a file on disk: an archive by what it holds, anything else by its beginning. */
async function addFile(opening: Opening, file: StoredFile): Promise<void> {
  const source = fileSource(file.path, file.name, file.size);
  if (!opening.isSole && skipsByName(opening, file.name)) return;
  const start = await readStart(source.open(), 8);
  const magic = start.toString('latin1', 0, 4);
  if (isEncryptedZip(start)) {
    throw refusal(file.name, ENCRYPTED_ZIP);
  } else if (magic === 'PK\x03\x04' || magic === 'PK\x05\x06') {
    await addZip(opening, file);
  } else if (magic.startsWith('\x1f\x8b')) {
    await addSource(
      opening,
      gzipSource(source, file.name.replace(/\.gz$/i, ''), opening.limits),
      opening.isSole,
    );
  } else {
    await addSource(opening, source, opening.isSole);
  }
}

async function addZip(opening: Opening, file: StoredFile): Promise<void> {
  const zip = await openZipArchive(file.path, { limits: opening.limits });
  opening.closers.push(zip.close);
  refuseByNames(
    file.name,
    zip.entries.map((entry) => entry.name),
  );
  const prefix = opening.isSole ? '' : `${file.name}/`;
  for (const entry of zip.entries) {
    const name = prefix + entry.name;
    const source = { name, sizeInBytes: entry.uncompressedSize, open: () => zip.open(entry) };
    if (/(?:^|\/)(?:\.|__MACOSX\/)/.test(entry.name)) await skipHidden(opening, source);
    else if (!skipsByName(opening, name)) await addSource(opening, source, false);
  }
}

/** Adds a manifest or a document, or skips what is neither; `isOnly` when skipping would leave nothing. */
async function addSource(opening: Opening, source: ByteSource, isOnly: boolean): Promise<void> {
  if (posix.basename(source.name).toLowerCase() === MANIFEST_NAME) {
    const bytes = await readStart(source.open(), MANIFEST_BYTES);
    opening.manifests.push(parseManifest(decodeText(bytes, source.name), source.name));
    return;
  }
  const found = await examineSource(source, opening.report, opening.makeHash);
  if ('open' in found) {
    opening.documents.push(found);
    return;
  }
  const isCalledXml = /\.xml$/i.test(source.name) && found.code !== 'input-empty';
  if (isOnly || isCalledXml || found.beside === 'refused') throw refusal(source.name, found);
  const severity = isLostEmpty(source.name, found) ? 'error' : found.beside;
  skip(opening, source.name, { what: found.name, severity, remedy: found.remedy });
}

function refuseByNames(label: string, names: readonly string[]): void {
  const format = refusedByFileNames(names);
  if (format !== null) throw refusal(label, format);
}

/** The documents in order, once it is certain that they make one export. */
function finished(opening: Opening, path: string): ExportDocument[] {
  const documents = opening.documents.sort((a, b) => (a.name < b.name ? -1 : 1));
  if (documents.length === 0) throw nothingFound(opening, path);
  const twin = documents.find((document, i) => document.name === documents[i + 1]?.name);
  if (twin !== undefined) {
    throw new RunFailure(
      'input-not-an-export',
      `${quoteName(twin.name)} is there twice, packed with gzip and unpacked.`,
      'Remove one of the two.',
    );
  }
  if (opening.manifests.length > 1) {
    throw new RunFailure(
      'input-not-an-export',
      `${quoteName(path)} holds ${opening.manifests.length} files called ${MANIFEST_NAME}, so more than one export.`,
      'Give one export at a time.',
    );
  }
  return documents;
}

function nothingFound({ skipped }: Opening, path: string): RunFailure {
  const shown = skipped
    .slice(0, 5)
    .map(({ file, what }) => `${quoteName(file)} (${what})`)
    .join(', ');
  const more = skipped.length > 5 ? ` and ${skipped.length - 5} more` : '';
  const found = skipped.length === 0 ? 'no file at all' : `only ${shown}${more}`;
  return new RunFailure('input-empty', `${quoteName(path)} holds no XML; found ${found}.`, EXPORT_RECIPE);
}
