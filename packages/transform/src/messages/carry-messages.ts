import type { ChatRow, MessagesTaker } from '@chatferry/export';
import type { TargetMessage } from '@chatferry/import';
import { unusable } from '../checkpoint/checkpoint-file.js';
import type { Fates } from '../directory/fates.js';
import type { MessageContext } from './message-context.js';
import { accountOf, MessagePass, type PassSinks } from './message-pass.js';
import type { MessageRule } from './message-rule.js';
import type { MessageWindow } from './message-window.js';

/** Where messages are written; the package writer of the import room is one. */
export interface MessageOutput {
  readonly messages: { message(message: TargetMessage): void };
  /** Awaited after each window: backpressure. */
  flush(): Promise<void>;
}

/** Where a pass may be interrupted and gone on with. */
export interface MessageStops {
  /**
   * Messages that an earlier run has settled, which are read and passed over, and whether they were all; null when
   * there are none.
   */
  readonly settled: { readonly messages: number; readonly isEnd: boolean } | null;
  /** Whether a checkpoint is to be taken where the next room begins. */
  readonly isDue: boolean;
  /** All messages so far are settled. */
  take(pass: MessagePass, isEnd: boolean): Promise<void>;
  /** The settled messages have passed by. */
  catchUp(pass: MessagePass): Promise<void>;
}

/** A package in several parts: where one ends and the next begins. */
export interface PartBoundaries {
  /** Whether the part ends with its last room; asked before each message. */
  readonly isFull: boolean;
  /** Ends the part before a room: all rooms with a lower id are whole, and these are the counters of all rooms. */
  next(firstRoomId: number, lastChatIds: ReadonlyMap<number, bigint>): Promise<void>;
}

export interface CarryOptions extends Omit<PassSinks, 'messages'> {
  readonly windows: AsyncIterable<MessageWindow>;
  /** In running order. */
  readonly rules: readonly MessageRule[];
  readonly context: MessageContext;
  readonly output: MessageOutput;
  /** Told the chatDate of every message, carried or not. */
  readonly dates?: { note(date: bigint): void };
  /** The fates of the directory's rows: a counter that is raised counts as changed. Touched only at the end. */
  readonly fates: Pick<Fates, 'settle'>;
  /** null for a package in one piece. */
  readonly parts?: PartBoundaries | null;
  /** null takes no checkpoints. */
  readonly stops?: MessageStops | null;
}

export interface CarriedMessages {
  /** Messages that the windows held; give it to `Ledger.messagesRead` unless the reader has counted by itself. */
  readonly messagesRead: number;
  /** The counter of every carried room that has one or has messages, by room id, ascending. */
  readonly lastChatIds: ReadonlyMap<number, bigint>;
}

/**
 * Pass 2: carries the messages of an export into the package. Rows are expected by ascending channelID and chatID,
 * equal ones in file order. Every room of the source gets its account in the ledger, with messages or without.
 *
 * Memory held: one draft and one id a room; nothing grows with the messages.
 *
 * @throws OrderBroken at the first row that stands before an earlier one. What went out until then is void: empty
 *   the ledger (`forgetMessages`), rewind the files, take a new output, and begin again with `sortMessages`.
 * @throws RunFailure of the reader, of the output, or `plan-unusable` when an option names what does not exist.
 */
export async function carryMessages(options: CarryOptions): Promise<CarriedMessages> {
  const { context, dates, ledger, output, parts, rules, windows } = options;
  for (const room of context.rooms.values()) if (room.hasAccount) accountOf(ledger, room);
  const pass = new MessagePass(rules, context, { ...options, messages: output.messages });
  const stopping = options.stops == null ? null : new StoppingPass(pass, options.stops, options);
  const takeHeld: MessagesTaker = (held) =>
    pass.takeHeld(held, ({ firstDate, lastDate }) => {
      dates?.note(firstDate);
      dates?.note(lastDate);
    });
  for await (const window of windows) {
    pass.beginWindow(window.windowId);
    if (stopping?.mayStop === true) {
      await stopping.take(window.rows);
    } else {
      for (const row of window.rows) {
        dates?.note(row.chatDate);
        if (parts?.isFull === true) await endPartBefore(row, pass, options);
        pass.take(row);
        if (pass.mayTakeHeld) window.offer?.(takeHeld);
      }
    }
    await output.flush();
  }
  await stopping?.end();
  pass.end();
  for (const { row, rule } of pass.runs.changedRows) options.fates.settle(row, 'changed', rule);
  return { messagesRead: pass.count, lastChatIds: lastChatIds(context, pass.highestIds) };
}

/** Ends the part when the row begins another room. */
async function endPartBefore(
  row: ChatRow,
  pass: MessagePass,
  { context, parts }: Pick<CarryOptions, 'context' | 'parts'>,
): Promise<void> {
  if (pass.beginsRoom(row)) await parts?.next(row.channelID, lastChatIds(context, pass.highestIds));
}

/** The counter of every carried room that has one or has messages, by room id, ascending. */
export function lastChatIds(
  context: MessageContext,
  highestIds: ReadonlyMap<number, bigint>,
): Map<number, bigint> {
  const counters = new Map<number, bigint>();
  const carried = [...context.rooms.values()].filter((room) => room.state === 'carried');
  for (const { channelID, counter } of carried.toSorted((a, b) => a.channelID - b.channelID)) {
    const highest = highestIds.get(channelID);
    const stored = counter?.lastChatID;
    if (highest === undefined && stored === undefined) continue;
    counters.set(
      channelID,
      stored === undefined || (highest ?? stored) > stored ? (highest as bigint) : stored,
    );
  }
  return counters;
}

/** Takes messages with an eye on checkpoints. */
class StoppingPass {
  readonly #pass: MessagePass;
  readonly #stops: MessageStops;
  readonly #options: Pick<CarryOptions, 'context' | 'dates' | 'parts'>;
  /** Settled messages that have not passed by yet. */
  #left: number;
  #isBehind: boolean;

  constructor(
    pass: MessagePass,
    stops: MessageStops,
    options: Pick<CarryOptions, 'context' | 'dates' | 'parts'>,
  ) {
    this.#pass = pass;
    this.#stops = stops;
    this.#options = options;
    this.#left = stops.settled?.messages ?? 0;
    this.#isBehind = stops.settled !== null;
  }

  /** Whether the next messages must come here one by one. */
  get mayStop(): boolean {
    return this.#isBehind || this.#stops.isDue;
  }

  async take(rows: Iterable<ChatRow>): Promise<void> {
    for (const row of rows) {
      this.#options.dates?.note(row.chatDate);
      if (this.#left > 0) {
        this.#left -= 1;
        continue;
      }
      if (this.#isBehind) await this.#catchUp(false);
      else if (this.#stops.isDue && this.#pass.beginsRoom(row)) await this.#stops.take(this.#pass, false);
      if (this.#options.parts?.isFull === true) await endPartBefore(row, this.#pass, this.#options);
      this.#pass.take(row);
    }
  }

  async end(): Promise<void> {
    if (this.#isBehind) await this.#catchUp(true);
    else await this.#stops.take(this.#pass, true);
  }

  async #catchUp(isEnd: boolean): Promise<void> {
    if (this.#left > 0 || this.#stops.settled?.isEnd !== isEnd) {
      throw unusable('counts other messages than the export has');
    }
    this.#isBehind = false;
    await this.#stops.catchUp(this.#pass);
  }
}
