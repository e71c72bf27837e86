import { breakable, joined, type Markup, markup, row, table } from '../reports/html-markup.js';
import { counted, grouped } from '../reports/wording.js';
import { PAGE_END, pageHead } from './page-markup.js';
import { DIFFERS_PAGE } from './room-pages.js';
import type { ViewedRoom } from './viewed-rooms.js';

/** A room's line on the first page. */
export interface RoomLine {
  readonly room: ViewedRoom;
  readonly messages: number;
  readonly differing: number;
}

/** What is to be known of the inputs. */
export interface SaidOfInputs {
  readonly sentences: readonly string[];
  /** A line for each file that is shown: its name and SHA-256. */
  readonly bytes: readonly string[];
}

/** The first page: what was chosen, what is to be known of the inputs, and every room. Memory held: the page. */
export function indexPage(
  lines: readonly RoomLine[],
  { sentences, bytes }: SaidOfInputs,
  hasExport: boolean,
): string {
  const rows = lines.map(({ room, messages, differing }) =>
    row(markup`<a href="rooms/${room.folder}/index.html"><bdi>${breakable(room.name)}</bdi></a>`, [
      room.isInPackage
        ? markup`<bdi>${breakable(room.category ?? 'unknown')}</bdi>`
        : markup`not in the package`,
      grouped(messages),
      differing === 0
        ? grouped(differing)
        : {
            ...markup`<a href="rooms/${room.folder}/${DIFFERS_PAGE}">${grouped(differing)}</a>`,
            isCount: true,
          },
    ]),
  );
  const items = (texts: readonly string[]): Markup[] => texts.map((text) => markup`<li>${text}</li>`);
  const head = [
    'Room',
    markup`Category`,
    'Messages',
    hasExport ? 'Not the same on both sides' : 'Listed in the ledger',
  ];
  return joined([
    pageHead('Transcripts'),
    markup`<main>
<ul>${items(sentences)}</ul>
${table(`${counted(lines.length, 'room')}, in the order of their ids.`, head, { rows })}<h2>The bytes that are shown</h2>
<ul class="soft">${items(bytes)}</ul>
</main>
`,
    PAGE_END,
  ]).html;
}
