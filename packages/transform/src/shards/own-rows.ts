import type { ChatRow } from '@chatferry/export';
import type { MessageWindow } from '../messages/message-window.js';
import { type Shard, shardOf } from './shard.js';

/** The messages of a shard; `dates` is told of all. One whose channelID cannot be read has the channelID 0. */
export async function* ownRows(
  windows: AsyncIterable<MessageWindow>,
  shard: Shard,
  dates: { note(date: bigint): void },
): AsyncGenerator<MessageWindow> {
  const own = { channelID: Number.NaN, isOwn: false };
  const isOwn = (channelID: number): boolean => {
    if (channelID !== own.channelID) {
      own.channelID = channelID;
      own.isOwn = shardOf(channelID, shard.count) === shard.index;
    }
    return own.isOwn;
  };
  function* filtered(rows: Iterable<ChatRow>): Generator<ChatRow> {
    for (const row of rows) {
      dates.note(row.chatDate);
      if (isOwn(row.channelID)) yield row;
    }
  }
  for await (const window of windows) yield { ...window, rows: filtered(window.rows) };
}
