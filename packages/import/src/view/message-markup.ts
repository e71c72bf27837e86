import { type Markup, markup, NOTHING } from '../reports/html-markup.js';
import { counted } from '../reports/wording.js';
import { instantInWords, isoOfMessage } from './instants.js';
import { type RoomNamer, shownText } from './shown-text.js';
import type { MessageGroup, ViewedMessage } from './viewed-message.js';

/** What a page needs to know beside the messages. */
export interface MessageWords {
  readonly author: (message: ViewedMessage) => string;
  readonly roomName: RoomNamer;
  /** Whether the export was read, so that its silence means something. */
  readonly hasExport: boolean;
}

/** One message number: once when package and export agree, else side beside side. */
export function messageItem(group: MessageGroup, words: MessageWords): Markup {
  const differing = differencesIn(group);
  const [only] = group.inPackage;
  const isPlain = only !== undefined && group.inPackage.length === 1 && differing.length === 0;
  const isAgreed = isPlain && (!words.hasExport || group.inExport.length === 1);
  const body = isAgreed ? card(only, null, words) : sides(group, differing, words);
  const ledger = group.exceptions.map(
    ({ state, rule, place }) => markup`<p class="differs">Ledger: ${state} by ${rule} (${place})</p>`,
  );
  return markup`<p class="number">Message ${String(group.id)}</p>
${body}${ledger}`;
}

/** A list item that links lead to. */
export function messageEntry(group: MessageGroup, body: Markup): Markup {
  return markup`<li id="m${String(group.id)}">${body}</li>
`;
}

/** The fields in which the two sides differ, when each has the message once. */
export function differencesIn({ inPackage, inExport }: MessageGroup): readonly string[] {
  const [a] = inPackage;
  const [b] = inExport;
  if (a === undefined || b === undefined || inPackage.length > 1 || inExport.length > 1) return [];
  const fields = [
    ['author', a.userId === b.userId],
    ['date', a.date === b.date],
    ['alert', a.alert === b.alert],
    ['text', a.content === b.content],
    ['RTF', a.rtf === b.rtf],
  ] as const;
  return fields.flatMap(([field, isSame]) => (isSame ? [] : [field]));
}

function sides(group: MessageGroup, differing: readonly string[], words: MessageWords): Markup {
  const { inPackage, inExport } = group;
  const said: string[] = [];
  if (differing.length > 0) said.push(`Differs: ${differing.join(', ')}`);
  if (inPackage.length === 0) said.push('Not in the package');
  if (inExport.length === 0) {
    said.push(
      words.hasExport ? 'Not in the export' : 'The export was not read (--source), so its text is not known',
    );
  }
  if (inPackage.length > 1) said.push(`${inPackage.length} times in the package`);
  if (inExport.length > 1) said.push(`${inExport.length} times in the export`);
  const cards = [
    ...inExport.map((message) => card(message, 'In the export', words)),
    ...inPackage.map((message) => card(message, 'In the package', words)),
  ];
  return markup`<p class="differs">${said.join('. ')}.</p>
<div class="sides">${cards}</div>
`;
}

/** `side` null: both sides agree, and the message stands as people saw it. */
function card(message: ViewedMessage, side: string | null, words: MessageWords): Markup {
  const isExact = side !== null;
  const heading = side === null ? NOTHING : markup`<p class="side">${side} (${message.place})</p>`;
  const tags = [
    message.alert ? markup` <b class="tag alert">Alert</b>` : NOTHING,
    message.content?.includes('[STORY]') === true ? markup` <b class="tag">Story</b>` : NOTHING,
  ];
  const text = body(message.content, isExact, words);
  return markup`<div class="card">${heading}<p><bdi class="who">${words.author(message)}</bdi> ${time(message.date, isExact)}${tags}</p>
${text}${rtf(message.rtf, isExact, words)}</div>
`;
}

function body(text: string | null, isExact: boolean, { roomName }: MessageWords): Markup {
  if (text === null) return markup`<p class="soft">No text.</p>`;
  if (text === '') return markup`<p class="soft">(empty)</p>`;
  const blank = /\S/.test(text) ? NOTHING : markup`<p class="soft">(only blanks)</p>`;
  return markup`${blank}<div class="body" dir="auto">${shownText(text, isExact, roomName)}</div>`;
}

function rtf(text: string | null, isExact: boolean, { roomName }: MessageWords): Markup {
  if (text === null) return NOTHING;
  const size = counted(text.length, 'character');
  return markup`<details><summary>RTF, ${size}</summary><pre dir="ltr">${shownText(text, isExact, roomName)}</pre></details>`;
}

function time(date: bigint | null, isExact: boolean): Markup {
  if (date === null) return markup`<span class="when">date unreadable</span>`;
  const words = instantInWords(date, isExact);
  const iso = isoOfMessage(date);
  return iso === null
    ? markup`<span class="when">${words}</span>`
    : markup`<time class="when" datetime="${iso}">${words}</time>`;
}
