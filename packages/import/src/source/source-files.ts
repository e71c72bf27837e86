import type { Buffer } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { openZipArchive, RunFailure, type ZipArchive } from '@chatferry/export';
import { tableByFile } from './legacy-tables.js';

/** A document of an export. */
export interface SourceFile {
  readonly name: string;
  open(): AsyncIterable<Buffer>;
}

/** An export whose documents can be read as often as one likes, until it is closed. */
export interface SourceFiles {
  /** Those that are called after tblChat last, so that authors are mostly known before messages come. */
  readonly files: readonly SourceFile[];
  /** Names of what stays closed, or is no XML by its beginning; a hidden folder stands for all that is in it. */
  readonly notRead: readonly string[];
  close(): Promise<void>;
}

const FILE_LIMIT = 10_000;
/**
 * Endings of files that begin like XML, or are ZIP archives, and hold no tables: the transform does not read them
 * either.
 */
const NO_TABLES = /\.(?:xsd|xslt?|html?|xhtml|config|ps1xml|svg|docx|xlsx|pptx|vsdx)$/i;
const CHUNK_BYTES = 256 * 1024;
const SNIFFED_BYTES = 1024;
/** Inflated bytes a gzip byte, beyond the first 64 MiB. */
const RATIO_LIMIT = 200;
const RATIO_FREE_BYTES = 64 * 1024 * 1024;

/**
 * Finds the documents of an export: a file, a folder of files and folders, ZIPs (their entries are streamed, never
 * written), gzip. Links are not followed, hidden files not opened, nor what its name calls a schema, page, settings or
 * Office file unless it is named itself; what does not begin like XML is left out.
 *
 * Memory: the list.
 *
 * @throws RunFailure `input-missing`, `input-unreadable`, `input-limit`, `archive-damaged`, `archive-unsafe`.
 */
export async function findSourceFiles(path: string): Promise<SourceFiles> {
  const archives: ZipArchive[] = [];
  const close = async () => {
    for (const archive of archives) await archive.close();
  };
  try {
    const { found, notRead } = await filesBelow(path);
    const files: SourceFile[] = [];
    for (const file of found) {
      const kind = await kindOf(file.path);
      if (kind === 'zip') {
        const archive = await openZipArchive(file.path);
        archives.push(archive);
        for (const entry of archive.entries) {
          const name = `${file.name}/${entry.name}`;
          if (HIDDEN_ENTRY.test(entry.name) || NO_TABLES.test(name)) notRead.push(name);
          else files.push({ name, open: () => archive.open(entry) });
        }
      } else if (kind === 'gzip') files.push({ name: file.name, open: () => gunzipped(file.path) });
      else files.push({ name: file.name, open: () => bytesOf(file.path) });
    }
    const documents: SourceFile[] = [];
    for (const file of files) {
      if (await beginsLikeXml(file)) documents.push(file);
      else notRead.push(file.name);
    }
    if (documents.length === 0) throw noDocument(path);
    const isChat = ({ name }: SourceFile) => tableByFile(name) === 'tblChat';
    return {
      files: [...documents.filter((file) => !isChat(file)), ...documents.filter(isChat)],
      notRead: notRead.sort(),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Of an archive; macOS packs what it knows of a file beside it. */
const HIDDEN_ENTRY = /(?:^|\/)(?:\.|__MACOSX\/)/;

interface Found {
  readonly found: { readonly name: string; readonly path: string }[];
  readonly notRead: string[];
}

async function filesBelow(path: string): Promise<Found> {
  const root = await stat(path).catch((cause: unknown) => {
    throw new RunFailure('input-missing', `The export ${path} does not exist.`, 'Name its file or folder.', {
      cause,
    });
  });
  if (!root.isDirectory() && !root.isFile()) throw notAFile(path);
  if (!root.isDirectory()) return { found: [{ name: path.split('/').at(-1) as string, path }], notRead: [] };
  const found: Found['found'] = [];
  const notRead: string[] = [];
  const visit = async (folder: string, prefix: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
      const name = `${prefix}${entry.name}${entry.isDirectory() ? '/' : ''}`;
      const inside = join(folder, entry.name);
      if (entry.name.startsWith('.')) notRead.push(name);
      else if (entry.isDirectory()) await visit(inside, name);
      else if (entry.isFile() && !NO_TABLES.test(name)) found.push({ name, path: inside });
      else notRead.push(name);
      if (found.length + notRead.length > FILE_LIMIT) {
        throw new RunFailure(
          'input-limit',
          `${path} holds more than ${FILE_LIMIT} files.`,
          'Name the export alone.',
        );
      }
    }
  };
  await visit(path, '');
  return { found, notRead };
}

/** A pipe would be waited for, and a device never ends. */
function notAFile(path: string): RunFailure {
  return new RunFailure(
    'input-unreadable',
    `The export ${path} is a pipe, a socket or a device.`,
    'Name the file or folder of the export: it is read more than once.',
  );
}

async function kindOf(path: string): Promise<'zip' | 'gzip' | 'plain'> {
  const handle = await open(path, 'r').catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(4), 0, 4, 0);
    const [one, two] = buffer;
    if (bytesRead >= 2 && one === 0x50 && two === 0x4b) return 'zip';
    return bytesRead >= 2 && one === 0x1f && two === 0x8b ? 'gzip' : 'plain';
  } finally {
    await handle.close();
  }
}

/** Blanks and byte order marks may stand before the first `<`, and in UTF-16 a zero beside every character. */
async function beginsLikeXml(file: SourceFile): Promise<boolean> {
  for await (const chunk of file.open()) {
    const [first] = chunk.subarray(0, SNIFFED_BYTES).filter((byte) => !IGNORED.has(byte));
    if (first !== undefined) return first === 0x3c;
  }
  return false;
}

const IGNORED: ReadonlySet<number> = new Set([0, 9, 10, 13, 32, 0xef, 0xbb, 0xbf, 0xff, 0xfe]);

async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path, { highWaterMark: CHUNK_BYTES });
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function* gunzipped(path: string): AsyncGenerator<Buffer> {
  const engine = createGunzip({ chunkSize: CHUNK_BYTES });
  const source = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  source.on('error', (error) => engine.destroy(error));
  source.pipe(engine);
  let inflated = 0;
  try {
    for await (const chunk of engine) {
      inflated += (chunk as Buffer).length;
      if (inflated > RATIO_FREE_BYTES && inflated > RATIO_LIMIT * engine.bytesWritten) {
        throw new RunFailure(
          'archive-unsafe',
          `${path} inflates more than ${RATIO_LIMIT} times.`,
          'Unpack it first.',
        );
      }
      yield chunk as Buffer;
    }
  } catch (cause) {
    throw cause instanceof RunFailure ? cause : unreadable(path, cause);
  } finally {
    source.destroy();
    engine.destroy();
  }
}

function unreadable(path: string, cause: unknown): RunFailure {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new RunFailure('input-unreadable', `${path} cannot be read: ${why}.`, 'Copy the export again.', {
    cause,
  });
}

function noDocument(path: string): RunFailure {
  return new RunFailure(
    'input-not-an-export',
    `${path} holds no XML document.`,
    'Name the export that the package was made from: a file, a folder, a ZIP or a gzip file.',
  );
}
