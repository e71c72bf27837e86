import { Buffer } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { crc32, createInflateRaw } from 'node:zlib';
import { CHUNK_BYTES, unreadable } from './byte-source.js';
import { INFLATE_OPTIONS, inflated } from './inflate.js';
import { DEFAULT_INPUT_LIMITS, type InputLimits } from './input-limits.js';
import { quoteName } from './quote-name.js';
import { damaged, type LocatedEntry, type OpenZip, readZipDirectory } from './zip-directory.js';
import { bytesAt } from './zip-end.js';

/** One file of a ZIP. Sizes in bytes. */
export interface ZipEntry {
  /** '/' separated and relative: no "..", drive letter, backslash or control character. */
  readonly name: string;
  readonly compressedSize: number;
  readonly uncompressedSize: number;
  readonly crc32: number;
}

/** A ZIP whose directory has been checked as a whole. */
export interface ZipArchive {
  /** The files in the order of the central directory; folders are left out. */
  readonly entries: readonly ZipEntry[];
  /** Of the file, in bytes. */
  readonly size: number;
  /**
   * Streams an entry's content; may be called again, and for several entries at once.
   * Throws `RunFailure` 'archive-damaged' when the data is cut, does not inflate to the declared size or does
   * not match its CRC-32 (which is known at the end). Memory held: two chunks in, 1 MiB out.
   */
  open(entry: ZipEntry): AsyncIterable<Buffer>;
  /** Bytes of the file itself, for who looks at its form. Throws `RunFailure` 'archive-damaged' past its end. */
  bytesAt(position: number, count: number): Promise<Buffer>;
  close(): Promise<void>;
}

/**
 * Opens a ZIP (PKWARE APPNOTE.TXT, with ZIP64) for reading; entries are streamed, never written by their names.
 *
 * Refused as 'archive-unsafe': names with "..", absolute paths, drive letters, backslashes, control characters, "."
 * or empty segments; names equal but for letter case; encrypted entries; symbolic links and special files; methods
 * other than stored and Deflate; entries that overlap each other or the directory; local names that differ from the
 * directory's; more entries, larger directories, larger sizes or higher ratios than the limits. Refused as
 * 'archive-damaged': what cannot be parsed, and counts and sizes that contradict each other. 'input-missing' and
 * 'input-unreadable' for the file itself. Memory held: the central directory (about 300 bytes an entry, and what names,
 * extra fields and comments it has).
 */
export async function openZipArchive(
  path: string,
  options: { limits?: Partial<InputLimits> } = {},
): Promise<ZipArchive> {
  const handle = await openHandle(path);
  const archive: OpenZip = {
    handle,
    label: quoteName(basename(path)),
    limits: { ...DEFAULT_INPUT_LIMITS, ...options.limits },
  };
  try {
    const located = await readZipDirectory(archive);
    const { size } = await handle.stat();
    const byName = new Map(located.map((entry) => [entry.name, entry]));
    return {
      entries: located.map(({ name, compressedSize, uncompressedSize, crc32 }) => ({
        name,
        compressedSize,
        uncompressedSize,
        crc32,
      })),
      size,
      open: (entry) => {
        const known = byName.get(entry.name);
        if (known === undefined)
          throw new RangeError(`${quoteName(entry.name)} is no entry of ${archive.label}`);
        return readEntry(archive, known);
      },
      bytesAt: async (position, count) => {
        try {
          return await bytesAt(handle, position, count);
        } catch (error) {
          throw damaged(archive.label, null, error);
        }
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openHandle(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function* readEntry(archive: OpenZip, entry: LocatedEntry): AsyncGenerator<Buffer> {
  let length = 0;
  let sum = 0;
  try {
    for await (const chunk of entry.isDeflated ? inflateEntry(archive, entry) : readStored(archive, entry)) {
      length += chunk.length;
      if (length > entry.uncompressedSize) {
        throw new Error(`it inflates past its declared ${entry.uncompressedSize} bytes`);
      }
      sum = crc32(chunk, sum);
      yield chunk;
    }
    if (length < entry.uncompressedSize) {
      throw new Error(`it inflates to ${length} bytes, not to its declared ${entry.uncompressedSize}`);
    }
    if (sum !== entry.crc32) throw new Error('its CRC-32 does not match its content');
  } catch (error) {
    throw damaged(archive.label, entry.name, error);
  }
}

async function* inflateEntry(archive: OpenZip, entry: LocatedEntry): AsyncGenerator<Buffer> {
  const engine = createInflateRaw(INFLATE_OPTIONS);
  yield* inflated(readStored(archive, entry), engine);
  if (engine.bytesWritten < entry.compressedSize) {
    throw new Error(`its compressed data ends ${entry.compressedSize - engine.bytesWritten} bytes early`);
  }
}

/** The entry's bytes as they lie in the archive. */
async function* readStored(archive: OpenZip, entry: LocatedEntry): AsyncGenerator<Buffer> {
  let position = entry.dataStart;
  const end = entry.dataStart + entry.compressedSize;
  while (position < end) {
    const size = Math.min(CHUNK_BYTES, end - position);
    const { bytesRead, buffer } = await archive.handle.read(Buffer.allocUnsafe(size), 0, size, position);
    if (bytesRead === 0) throw new Error('the archive ends within it');
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
