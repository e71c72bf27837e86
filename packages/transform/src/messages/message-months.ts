import type { LedgerException } from '../ledger/ledger-exceptions.js';
import type { MessageDraft } from './message-draft.js';
import type { PassedMessages } from './message-rule.js';
import { isInstant, isoTicks, ticksToText } from './ticks.js';

/**
 * What became of the messages of one month (UTC). Those that are neither excluded nor refused were written. JSON can
 * hold it.
 */
export interface SavedMonth {
  /** Such as `2010-09`. */
  readonly month: string;
  readonly read: number;
  readonly excluded: number;
  readonly refused: number;
}

interface OpenMonth {
  readonly month: string;
  /** Ticks, inclusive; and of the month that follows. */
  readonly from: bigint;
  readonly to: bigint;
  read: number;
  excluded: number;
  refused: number;
  isSaved: boolean;
}

/** Receives what is not simply carried. */
interface Exceptions {
  row(exception: LedgerException, message: MessageDraft): void;
}

/**
 * Counts messages by the month of their date; those without a usable date are nobody's. Memory held: 200 bytes a month
 * that has messages, of which the calendar has 120,000.
 */
export class MessageMonths {
  readonly #months = new Map<string, OpenMonth>();
  /** The month of the last message, because messages mostly follow each other in time. */
  #last: OpenMonth | null = null;

  /** Of a message that was read, whatever becomes of it. Hot: two comparisons in the usual case. */
  read(date: bigint): void {
    const month = this.#of(date);
    if (month === null) return;
    month.read += 1;
    month.isSaved = false;
  }

  /** Of messages whose dates ascend: as many looks at dates as it takes to find where each month ends. */
  readAll({ messages, dateAt, lastDate }: Pick<PassedMessages, 'messages' | 'dateAt' | 'lastDate'>): void {
    for (let first = 0; first < messages; ) {
      const month = this.#of(dateAt(first));
      if (month === null) return;
      const end = lastDate < month.to ? messages : firstFrom(month.to, dateAt, first + 1, messages);
      month.read += end - first;
      month.isSaved = false;
      first = end;
    }
  }

  /** Counts what goes to `exceptions` and stays behind. */
  watching(exceptions: Exceptions): Exceptions {
    return {
      row: (exception, message) => {
        const { state } = exception;
        const month = state === 'changed' ? null : this.#of(message.row.chatDate);
        if (month !== null && state !== 'changed') {
          month[state] += 1;
          month.isSaved = false;
        }
        exceptions.row(exception, message);
      },
    };
  }

  /** In the order of time. */
  counts(): SavedMonth[] {
    return [...this.#months.values()].map(saved).sort((a, b) => (a.month < b.month ? -1 : 1));
  }

  clear(): void {
    this.#months.clear();
    this.#last = null;
  }

  /** What has changed since the last call, each month as it is now. */
  *changes(): Generator<SavedMonth> {
    for (const month of this.#months.values()) {
      if (month.isSaved) continue;
      month.isSaved = true;
      yield saved(month);
    }
  }

  /** Takes over what `changes` gave to another process; of two for one month the last counts. */
  restore({ month, read, excluded, refused }: SavedMonth): void {
    Object.assign(this.#named(month), { read, excluded, refused, isSaved: true });
  }

  /** Adds what the `changes` of another have counted of other messages. */
  add({ month, read, excluded, refused }: SavedMonth): void {
    const open = this.#named(month);
    open.read += read;
    open.excluded += excluded;
    open.refused += refused;
    open.isSaved = false;
  }

  #of(date: bigint): OpenMonth | null {
    const last = this.#last;
    if (last !== null && date >= last.from && date < last.to) return last;
    if (!isInstant(date)) return null;
    this.#last = this.#named(ticksToText(date).slice(0, '2010-09'.length));
    return this.#last;
  }

  #named(month: string): OpenMonth {
    let open = this.#months.get(month);
    if (open === undefined) {
      const [year = 0, number = 0] = month.split('-').map(Number);
      open = {
        month,
        from: startOf(year, number),
        to: number === 12 ? startOf(year + 1, 1) : startOf(year, number + 1),
        read: 0,
        excluded: 0,
        refused: 0,
        isSaved: false,
      };
      this.#months.set(month, open);
    }
    return open;
  }
}

function saved({ month, read, excluded, refused }: OpenMonth): SavedMonth {
  return { month, read, excluded, refused };
}

/** The first message from `first` on, before `end`, whose date is not below `date`; `end` when there is none. */
function firstFrom(date: bigint, dateAt: (index: number) => bigint, first: number, end: number): number {
  let low = first;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (dateAt(middle) < date) low = middle + 1;
    else high = middle;
  }
  return low;
}

const AFTER_THE_CALENDAR = 1n << 63n;

function startOf(year: number, month: number): bigint {
  const digits = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-01`;
  return (year > 9999 ? null : isoTicks(digits)) ?? AFTER_THE_CALENDAR;
}
