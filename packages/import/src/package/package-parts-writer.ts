import type { Buffer } from 'node:buffer';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { partEnded, RunFailure } from '@chatferry/export';
import { writing } from '../handoff/output-failure.js';
import { PACKAGE_NAME } from '../locate-package.js';
import { type PackagePart, partName } from '../parts/package-parts.js';
import type { TargetDirectory, TargetMessage, TargetRoom } from '../target-record.js';
import type { LastChatIds } from './directory-documents.js';
import {
  createPackageWriter,
  type PackageState,
  type PackageSummary,
  type PackageWriter,
  type PackageWriterOptions,
  resumePackageWriter,
} from './package-writer.js';
import { expectEndedParts, takeBackNames } from './unfinished-parts.js';

export interface PartsWriterOptions extends Omit<PackageWriterOptions, 'file'> {
  /** Where the parts are written. */
  readonly folder: string;
  /** Bytes of messages (as XML, before compression) from which on a part ends with its last room. */
  readonly partSize: number;
  /** The whole directory; asked for when the first part ends. */
  readonly directory: () => TargetDirectory;
}

/** A finished part: what the order file says of it, and its documents. */
export interface WrittenPart extends PackagePart, Pick<PackageSummary, 'entries'> {}

/** A package in parts that is not finished, between two rooms. JSON can hold it. */
export interface PartsState {
  /** Parts that have ended. */
  readonly ended: readonly WrittenPart[];
  /** The lowest id that the part being written may hold; null for the first part. */
  readonly firstRoomId: number | null;
  /** Of the part being written. */
  readonly messages: number;
  readonly package: PackageState;
}

/**
 * Opens a package in several parts, each a ZIP that imports alone: its own rooms with their messages, and principals,
 * affiliations, add-ins and categories whole, so that importing them again changes nothing. Messages come by
 * ascending room; a part holds the rooms of a range of ids, so rooms without messages find their part as well.
 *
 * The size is that of the XML and not that of the ZIP, so that where a part ends does not depend on deflate. A room is
 * never cut: a part exceeds the size by at most its last room.
 *
 * Memory held: what `PackageWriter` states, for one part at a time; a record a part; the whole directory.
 *
 * @throws RunFailure `output-unwritable`.
 */
export async function createPartsWriter(options: PartsWriterOptions): Promise<PackagePartsWriter> {
  return new PackagePartsWriter(options, await openPart(options, 1));
}

/**
 * Goes on with a package in parts that an earlier run left. Parts that had ended are held against their SHA-256, what
 * was begun after the state was taken is removed.
 *
 * @throws RunFailure `checkpoint-unusable` when a part is not what it was, or `output-unwritable`.
 */
export async function resumePartsWriter(
  options: PartsWriterOptions,
  { state, rooms }: { readonly state: PartsState; readonly rooms: Iterable<number> },
): Promise<PackagePartsWriter> {
  const { folder } = options;
  const order = state.ended.length + 1;
  return await writing(folder, async () => {
    await takeBackNames(folder, order);
    await expectEndedParts(folder, state.ended);
    // Nothing of a part without messages is worth going on with, and it may have been left out at the end.
    const writer =
      state.messages === 0
        ? await openPart(options, order)
        : await resumePackageWriter(
            { ...options, file: join(folder, partName(order)) },
            { state: state.package, rooms },
          );
    return new PackagePartsWriter(options, writer, state);
  });
}

async function openPart(options: PartsWriterOptions, order: number): Promise<PackageWriter> {
  return await createPackageWriter({ ...options, file: join(options.folder, partName(order)) });
}

/** See `createPartsWriter`, which makes it. After a rejection call `abort`. */
export class PackagePartsWriter {
  readonly messages: {
    message(message: TargetMessage): void;
    /** As `MessageWriter.records`. @param messages how many begin in these bytes. */
    records(roomId: number, bytes: Buffer, messages: number): void;
  };
  readonly #options: PartsWriterOptions;
  readonly #parts: WrittenPart[] = [];
  #writer: PackageWriter;
  #messages = 0;
  #firstRoomId = Number.NEGATIVE_INFINITY;
  #endedBytes = 0;
  #checkpoint: Promise<unknown> = Promise.resolve();

