import type { Buffer } from 'node:buffer';
import { ByteSink, type ChatRow, type Place, TextValue, type TickRange, TRAIT } from '@chatferry/export';
import { fileLinksOf } from '@chatferry/import';
import { FAR_BYTES, MarkerSearch } from '../messages/marker-search.js';
import { MessageDraft } from '../messages/message-draft.js';
import { OddCharacters } from './odd-characters.js';
import { PreviousMessage } from './previous-message.js';
import { MUST_DECODE, quickLength } from './quick-length.js';
import { RoomCounts } from './room-counts.js';
import { YearOfTicks } from './year-of-ticks.js';

/** Columns whose faults later rules judge, each by itself. */
const JUDGED_LATER: ReadonlySet<string> = new Set(['chatDate', 'content']);

/**
 * Counts messages as they pass by, in the order of the export. Hot: an ordinary message costs no allocation and is
 * not decoded. Memory held: what `RoomCounts` states for each channelID, and the longest text that needs decoding.
 */
export class MessageCounts {
  /** By channelID, in the order of their first messages. */
  readonly rooms = new Map<number | null, RoomCounts>();
  alerts = 0;
  stories = 0;
  /** Messages with file links, and the links in them. */
  fileLinkMessages = 0;
  fileLinks = 0;
  roomLinkMessages = 0;
  rtf = 0;
  /** Messages with a carriage return that the export wrote raw, so that XML reads it as a line feed. */
  lostReturns = 0;
  /** The first message that stands before an earlier one by channelID and chatID; null when all are sorted. */
  unsortedAt: Place | null = null;
  readonly odd = new OddCharacters();

  /** userIds of principals that rules will not refuse; added to while the directory is read. */
  readonly #authors: ReadonlySet<number>;
  readonly #dates: YearOfTicks;
  readonly #previous = new PreviousMessage();
  readonly #fileLink = new MarkerSearch('ma-filelink:', FAR_BYTES);
  readonly #roomLink = new MarkerSearch('ma-chan:', FAR_BYTES);
  readonly #story = new MarkerSearch('[STORY]', FAR_BYTES);
  readonly #probe = new MessageDraft();
  readonly #raw = new TextValue();
  readonly #sink = new ByteSink(0x100);
  /** No marker of any kind begins in these bytes from the text that was searched last up to there. */
  #clear: { readonly bytes: Buffer; readonly from: number; readonly until: number } | null = null;
  #room: RoomCounts | null = null;
  #lastId: bigint | null = null;
  #strangeDates: TickRange | null = null;

  /** @param latest the date of the export, in ticks; null when it is not known. */
  constructor(authors: ReadonlySet<number>, latest: bigint | null) {
    this.#authors = authors;
    this.#dates = new YearOfTicks(latest);
  }

  /** @param windowId changes whenever the bytes behind the texts have moved. */
  beginWindow(windowId: number): void {
    this.#probe.windowId = windowId;
    this.#clear = null;
  }

  /** Before the bytes behind the texts move. */
  endWindow(): void {
    this.#previous.keep();
  }

  take(row: ChatRow): void {
    const isReadable = row.defects.length === 0 || !hasDefect(row, (column) => !JUDGED_LATER.has(column));
    this.#enter(row, isReadable);
    const room = this.#room as RoomCounts;
    room.messages += 1;
    const date = this.#dates.take(row.chatDate);
    room.countYear(this.#dates.year);
    if (date === 'unusable') this.#noteStrangeDate(row.chatDate);
    else room.countDate(row.chatDate);
    if (row.isAlert) this.alerts += 1;
    this.#countText(row, room);

    // The conditions in the order of the rules: one that refuses or excludes a message hides the later ones.
    if (!isReadable) {
      room.meets('message-column-undecodable', row);
      return;
    }
    if (this.#previous.hasKeyOf(row)) {
      const isSame = this.#previous.equals(row);
      room.meets(isSame ? 'message-id-duplicate same' : 'message-id-duplicate', row);
      return;
    }
    this.#previous.note(row);
    if (!this.#authors.has(row.userId)) room.countStranger(row);
    if (date === 'unusable') room.meets('message-date-unusable', row);
    else if (row.content === null) room.meets('message-content-missing', row);
    if (date === 'incredible') room.meets('message-date-unusable incredible', row);
    if (this.odd.isInMessage) this.#meetOdd(row, room);
  }

  /** Lowest and highest chatDate of all messages, usable or not. */
  dateRange(): TickRange | null {
    let range = this.#strangeDates;
    for (const { first, last } of this.rooms.values()) {
      if (first !== null && last !== null) range = widened(range, first, last);
    }
    return range;
  }

  /** Turns to the room of a message and looks whether it stands in order. */
  #enter(row: ChatRow, isReadable: boolean): void {
    if (!isReadable && hasDefect(row, (column) => column === 'channelID')) {
      this.#turnTo(null);
      return;
    }
    const hasId = isReadable || !hasDefect(row, (column) => column === 'chatID');
    const room = this.#room;
    if (room !== null && room.channelID === row.channelID) {
      if (!hasId) return;
      if (this.#lastId !== null && row.chatID < this.#lastId) this.unsortedAt ??= row.place;
    } else {
      if (room?.channelID != null && row.channelID < room.channelID) this.unsortedAt ??= row.place;
      this.#turnTo(row.channelID);
    }
    this.#lastId = hasId ? row.chatID : null;
    if (hasId) this.#noteId(row.chatID);
  }

  #turnTo(channelID: number | null): void {
    let room = this.rooms.get(channelID);
    if (room === undefined) {
      room = new RoomCounts(channelID);
      this.rooms.set(channelID, room);
    }
    this.#room = room;
    this.#lastId = null;
  }

  #noteId(chatID: bigint): void {
    const room = this.#room as RoomCounts;
    if (room.highestId === null || chatID > room.highestId) room.highestId = chatID;
  }

