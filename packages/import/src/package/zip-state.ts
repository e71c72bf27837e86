import type { HashedStart } from './file-hash.js';
import type { EntryState } from './package-entry.js';
import type { ZipRecord } from './zip-format.js';

/** A finished archive. */
export interface ArchiveSummary {
  readonly bytes: number;
  /** SHA-256 (hex) of the ZIP file. Another build of Node may deflate to other bytes; compare entries then. */
  readonly sha256: string;
}

/** An entry that has not ended, and where it lies. */
export interface OpenEntryState extends EntryState {
  /** Of its local header. */
  readonly start: number;
  /** CRC-32 of what follows the header in the file. */
  readonly fileCrc32: number;
}

/** An archive that is not finished, as far as it lies in its file. JSON can hold it. */
export interface ZipState {
  /** Bytes of the file that belong to it; whatever follows is to be forgotten. */
  readonly position: number;
  /** Entries that have ended. */
  readonly records: readonly ZipRecord[];
  /** The beginning of the file, as far as nothing in it will change any more. */
  readonly hashed: HashedStart;
  /** The entry that is being written, and where it begins; null between two entries. */
  readonly entry: OpenEntryState | null;
}
