import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type Directory, type OpenedExport, openExport, RunFailure } from '@chatferry/export';
import { writing } from '../handoff/output-failure.js';
import { verifyBag } from '../handoff/verify-bag.js';
import { readLedger } from '../ledger/ledger-beside.js';
import { counted, VALIDATE_IN_WORDS, visible } from '../reports/wording.js';
import { evidenceFiles } from '../validate/evidence.js';
import { indexPage, type RoomLine, type SaidOfInputs } from './index-page.js';
import { instantInWords, monthOf } from './instants.js';
import { differencesIn } from './message-markup.js';
import { MessageSample } from './message-sample.js';
import { NO_DATE, type RoomCounts, RoomPages } from './room-pages.js';
import { RoomSpool } from './room-spool.js';
import { spoolExceptions } from './spool-exceptions.js';
import { readExportDirectory, spoolExport } from './spool-export.js';
import { spoolPackage } from './spool-package.js';
import { beginView, type ViewFolder } from './view-folder.js';
import type { ViewOptions, ViewSummary } from './view-options.js';
import { groupsOf, type MessageGroup } from './viewed-message.js';
import { UnknownRoom, ViewedRooms } from './viewed-rooms.js';

const DOCUMENTS_SHOWN = 20;

/** For whoever would read on regardless. */
export const BROKEN_SEAL = `The handoff is not as it was sealed: these pages show what is there now. ${VALIDATE_IN_WORDS} tells what is wrong with it.`;

/** Messages between two looks at whether the run was interrupted. */
const BREATH = 2000;

/**
 * Writes a folder of pages in which an auditor reads rooms: index.html, a folder for each room, a page for each month.
 * Same inputs and options give the same bytes. Memory held: both directories, 3 Mi units of text, one entry a room and
 * month; with a sample also its keys. Disk, until the end: the messages of the wanted rooms, once a side.
 *
 * @throws RunFailure; nothing lies under the final name then.
 */
export async function writeView(options: ViewOptions): Promise<ViewSummary> {
  const folder = await beginView(options.output, options.replace);
  try {
    const summary = await writePages(folder, options);
    await folder.commit();
    return summary;
  } finally {
    await folder.abort();
  }
}

async function writePages(folder: ViewFolder, options: ViewOptions): Promise<ViewSummary> {
  const spool = new RoomSpool(folder.spool);
  const opened =
    options.source === null ? null : await openExport(options.source, { report: () => undefined });
  try {
    const { rooms, said, isWhole } = await spoolAll(spool, opened, options);
    return { ...(await new ViewWriter(folder.pages, spool, rooms, options).write(said)), isWhole };
  } finally {
    await opened?.close();
  }
}

async function spoolAll(
  spool: RoomSpool,
  opened: OpenedExport | null,
  options: ViewOptions,
): Promise<{
  readonly rooms: ViewedRooms;
  readonly isWhole: boolean | null;
  readonly said: SaidOfInputs;
}> {
  const { located, layout, progress } = options;
  const readingExport = (bytes: number): void => progress('export', bytes);
  const source: Directory | null = opened === null ? null : await readExportDirectory(opened, readingExport);
  let begun: ViewedRooms | null = null;
  const taking = spoolPackage(located, layout, {
    spool,
    begin(directory) {
      const rooms = new ViewedRooms(directory, source);
      rooms.choose(options.rooms);
      begun = rooms;
      return (id) => rooms.isWanted(id);
    },
    progress: (bytes) => progress('package', bytes),
  });
  const faults = await taking.catch(async (error: unknown) => {
    throw error instanceof UnknownRoom ? await knownToLedger(error, options) : error;
  });
  const rooms = begun as ViewedRooms | null;
  if (rooms === null) throw new TypeError('the package was read without its directory');
  const said: string[] = [];
  const isWhole = located.handoffPath === null ? null : (await verifyBag(located.handoffPath)).length === 0;
  if (isWhole === false) said.push(BROKEN_SEAL);
  const files = await evidenceFiles(located, { ledgerPath: null, isWhole: isWhole === true });
  const shown = files.map(({ name, sha256 }) => `${name}: SHA-256 ${sha256}`);
  const into = { spool, isWanted: (id: number): boolean => rooms.isWanted(id) };
  const homeless = opened === null ? 0 : await spoolExport(opened, into, readingExport);
  shown.push(...exportDocuments(opened));
  if (located.ledgerPath !== null)
    await spoolExceptions(join(dirname(located.ledgerPath), 'ledger.ndjson'), {
      ...into,
      nodeLeft: rooms.nodeLeft,
    });
  else said.push('The package came without its ledger: what was left out is not marked with its rule.');
  if (faults > 0) said.push(`The package has ${faults} faults; ${VALIDATE_IN_WORDS} lists them.`);
  if (homeless > 0)
    said.push(`${homeless} rows of tblChat have no readable room or number and stand nowhere here.`);
  return { rooms, isWhole, said: { sentences: [...choiceInWords(options), ...said], bytes: shown } };
}

/** A room that was left behind is still in the account of what was read. */
async function knownToLedger(unknown: UnknownRoom, { located, source }: ViewOptions): Promise<RunFailure> {
  const ledger = source === null ? (await readLedger(located)).ledger : null;
  const { asked } = unknown;
  const isLeft = Object.entries(ledger?.rooms ?? {}).some(
    ([guid, { name, written }]) => written === 0 && (name === asked || guid === asked.toLowerCase()),
  );
  if (!isLeft) return unknown;
  return new RunFailure(
    'arguments',
    `--room ${visible(JSON.stringify(asked))} was left behind: the ledger has it, the package does not.`,
    'Give --source with the export, which alone has its messages.',
  );
}

