import type { ChatRow, MessagesTaker } from '@chatferry/export';

/** Messages that are readable together; what the reader and the sorter deliver. */
export interface MessageWindow {
  /** One view, refilled for each message. To be read to its end before the next window is asked for. */
  readonly rows: Iterable<ChatRow>;
  /**
   * Changes whenever bytes behind the rows' text values have moved or been overwritten, so that positions found in
   * a buffer hold as long as the number stays. Values of form `decoded` are exempt: they may share a scratch.
   */
  readonly windowId: number;
  /**
   * Offers messages behind the current row at once, and passes over those that are taken; a window may have none to
   * offer.
   */
  offer?(take: MessagesTaker): number;
}

/**
 * A message stands before one that came earlier: the rows are not in the order of channelID and chatID. Not a
 * fault of the export; sort the messages and begin again.
 */
export class OrderBroken extends Error {
  override readonly name = 'OrderBroken';
}
