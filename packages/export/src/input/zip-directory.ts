import { Buffer } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { type Entry, fromFdPromise, getFileNameLowLevel, type ZipFile } from 'yauzl';
import { RunFailure } from '../run-failure.js';
import { exceedsRatio, type InputLimits } from './input-limits.js';
import { quoteName } from './quote-name.js';
import { REPACK_RECIPE } from './recipes.js';
import { checkZipEnd } from './zip-end.js';
import { entryFault, isDeflated, isStoredMismatch, nameFault, nameKey } from './zip-entry-checks.js';
import { localSizeFault, zip64Fault } from './zip64-field.js';

/** An entry of the central directory whose name, sizes and place have been checked. */
export interface LocatedEntry {
  readonly name: string;
  readonly compressedSize: number;
  readonly uncompressedSize: number;
  readonly crc32: number;
  readonly isDeflated: boolean;
  /** Offset in the archive of the first byte of its data. */
  readonly dataStart: number;
}

/** An archive being opened: `label` is its printable name. */
export interface OpenZip {
  readonly handle: FileHandle;
  readonly label: string;
  readonly limits: InputLimits;
}

const CENTRAL_HEADER_SIGNATURE = 0x02014b50;

/**
 * Reads and checks the whole central directory (APPNOTE.TXT 4.3.12) and every local header (4.3.7) before any
 * data is read. Folders are left out. Memory held: the directory. Throws `RunFailure` 'archive-unsafe' or
 * 'archive-damaged', naming the entry.
 */
export async function readZipDirectory(archive: OpenZip): Promise<LocatedEntry[]> {
  const zip = await openDirectory(archive);
  if (zip.entryCount > archive.limits.entries) {
    throw unsafe(
      archive.label,
      `holds ${zip.entryCount} entries, above the limit of ${archive.limits.entries}`,
    );
  }
  // Before the first entry is read, the cursor stands at the start of the central directory.
  const directoryStart = Number(zip.readEntryCursor);
  const entries = await readEntries(zip, archive, directoryStart);
  await refuseHiddenEntries(zip, archive);
  const spans: Span[] = [];
  for (const { name, entry } of entries) spans.push(await locate(zip, archive, { name, entry }));
  refuseOverlaps(spans, directoryStart, archive.label);
  refuseTotalRatio(spans, archive);
  return spans.flatMap((span) => (span.name.endsWith('/') ? [] : [span]));
}

interface NamedEntry {
  readonly name: string;
  readonly entry: Entry;
}

interface Span extends LocatedEntry {
  readonly headerStart: number;
}

async function openDirectory(archive: OpenZip): Promise<ZipFile> {
  try {
    await checkZipEnd(archive.handle);
    // Names and sizes are checked here, so that every refusal names its entry.
    return await fromFdPromise(archive.handle.fd, {
      autoClose: false,
      decodeStrings: false,
      validateEntrySizes: false,
    });
  } catch (error) {
    throw damaged(archive.label, null, error);
  }
}

async function readEntries(zip: ZipFile, archive: OpenZip, directoryStart: number): Promise<NamedEntry[]> {
  const { directoryBytes } = archive.limits;
  const entries: NamedEntry[] = [];
  const seen = new Map<string, string>();
  try {
    for await (const entry of zip.eachEntry()) {
      // What the end tells as its size binds no reader.
      if (Number(zip.readEntryCursor) - directoryStart > directoryBytes) {
        throw unsafe(archive.label, `has a directory above the limit of ${directoryBytes} bytes`);
      }
      const name = getFileNameLowLevel(
        entry.generalPurposeBitFlag,
        entry.fileNameRaw,
        entry.extraFields,
        true,
      );
      checkEntry(entry, name, archive);
      const twin = seen.get(nameKey(name));
      if (twin !== undefined) {
        throw unsafe(
          archive.label,
          `holds the entries ${quoteName(twin)} and ${quoteName(name)}, the same name twice`,
        );
      }
      seen.set(nameKey(name), name);
      entries.push({ name, entry });
    }
  } catch (error) {
    throw damaged(archive.label, null, error);
  }
  return entries;
}

function checkEntry(entry: Entry, name: string, archive: OpenZip): void {
  const misfit = zip64Fault(entry);
  if (misfit !== null) throw damaged(archive.label, name, new Error(misfit));
  const fault = nameFault(name) ?? entryFault(entry, name.endsWith('/'), archive.limits);
  if (fault !== null) throw unsafe(archive.label, `entry ${quoteName(name)} has ${fault}`);
  if (isStoredMismatch(entry)) {
    throw damaged(archive.label, name, new Error('it is stored, yet its two sizes differ'));
  }
}

/** A count that is too low would hide the rest of the directory. */
async function refuseHiddenEntries(zip: ZipFile, archive: OpenZip): Promise<void> {
  const next = Buffer.alloc(4);
  await archive.handle.read(next, 0, 4, Number(zip.readEntryCursor));
  if (next.readUInt32LE(0) === CENTRAL_HEADER_SIGNATURE) {
    throw damaged(
      archive.label,
      null,
      new Error(`it holds more entries than the ${zip.entryCount} that it declares`),
    );
  }
}

async function locate(zip: ZipFile, archive: OpenZip, { name, entry }: NamedEntry): Promise<Span> {
  try {
    const local = await zip.readLocalFileHeaderPromise(entry);
    if (!local.fileName.equals(entry.fileNameRaw)) {
      throw unsafe(archive.label, `entry ${quoteName(name)} has another name in its local header`);
    }
    const misfit = localSizeFault(local, entry);
    if (misfit !== null) throw new Error(misfit);
    return {
      name,
      compressedSize: entry.compressedSize,
      uncompressedSize: entry.uncompressedSize,
      crc32: entry.crc32,
      isDeflated: isDeflated(entry),
      dataStart: local.fileDataStart,
      headerStart: entry.relativeOffsetOfLocalHeader,
    };
  } catch (error) {
    throw damaged(archive.label, name, error);
  }
}

function refuseOverlaps(spans: readonly Span[], directoryStart: number, label: string): void {
  const ordered = [...spans].sort((a, b) => a.headerStart - b.headerStart);
  for (const [i, span] of ordered.entries()) {
    const next = ordered[i + 1];
    const end = span.dataStart + span.compressedSize;
    if (end <= (next?.headerStart ?? directoryStart)) continue;
    const other = next === undefined ? 'the central directory' : `entry ${quoteName(next.name)}`;
    throw unsafe(label, `entry ${quoteName(span.name)} overlaps ${other}`);
  }
}

function refuseTotalRatio(spans: readonly Span[], archive: OpenZip): void {
  const output = spans.reduce((sum, span) => sum + span.uncompressedSize, 0);
  const input = spans.reduce((sum, span) => sum + span.compressedSize, 0);
  if (!exceedsRatio(output, input, archive.limits)) return;
  throw unsafe(archive.label, `has a compression ratio above ${archive.limits.ratio}:1 over all entries`);
}

function unsafe(label: string, fault: string): RunFailure {
  return new RunFailure('archive-unsafe', `${label}: ${fault}.`, REPACK_RECIPE);
}

/** Wraps what went wrong while reading; a `RunFailure` stays what it is. */
export function damaged(label: string, entry: string | null, error: unknown): RunFailure {
  if (error instanceof RunFailure) return error;
  const where = entry === null ? label : `${label}: entry ${quoteName(entry)}`;
  return new RunFailure(
    'archive-damaged',
    `${where} is damaged: ${(error as Error).message.replace(/\.$/, '')}.`,
    'Copy the archive again and compare its checksum, or give the unpacked folder.',
    { cause: error },
  );
}