/** The bytes of the export, once it has been read to its end. */
function exportDocuments(opened: OpenedExport | null): string[] {
  const documents = opened?.documents ?? [];
  const left = documents.length - DOCUMENTS_SHOWN;
  return [
    ...documents
      .slice(0, DOCUMENTS_SHOWN)
      .map((document) => `${document.name} of the export: SHA-256 ${document.sha256() ?? 'not known'}`),
    ...(left > 0 ? [`And ${counted(left, 'more document')} of the export.`] : []),
  ];
}

function choiceInWords({ source, since, until, sample, rooms, located }: ViewOptions): string[] {
  return [
    source === null
      ? 'The package alone: give --source to see the export beside it.'
      : 'The export stands beside the package wherever they differ; what is shown once is the same in both.',
    ...(located.isMarkedNotReady ? ['The package is marked as not ready.'] : []),
    ...(rooms.length === 0 ? [] : [`Chosen rooms only (${rooms.length} asked for).`]),
    ...(since === null ? [] : [`Only from ${instantInWords(since, false)} on.`]),
    ...(until === null ? [] : [`Only before ${instantInWords(until, false)}.`]),
    ...(sample === null
      ? []
      : [
          `A sample of at most ${sample.size} messages, seed ${JSON.stringify(sample.seed)}: those with the lowest SHA-256 over seed, U+001F, room id, U+001F, message number.`,
        ]),
  ];
}

class ViewWriter {
  readonly #folder: string;
  readonly #spool: RoomSpool;
  readonly #rooms: ViewedRooms;
  readonly #options: ViewOptions;
  readonly #sample: MessageSample | null;
  #seen = 0;

  constructor(folder: string, spool: RoomSpool, rooms: ViewedRooms, options: ViewOptions) {
    this.#folder = folder;
    this.#spool = spool;
    this.#rooms = rooms;
    this.#options = options;
    const { sample } = options;
    this.#sample = sample === null ? null : new MessageSample(sample.size, sample.seed);
  }

  async write(said: SaidOfInputs): Promise<Omit<ViewSummary, 'isWhole'>> {
    const rooms = this.#rooms.list(this.#spool.roomIds);
    if (this.#sample !== null) {
      for (const { id } of rooms) {
        for await (const group of this.#inPeriod(id)) this.#sample.offer(id, group.id);
      }
    }
    const lines: RoomLine[] = [];
    let pages = 1;
    let inPackage = 0;
    for (const room of rooms) {
      const counts = new Map<string, number>();
      let messages = 0;
      let differing = 0;
      for await (const group of this.#chosen(room.id)) {
        const month = this.#monthOf(group);
        counts.set(month, (counts.get(month) ?? 0) + 1);
        messages += 1;
        if (group.inPackage.length > 0) inPackage += 1;
        if (this.#isUneven(group)) differing += 1;
      }
      pages += await this.#writeRoom(room, { months: counts, differing });
      lines.push({ room, messages, differing });
    }
    const path = join(this.#folder, 'index.html');
    await writing(path, () =>
      writeFile(path, indexPage(lines, said, this.#options.source !== null), { mode: 0o600 }),
    );
    const sum = (of: (line: RoomLine) => number): number =>
      lines.reduce((total, line) => total + of(line), 0);
    return {
      rooms: rooms.length,
      messages: sum((line) => line.messages),
      inPackage,
      differing: sum((line) => line.differing),
      pages,
    };
  }

  async #writeRoom(room: RoomLine['room'], counts: RoomCounts): Promise<number> {
    const pages = new RoomPages(join(this.#folder, 'rooms'), room, counts, {
      author: this.#rooms.authorOf,
      roomName: this.#rooms.nameOf,
      hasExport: this.#options.source !== null,
    });
    for await (const group of this.#chosen(room.id)) {
      pages.message(this.#monthOf(group), group, this.#isUneven(group));
    }
    pages.close();
    return pages.pages;
  }

  async *#chosen(roomId: number): AsyncGenerator<MessageGroup> {
    for await (const group of this.#inPeriod(roomId)) {
      if (this.#sample === null || this.#sample.has(roomId, group.id)) yield group;
    }
  }

  /** One whose date either side puts into the period; one without any date always, for nobody knows better. */
  async *#inPeriod(roomId: number): AsyncGenerator<MessageGroup> {
    const { since, until, progress } = this.#options;
    for (const group of groupsOf(this.#spool.records(roomId))) {
      this.#seen += 1;
      if (this.#seen % BREATH === 0) {
        progress('pages', this.#seen);
        await setImmediate();
      }
      const dates = datesOf(group);
      const isIn = (date: bigint): boolean =>
        (since === null || date >= since) && (until === null || date < until);
      if (dates.length === 0 || dates.some(isIn)) yield group;
    }
  }

  #monthOf(group: MessageGroup): string {
    const [date] = datesOf(group);
    return (date === undefined ? null : monthOf(date)) ?? NO_DATE;
  }

  #isUneven(group: MessageGroup): boolean {
    const { inPackage, inExport, exceptions } = group;
    if (differencesIn(group).length > 0 || exceptions.length > 0 || inPackage.length !== 1) return true;
    return this.#options.source !== null && inExport.length !== 1;
  }
}

function datesOf({ inPackage, inExport }: MessageGroup): readonly bigint[] {
  return [...inPackage, ...inExport].flatMap(({ date }) => (date === null ? [] : [date]));
}
