import type { ChatRow, Place } from '@chatferry/export';

/** How many messages of a room meet a condition, and where the first stands. */
export interface Met {
  messages: number;
  readonly first: Place;
}

/** Messages of a room in one year. */
export interface YearCount {
  /** 1 to 9999; null for dates that are no instants. */
  readonly year: number | null;
  messages: number;
}

/** Conditions of single messages, by the rule that will speak of them, with its severity where it has several. */
export type Condition =
  | 'message-column-undecodable'
  | 'message-id-duplicate'
  | 'message-id-duplicate same'
  | 'message-date-unusable'
  | 'message-date-unusable incredible'
  | 'message-content-missing'
  | 'message-content-lone-surrogate'
  | 'message-content-forbidden-character';

/**
 * What was counted of the messages of one channelID. Memory held: one counter a year, a condition, and an author
 * who was not known when the message was read.
 */
export class RoomCounts {
  /** null collects the messages whose channelID does not decode. */
  readonly channelID: number | null;
  messages = 0;
  /** UTF-8 bytes of content and rtf, decoded. */
  textBytes = 0;
  first: bigint | null = null;
  last: bigint | null = null;
  highestId: bigint | null = null;
  readonly years: YearCount[] = [];
  readonly conditions = new Map<Condition, Met>();
  /** By userId. */
  readonly strangers = new Map<number, Met>();
  #year: YearCount | null = null;

  constructor(channelID: number | null) {
    this.channelID = channelID;
  }

  countYear(year: number | null): void {
    if (this.#year === null || this.#year.year !== year) this.#year = this.#ofYear(year);
    this.#year.messages += 1;
  }

  countDate(ticks: bigint): void {
    if (this.first === null || this.last === null) {
      this.first = ticks;
      this.last = ticks;
    } else if (ticks > this.last) {
      this.last = ticks;
    } else if (ticks < this.first) {
      this.first = ticks;
    }
  }

  meets(condition: Condition, row: ChatRow): void {
    count(this.conditions, condition, row);
  }

  countStranger(row: ChatRow): void {
    count(this.strangers, row.userId, row);
  }

  #ofYear(year: number | null): YearCount {
    const known = this.years.find((each) => each.year === year);
    if (known !== undefined) return known;
    const added = { year, messages: 0 };
    this.years.push(added);
    return added;
  }
}

function count<Key>(counts: Map<Key, Met>, key: Key, row: ChatRow): void {
  const met = counts.get(key);
  if (met === undefined) counts.set(key, { messages: 1, first: row.place });
  else met.messages += 1;
}
