import { joined, type Markup, markup, row, table } from '../reports/html-markup.js';
import { counted, grouped } from '../reports/wording.js';
import { PAGE_END, pageHead } from './page-markup.js';
import type { ViewedRoom } from './viewed-rooms.js';

/** A room's line on the first page. */
export interface RoomLine {
  readonly room: ViewedRoom;
  readonly messages: number;
  readonly differing: number;
}

/** The first page: what was chosen, what is to be known of the inputs, and every room. Memory held: the page. */
export function indexPage(lines: readonly RoomLine[], said: readonly string[], hasExport: boolean): string {
  const rows = lines.map(({ room, messages, differing }) =>
    row(markup`<a href="rooms/${room.folder}/index.html"><bdi>${room.name}</bdi></a>`, [
      room.isInPackage ? markup`<bdi>${room.category ?? 'unknown'}</bdi>` : markup`not in the package`,
      grouped(messages),
      grouped(differing),
    ]),
  );
  const sentences: Markup[] = said.map((sentence) => markup`<li>${sentence}</li>`);
  const head = [
    'Room',
    markup`Category`,
    'Messages',
    hasExport ? 'Not the same on both sides' : 'Listed in the ledger',
  ];
  return joined([
    pageHead('Transcripts'),
    markup`<main>
<ul>${sentences}</ul>
${table(`${counted(lines.length, 'room')}, in the order of their ids.`, head, { rows })}</main>
`,
    PAGE_END,
  ]).html;
}