  constructor(options: PartsWriterOptions, writer: PackageWriter, resumed?: PartsState) {
    this.#options = options;
    this.#writer = writer;
    if (resumed !== undefined) {
      this.#parts.push(...resumed.ended);
      this.#messages = resumed.messages;
      this.#firstRoomId = resumed.firstRoomId ?? Number.NEGATIVE_INFINITY;
      this.#endedBytes = resumed.ended.reduce((sum, part) => sum + bytesOf(part), 0);
    }
    this.messages = {
      message: (message) => {
        if (message.roomId < this.#firstRoomId) throw roomInEarlierPart(message.roomId);
        this.#messages += 1;
        this.#writer.messages.message(message);
      },
      records: (roomId, bytes, messages) => {
        if (roomId < this.#firstRoomId) throw roomInEarlierPart(roomId);
        this.#messages += messages;
        this.#writer.messages.records(roomId, bytes);
      },
    };
  }

  /** Bytes of all documents so far, before compression. */
  get size(): number {
    return this.#endedBytes + this.#writer.size;
  }

  /** Whether the part has its size; asked before each room. */
  get isFull(): boolean {
    return this.#writer.size >= this.#options.partSize;
  }

  /** Ends the part: all rooms below `firstRoomId` are whole, and their counters known. */
  async next(firstRoomId: number, lastChatIds: LastChatIds): Promise<void> {
    await this.#endPart(this.#options.directory(), lastChatIds, firstRoomId);
    // The next part has buffers of its own.
    partEnded();
    this.#firstRoomId = firstRoomId;
    this.#messages = 0;
    this.#writer = await openPart(this.#options, this.#parts.length + 1);
  }

  /** See `PackageWriter`; a part does not end before its checkpoint is on the disk. */
  async checkpoint(): Promise<PartsState> {
    const ended = [...this.#parts];
    const firstRoomId = Number.isFinite(this.#firstRoomId) ? this.#firstRoomId : null;
    const messages = this.#messages;
    const taken = this.#writer.checkpoint();
    this.#checkpoint = taken.catch(() => undefined);
    return { ended, firstRoomId, messages, package: await taken };
  }

  /** Stops, and leaves what has been written for `resumePartsWriter`. */
  async leave(): Promise<void> {
    await this.#writer.leave();
  }

  async flush(): Promise<void> {
    await this.#writer.flush();
  }

  /**
   * Ends the last part. A single part gets the name of a package that is in one piece; a last part without rooms is
   * left out.
   */
  async finish(directory: TargetDirectory, lastChatIds: LastChatIds): Promise<readonly WrittenPart[]> {
    const rooms = this.#roomsBelow(Number.POSITIVE_INFINITY, directory);
    const isNeeded = this.#parts.length === 0 || rooms.length > 0 || this.#messages > 0;
    if (isNeeded) await this.#endPart(directory, lastChatIds, Number.POSITIVE_INFINITY);
    else await this.#writer.abort();
    const [part] = this.#parts;
    if (part === undefined || this.#parts.length > 1) return this.#parts;
    await writing(this.#options.folder, () => rename(this.#file(part.name), this.#file(PACKAGE_NAME)));
    return [{ ...part, name: PACKAGE_NAME }];
  }

  /** Leaves nothing behind; to be called before `finish` has ended, or not at all. */
  async abort(): Promise<void> {
    await this.#writer.abort();
    await writing(this.#options.folder, async () => {
      for (const { name } of this.#parts) await rm(this.#file(name), { force: true });
    });
  }

  async #endPart(directory: TargetDirectory, lastChatIds: LastChatIds, end: number): Promise<void> {
    await this.#checkpoint;
    const rooms = this.#roomsBelow(end, directory);
    const { bytes, sha256, entries } = await this.#writer.finish({ ...directory, rooms }, lastChatIds);
    const order = this.#parts.length + 1;
    const ids = rooms.map(({ id }) => id).sort((one, other) => one - other);
    this.#parts.push({
      order,
      name: partName(order),
      bytes,
      sha256,
      rooms: rooms.length,
      firstRoomId: ids[0] ?? null,
      lastRoomId: ids.at(-1) ?? null,
      messages: this.#messages,
      entries,
    });
    this.#endedBytes += bytesOf({ entries });
  }

  #roomsBelow(end: number, directory: TargetDirectory): TargetRoom[] {
    return directory.rooms.filter(({ id }) => id >= this.#firstRoomId && id < end);
  }

  #file(name: string): string {
    return join(this.#options.folder, name);
  }
}

function bytesOf({ entries }: Pick<WrittenPart, 'entries'>): number {
  return entries.reduce((sum, { size }) => sum + size, 0);
}

function roomInEarlierPart(roomId: number): RunFailure {
  return new RunFailure(
    'bug',
    `The messages of room ${roomId} came after its part had ended.`,
    'Report this: messages must reach the package writer sorted by room.',
  );
}
