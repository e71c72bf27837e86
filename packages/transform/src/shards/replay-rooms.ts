import { bytesPassed } from '@chatferry/export';
import { PackagePartsWriter, type PackageWriter } from '@chatferry/import';
import { RoomJournal, roomsInOrder } from './journal-reader.js';
import { nonsense, type OpenedShard } from './open-shards.js';
import { newRecordBlock, RecordReader } from './record-reader.js';
import type { Replay } from './replay.js';

export interface Replaying {
  readonly replay: Replay;
  readonly output: PackageWriter | PackagePartsWriter;
  /** Of all rooms; of those of a part that ends, the final ones. */
  readonly counters: ReadonlyMap<number, bigint>;
  readonly progress: (bytes: number) => void;
}

/**
 * Takes the rooms of all shards in ascending order of their ids: their messages into the package, the rest into the
 * replay.
 *
 * @throws RunFailure `shards-unusable`, `output-unwritable`
 */
export async function replayRooms(shards: readonly OpenedShard[], replaying: Replaying): Promise<void> {
  const block = newRecordBlock();
  const readers = new Map(shards.map((shard) => [shard, new RecordReader(shard, block)]));
  const journals = shards.map((shard) => new RoomJournal(shard));
  try {
    let bytes = 0;
    for (const journal of roomsInOrder(journals)) {
      bytes += await replayRoom(journal, readers.get(journal.shard) as RecordReader, replaying);
      replaying.progress(bytes);
    }
  } finally {
    for (const journal of journals) journal.close();
    for (const reader of readers.values()) reader.close();
  }
}

/** Returns the bytes of its messages. */
async function replayRoom(
  journal: RoomJournal,
  reader: RecordReader,
  { counters, output, replay }: Replaying,
): Promise<number> {
  const roomId = journal.channelID as number;
  let bytes = 0;
  try {
    if (output instanceof PackagePartsWriter && output.isFull) await output.next(roomId, counters);
    replay.beginRoom(roomId);
    for (const line of journal.lines()) {
      if (!('records' in line)) {
        replay.line(line);
        continue;
      }
      bytes += line.records;
      let { messages } = line;
      for (const piece of reader.next(line.records)) {
        output.messages.records(roomId, piece, messages);
        messages = 0;
        bytesPassed(piece.length);
        await output.flush();
      }
    }
    replay.endRoom();
  } catch (cause) {
    throw nonsense(journal.shard, cause);
  }
  return bytes;
}
