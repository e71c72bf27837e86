import type { ChatRow } from '@chatferry/export';
import type { DiffRecord } from './diff-record.js';
import type { Differences } from './differences.js';
import type { MessageCursor } from './message-cursor.js';
import type { MessageFields } from './message-fields.js';

/** Both sides' messages, each by ascending room and id. */
export interface MessageSides {
  readonly before: MessageCursor;
  readonly after: MessageCursor;
}

/**
 * Merges the two sides and compares message by message; both cursors are at their ends then. Memory held: one message
 * a side, and digests of the messages that repeat a key and differ.
 *
 * @throws SideUnsorted when a side is not in order.
 */
export async function compareMessages(
  { before, after }: MessageSides,
  fields: MessageFields,
  differences: Differences,
): Promise<void> {
  const { kind } = fields;
  if (differences.hidesKind(kind)) {
    await before.drain();
    await after.drain();
    return;
  }
  await before.refill();
  await after.refill();
  while (before.row !== null || after.row !== null) {
    const order = orderOf(before.row, after.row);
    if (order === 0 && fields.isSame(before.row as ChatRow, after.row as ChatRow)) {
      differences.equal(kind);
      if (!before.next()) await before.refill();
      if (!after.next()) await after.refill();
    } else {
      const removed = order > 0 ? [] : await takeGroup(before, fields);
      const added = order < 0 ? [] : await takeGroup(after, fields);
      differences.group(kind, removed, added);
    }
  }
}

/** Negative when `a` comes first or alone, positive when `b` does. */
function orderOf(a: ChatRow | null, b: ChatRow | null): number {
  if (a === null) return 1;
  if (b === null) return -1;
  if (a.channelID !== b.channelID) return a.channelID - b.channelID;
  return a.chatID < b.chatID ? -1 : a.chatID > b.chatID ? 1 : 0;
}

/** The messages of the cursor's key; it moves behind them. */
async function takeGroup(cursor: MessageCursor, fields: MessageFields): Promise<DiffRecord[]> {
  const { channelID, chatID } = cursor.row as ChatRow;
  const group: DiffRecord[] = [];
  while (cursor.row !== null && cursor.row.channelID === channelID && cursor.row.chatID === chatID) {
    group.push(fields.recordOf(cursor.row));
    if (!cursor.next()) await cursor.refill();
  }
  return group;
}
