import { Buffer } from 'node:buffer';
import { type RoomNamer, shownText } from '../view/shown-text.js';
import { joined, type Markup, markup, NOTHING } from './html-markup.js';
import type { SampledMessage, SampledSource, SampledText } from './run-summary.js';
import { messageKey } from './sample-words.js';
import { counted, placeInWords } from './wording.js';

/** What the messages say, the source beside the target where they differ; nothing unless texts were asked for. */
export function sampleTexts(messages: readonly SampledMessage[], roomName: RoomNamer): Markup {
  const shown = messages.filter(({ content }) => content.text !== undefined);
  if (shown.length === 0) return NOTHING;
  return joined([
    markup`<h3>Their texts</h3>
<p>This page holds personal text, because it was made with <code>--show-text</code>.</p>
`,
    ...shown.map(
      (
        message,
      ) => markup`<article class="text"><h4>Message ${messageKey(message)} in <bdi>${message.roomName}</bdi></h4>
${body(message, roomName)}</article>
`,
    ),
  ]);
}

function body(message: SampledMessage, roomName: RoomNamer): Markup {
  const { content, place, rtf, source } = message;
  if (source === undefined || source === null) {
    const why = source === null ? MANY_ROWS : notRead(message);
    return markup`<p class="soft">${why}</p>
${quoted(content, false, roomName)}`;
  }
  const beside = { titles: sideTitles(place), roomName };
  const text = isSame(source.content, content)
    ? markup`<p class="soft">The same in the export.</p>
${quoted(content, false, roomName)}`
    : sides('Text', [source.content, content], beside);
  return joined([authors(message, source), text, richText([source.rtf, rtf], beside)]);
}

/** Nobody reads it where both sides hold the same. */
function richText([inExport, inPackage]: Sides, beside: Beside): Markup {
  if (!isSame(inExport, inPackage)) return sides('Rich text', [inExport, inPackage], beside);
  if (inPackage === null) return NOTHING;
  return markup`<p class="soft">Its rich text, ${counted(inPackage.bytes, 'byte')}, is the same in the export.</p>
`;
}

const MANY_ROWS =
  'Which row of the export it was made from could not be told among those of its key: chatferry trace shows them, where chatferry itself is at hand.';

/** `merge` can do without the export. */
function notRead({ changedFields }: SampledMessage): string {
  const isAltered = changedFields.some((field) => field !== 'author');
  return isAltered
    ? 'In the export it says something else, which is not known here, because the export was not read (merge --source).'
    : 'The export was not read (merge --source); by the ledger its text is the same there.';
}

function authors({ author, authorId }: SampledMessage, source: SampledSource): Markup {
  if (authorId === source.authorId) return NOTHING;
  return markup`<p>Its author is principal ${source.authorId} <span class="id">${source.author}</span> in the export, principal ${authorId} <span class="id">${author}</span> in the package.</p>
`;
}

type Sides = readonly [inExport: SampledText | null, inPackage: SampledText | null];

interface Beside {
  readonly titles: readonly [inExport: Markup, inPackage: Markup];
  readonly roomName: RoomNamer;
}

function sideTitles(place: SampledMessage['place']): Beside['titles'] {
  const where = place === null ? '' : ` (${placeInWords({ ...place, record: null })})`;
  return [markup`In the export<bdi>${where}</bdi>`, markup`In the package`];
}

function sides(what: string, texts: Sides, { titles, roomName }: Beside): Markup {
  const [inExport, inPackage] = texts;
  const isHidden = inExport !== null && inPackage !== null && inExport.text === inPackage.text;
  const cards = texts.map((text, index) => {
    const size = text === null ? '' : `, ${counted(text.bytes, 'byte')}`;
    return markup`<div><p class="side">${titles[index] as Markup}${size}</p>
${quoted(text, true, roomName)}</div>
`;
  });
  return markup`<p class="differs">${what}: ${isHidden ? 'the two differ behind what is shown' : 'not the same on both sides'}.</p>
<div class="sides">
${cards}</div>
`;
}

/** @param isExact shows what else nobody would see, because it may be the difference. */
function quoted(text: SampledText | null, isExact: boolean, roomName: RoomNamer): Markup {
  if (text === null || text.bytes === 0)
    return markup`<p class="soft">${text === null ? 'None.' : 'Empty.'}</p>
`;
  const { bytes, text: shown = '' } = text;
  const rest = Buffer.byteLength(shown) < bytes ? markup`… (${bytes} bytes)` : NOTHING;
  return markup`<blockquote dir="auto">${shownText(shown, isExact, roomName)}${rest}</blockquote>
`;
}

function isSame(one: SampledText | null, other: SampledText | null): boolean {
  return one === null || other === null ? one === other : one.sha256 === other.sha256;
}