  #noteStrangeDate(ticks: bigint): void {
    this.#strangeDates = widened(this.#strangeDates, ticks, ticks);
  }

  #countText({ content, rtf }: ChatRow, room: RoomCounts): void {
    this.odd.isInMessage = false;
    if (content !== null) {
      const length = quickLength(content);
      const isHidden = length === MUST_DECODE;
      room.textBytes += isHidden ? this.#decodedLength(content) : length;
      if (content.traits !== 0) this.#countTraits(content);
      this.#countMarkers(content, isHidden || content.form === 'decoded');
    }
    if (rtf !== null) {
      const length = quickLength(rtf);
      this.rtf += 1;
      room.textBytes += length === MUST_DECODE ? this.#decodedLength(rtf) : length;
      if (rtf.isForbidden) this.odd.count(rtf);
    }
  }

  #countTraits(content: TextValue): void {
    if ((content.traits & TRAIT.CARRIAGE_RETURN) !== 0) this.lostReturns += 1;
    if (content.isForbidden) this.odd.count(content);
  }

  /** @param isAlone the text cannot be searched where it stands, with its neighbours. */
  #countMarkers(content: TextValue, isAlone: boolean): void {
    if (!isAlone && this.#isClear(content)) return;
    const probe = this.#probe;
    if (isAlone) {
      probe.content = content;
    } else {
      this.#raw.set(content.bytes, content.start, content.end, 'element', 0);
      probe.content = this.#raw;
    }
    this.#searchMarkers(content, probe);
    if (isAlone) return;
    const searches = [this.#roomLink, this.#story, this.#fileLink];
    const until = Math.min(...searches.map(({ clearUntil }) => clearUntil));
    this.#clear = { bytes: content.bytes, from: content.start, until };
  }

  #isClear({ bytes, start, end }: TextValue): boolean {
    const clear = this.#clear;
    return clear !== null && end <= clear.until && bytes === clear.bytes && start >= clear.from;
  }

  #searchMarkers(content: TextValue, probe: MessageDraft): void {
    if (this.#roomLink.isIn(probe)) this.roomLinkMessages += 1;
    if (this.#story.isIn(probe)) this.stories += 1;
    if (this.#fileLink.isIn(probe)) {
      this.fileLinkMessages += 1;
      this.fileLinks += fileLinksOf(content.toString()).length;
    }
  }

  #decodedLength(value: TextValue): number {
    this.#sink.clear();
    value.appendDecoded(this.#sink);
    return this.#sink.length;
  }

  #meetOdd(row: ChatRow, room: RoomCounts): void {
    if (this.odd.hasSurrogate) room.meets('message-content-lone-surrogate', row);
    if (this.odd.hasControl) room.meets('message-content-forbidden-character', row);
  }
}

function hasDefect(row: ChatRow, matches: (column: string) => boolean): boolean {
  return row.defects.some(({ column }) => matches(column));
}

function widened(range: TickRange | null, from: bigint, to: bigint): TickRange {
  if (range === null) return { min: from, max: to };
  return { min: from < range.min ? from : range.min, max: to > range.max ? to : range.max };
}
