import { joined, type Markup, markup } from '../reports/html-markup.js';

/**
 * What acts instead of being seen: controls, separators, lone surrogates, format characters (those that turn text
 * around included) and blank letters. Joiners stay, because scripts and emoji need them, unless every character counts.
 */
const UNSEEN =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Cf}\u115f\u1160\u3164\uffa0\p{Variation_Selector}\p{Noncharacter_Code_Point}]|ma-filelink:[^\s"'<]*|ma-chan:\/\/[^\s"'<]*/giu;
const HARMLESS = new Set(['\n', '\t', '\u200c', '\u200d', '\ufe0e', '\ufe0f']);
const ROOM_LINK = /\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-f-])/i;

/** What the link to a room leads to, in words. */
export type RoomNamer = (guid: string) => string;

/**
 * The text of a message as markup in which nothing acts: markup in it is escaped, links are words, unseen characters
 * stand as their code points. `isExact` shows carriage returns and joiners too.
 */
export function shownText(text: string, isExact: boolean, roomName: RoomNamer): Markup {
  const shown = isExact ? text : text.replace(/\r\n?/g, '\n');
  const pieces: Markup[] = [];
  let end = 0;
  for (const match of shown.matchAll(UNSEEN)) {
    const [found] = match;
    if (found.length <= 2 && HARMLESS.has(found) && (!isExact || found === '\n' || found === '\t')) continue;
    pieces.push(plain(shown.slice(end, match.index)), special(found, roomName));
    end = match.index + found.length;
  }
  return joined([...pieces, plain(shown.slice(end))]);
}

/** `markup` would show line ends as code points. */
function plain(text: string): Markup {
  return { html: text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`) };
}

function special(found: string, roomName: RoomNamer): Markup {
  const lower = found.slice(0, 12).toLowerCase();
  if (lower.startsWith('ma-filelink:')) {
    return markup`<span class="pointer"><b class="tag">file link</b>${found}</span>`;
  }
  if (lower.startsWith('ma-chan://')) {
    const [, guid] = ROOM_LINK.exec(found) ?? [];
    const target = guid === undefined ? '' : ` (${roomName(guid.toLowerCase())})`;
    return markup`<span class="pointer"><b class="tag">room link</b>${found}${target}</span>`;
  }
  const code = (found.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0');
  return markup`<span class="unseen">U+${code}</span>`;
}
