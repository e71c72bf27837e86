import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { outputFailure } from '../handoff/output-failure.js';
import { joined, type Markup, markup, NOTHING, row, table } from '../reports/html-markup.js';
import { grouped } from '../reports/wording.js';
import { type MessageWords, messageEntry, messageItem } from './message-markup.js';
import { PAGE_END, pageHead, pageLinks } from './page-markup.js';
import type { MessageGroup } from './viewed-message.js';
import type { ViewedRoom } from './viewed-rooms.js';

/** Messages of a page; a month that has more is split. */
const PAGE_MESSAGES = 500;
/** Units of markup held before they go to the disk. */
const HELD_UNITS = 1024 * 1024;

/** The month of messages without a date that can be read, or whose text is not known. */
export const NO_DATE = 'no-date';

/** Stands for a month: the messages that are not the same on both sides, once more. */
const DIFFERS = 'differs';
/** Its first page, in the folder of a room that has such messages. */
export const DIFFERS_PAGE = pageName(DIFFERS, 1);

/** Messages by month, such as `2010-09`, and how many of all of them are not the same on both sides. */
export interface RoomCounts {
  readonly months: ReadonlyMap<string, number>;
  readonly differing: number;
}

/**
 * Writes the pages of a room: a list of its months, the months' messages, 500 a page, and once more those that are not
 * the same on both sides. Messages may come with their months in any order; within a page they stand in the order of
 * `message`. Memory held: 1 Mi units, one entry a month.
 */
export class RoomPages {
  readonly #room: ViewedRoom;
  readonly #folder: string;
  readonly #words: MessageWords;
  readonly #counts: RoomCounts;
  readonly #done = new Map<string, number>();
  readonly #waiting = new Map<string, string[]>();
  readonly #names: readonly string[];
  readonly #differing: readonly string[];
  #units = 0;

  constructor(folder: string, room: ViewedRoom, counts: RoomCounts, words: MessageWords) {
    this.#room = room;
    this.#words = words;
    this.#counts = counts;
    this.#folder = join(folder, room.folder);
    this.#names = [...counts.months]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([month, count]) => pagesOf(month, count));
    this.#differing = pagesOf(DIFFERS, counts.differing);
    this.#write(() => mkdirSync(this.#folder, { mode: 0o700 }));
    this.#append('index.html', this.#index());
  }

  /** Pages, that of the months included. */
  get pages(): number {
    return this.#names.length + this.#differing.length + 1;
  }

  message(month: string, group: MessageGroup, isDiffering: boolean): void {
    const item = messageItem(group, this.#words);
    const total = this.#counts.months.get(month) ?? 0;
    const page = this.#add(month, total, messageEntry(group, item));
    if (!isDiffering) return;
    const context = markup`<p><a href="${page}#m${String(group.id)}">Among the messages around it</a></p>
`;
    this.#add(DIFFERS, this.#counts.differing, messageEntry(group, joined([item, context])));
  }

  /** Returns the page on which it stands. */
  #add(month: string, total: number, item: Markup): string {
    const done = this.#done.get(month) ?? 0;
    const name = pageName(month, Math.floor(done / PAGE_MESSAGES) + 1);
    if (done % PAGE_MESSAGES === 0) this.#append(name, this.#pageStart(name, month));
    this.#append(name, item);
    this.#done.set(month, done + 1);
    if ((done + 1) % PAGE_MESSAGES === 0 || done + 1 === total) {
      this.#append(name, joined([{ html: '</ol>\n' }, this.#links(name), { html: '</main>\n' }, PAGE_END]));
    }
    return name;
  }

  close(): void {
    for (const [name, pieces] of this.#waiting) {
      this.#write(() => appendFileSync(join(this.#folder, name), pieces.join(''), { mode: 0o600 }));
    }
    this.#waiting.clear();
    this.#units = 0;
  }

  #append(name: string, { html }: Markup): void {
    const pieces = this.#waiting.get(name);
    if (pieces === undefined) this.#waiting.set(name, [html]);
    else pieces.push(html);
    this.#units += html.length;
    if (this.#units >= HELD_UNITS) this.close();
  }

  #write(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw outputFailure(error, this.#folder);
    }
  }

  #pageStart(name: string, month: string): Markup {
    return markup`${pageHead(`${this.#room.name}, ${this.#labelOf(name)}`)}<main>
${this.#links(name)}<p class="soft">${this.#said(month)} In the order of the message numbers.</p>
<ol class="messages">
`;
  }

  #said(month: string): string {
    if (month === DIFFERS) return 'Of all months, in UTC.';
    return month === NO_DATE ? 'Messages without a date that is known.' : 'Month and times in UTC.';
  }

  #labelOf(page: string): string {
    const label = page.replace('.html', '').replace(NO_DATE, 'no date').replace('-p', ', page ');
    return label.replace(
      DIFFERS,
      this.#words.hasExport ? 'not the same on both sides' : 'listed in the ledger',
    );
  }

  #links(name: string): Markup {
    const names = this.#names.includes(name) ? this.#names : this.#differing;
    const at = names.indexOf(name);
    const before = names[at - 1];
    const after = names[at + 1];
    return pageLinks('Pages', [
      ['All rooms', '../../index.html'],
      ['This room', 'index.html'],
      ...(before === undefined ? [] : [[`Before: ${this.#labelOf(before)}`, before] as const]),
      ...(after === undefined ? [] : [[`Next: ${this.#labelOf(after)}`, after] as const]),
    ]);
  }

  #index(): Markup {
    const { id, guid, name, nameInExport, category, isInPackage } = this.#room;
    const months = [...this.#counts.months].sort(([a], [b]) => (a < b ? -1 : 1));
    const rows = [
      ...months,
      ...(this.#differing.length === 0 ? [] : [[DIFFERS, this.#counts.differing] as const]),
    ].map(([month, count]) =>
      row(
        joined(pagesOf(month, count).map((page) => markup`<a href="${page}">${this.#labelOf(page)}</a> `)),
        [grouped(count)],
      ),
    );
    const where = isInPackage ? `Category ${category ?? 'unknown'}` : 'Not in the package';
    const body =
      rows.length === 0
        ? markup`<p>No message of this room is in this view.</p>`
        : table('Months in UTC.', ['Month', 'Messages'], { rows });
    return markup`${pageHead(name)}<main>
${pageLinks('Pages', [['All rooms', '../../index.html']])}<p><bdi>${where}</bdi>. Room id ${id}${guid === null ? NOTHING : markup`, GUID ${guid}`}.${nameInExport === null ? NOTHING : markup` In the export it is called <bdi>${nameInExport}</bdi>.`}</p>
${body}</main>
${PAGE_END}`;
  }
}

function pagesOf(month: string, count: number): readonly string[] {
  return Array.from({ length: Math.ceil(count / PAGE_MESSAGES) }, (_, index) => pageName(month, index + 1));
}

function pageName(month: string, number: number): string {
  return number === 1 ? `${month}.html` : `${month}-p${number}.html`;
}
