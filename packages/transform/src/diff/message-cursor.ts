import type { ChatRow } from '@chatferry/export';
import type { MessageWindow } from '../messages/message-window.js';

/** Which of the two that are compared. */
export type SideName = 'before' | 'after';

/** A side's messages are not in the order of room and id: sort that side and begin again. */
export class SideUnsorted extends Error {
  override readonly name = 'SideUnsorted';
  readonly side: SideName;

  constructor(side: SideName) {
    super(`The messages of the side ${side} are not in order`);
    this.side = side;
  }
}

/** Messages that are looked at to find out whether a side is sorted. */
const PROBED = 50_000;

/** Points at one message of a side after the other. Memory held: what the side's windows hold. */
export class MessageCursor {
  /** The message; null before the first `refill` and after the last message. Valid until the next move. */
  row: ChatRow | null = null;
  readonly #side: SideName;
  readonly #windows: AsyncIterator<MessageWindow>;
  #rows: Iterator<ChatRow> | null = null;
  #isFirst = true;
  #channelID = 0;
  #chatID = 0n;

  constructor(side: SideName, windows: AsyncIterable<MessageWindow>) {
    this.#side = side;
    this.#windows = windows[Symbol.asyncIterator]();
  }

  /**
   * Moves on within the window; false when it is at its end and `refill` must follow.
   * @throws SideUnsorted
   */
  next(): boolean {
    const next = this.#rows?.next();
    if (next === undefined || next.done === true) {
      this.row = null;
      return false;
    }
    this.row = next.value;
    this.#checkOrder(next.value);
    return true;
  }

  /** Moves to the first message of the next window that has one; `row` is null when there is none. */
  async refill(): Promise<void> {
    do {
      const window = await this.#windows.next();
      if (window.done === true) {
        this.row = null;
        return;
      }
      this.#rows = window.value.rows[Symbol.iterator]();
    } while (!this.next());
  }

  /** Reads on for a while; true when messages turn out not to be in order. */
  async isSoonUnsorted(): Promise<boolean> {
    try {
      for (let count = 0; count < PROBED; count++) {
        if (this.next()) continue;
        await this.refill();
        if (this.row === null) return false;
      }
      return false;
    } catch (error) {
      if (error instanceof SideUnsorted) return true;
      throw error;
    }
  }

  /** Reads to the end without looking at the messages or at their order. */
  async drain(): Promise<void> {
    for (;;) {
      const window = await this.#windows.next();
      if (window.done === true) return;
      for (const _ of window.value.rows);
    }
  }

  /** Ends the side's reading early, or late. */
  async close(): Promise<void> {
    await this.#windows.return?.();
  }

  #checkOrder({ channelID, chatID }: ChatRow): void {
    if (!this.#isFirst) {
      const isLower = channelID < this.#channelID;
      if (isLower || (channelID === this.#channelID && chatID < this.#chatID)) {
        throw new SideUnsorted(this.#side);
      }
    }
    this.#isFirst = false;
    this.#channelID = channelID;
    this.#chatID = chatID;
  }
}
