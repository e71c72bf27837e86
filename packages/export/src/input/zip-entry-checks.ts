import type { Entry } from 'yauzl';
import { exceedsRatio, type InputLimits } from './input-limits.js';

const STORED = 0;
const DEFLATE = 8;

const METHOD_NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'Shrink'],
  [6, 'Implode'],
  [9, 'Deflate64, which Windows Explorer uses beyond 2 GB'],
  [12, 'bzip2'],
  [14, 'LZMA'],
  [93, 'Zstandard'],
  [95, 'XZ'],
  [99, 'AES encryption'],
]);

/** Unix file types in the upper half of the external attributes. */
const FILE_TYPE_MASK = 0o170000;
const SYMBOLIC_LINK = 0o120000;
const REGULAR_TYPES: ReadonlySet<number> = new Set([0, 0o100000, 0o040000]);

/** What is wrong with an entry's name, as a phrase after "has"; null when it is harmless. */
export function nameFault(name: string): string | null {
  if (name === '') return 'an empty name';
  if (/\p{Cc}/u.test(name)) return 'a control character in its name';
  if (name.includes('\\')) return 'a backslash in its name';
  if (name.startsWith('/')) return 'an absolute path as its name';
  if (/^[A-Za-z]:/.test(name)) return 'a drive letter in its name';
  const segments = (name.endsWith('/') ? name.slice(0, -1) : name).split('/');
  if (segments.includes('..')) return 'a path that leaves the archive as its name';
  if (segments.includes('.') || segments.includes('')) return 'an empty or "." segment in its name';
  return null;
}

/** What is wrong with an entry beyond its name, as a phrase after "has"; null when it may be read. */
export function entryFault(entry: Entry, isFolder: boolean, limits: InputLimits): string | null {
  if (entry.isEncrypted()) return 'encrypted content';
  const type = (entry.externalFileAttributes >>> 16) & FILE_TYPE_MASK;
  if (type === SYMBOLIC_LINK) return 'a symbolic link as its content';
  if (!REGULAR_TYPES.has(type)) return 'a special file as its content';
  const method = entry.compressionMethod;
  if (method !== STORED && method !== DEFLATE) {
    return `compression method ${method} (${METHOD_NAMES.get(method) ?? 'unknown'}); only stored and Deflate are read`;
  }
  if (isFolder && entry.uncompressedSize > 0) return 'content although it is a folder';
  const { uncompressedSize, compressedSize } = entry;
  if (uncompressedSize > limits.entryBytes) {
    return `a size of ${uncompressedSize} bytes, above the limit of ${limits.entryBytes}`;
  }
  if (exceedsRatio(uncompressedSize, compressedSize, limits)) {
    return `a compression ratio above ${limits.ratio}:1 (${compressedSize} bytes become ${uncompressedSize})`;
  }
  return null;
}

/** Whether a stored entry contradicts itself. */
export function isStoredMismatch(entry: Entry): boolean {
  return entry.compressionMethod === STORED && entry.compressedSize !== entry.uncompressedSize;
}

export function isDeflated(entry: Entry): boolean {
  return entry.compressionMethod === DEFLATE;
}

/** The key under which two names count as the same file on some system. */
export function nameKey(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
