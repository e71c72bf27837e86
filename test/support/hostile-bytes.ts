import { Buffer } from 'node:buffer';
import type { Choices } from './choices.js';

/** Bytes as a string of one character each, so that what is not UTF-8 can be put together as well. */
export const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const hex = (digits: string): string => Buffer.from(digits, 'hex').toString('latin1');

/** Pieces of text that are sound in an element and in an attribute. */
export const SOUND_PIECES: readonly string[] = [
  'a',
  'Good evening, all',
  '15 characters..',
  'sixteen letters!',
  'seventeen letters',
  'thirty-one letters in one row..',
  'x'.repeat(64),
  "it's ",
  ']',
  ']]',
  '>',
  '\u007f',
  ...['é', '日本', '\u{1F680}', '\u0080', '\u07ff', '\u0800', '\ud7ff', '\ue000', '\ufffd', '\ufeff'].map(
    utf8,
  ),
  ...['\u{10000}', '\u{1FFFE}', '\u{1FFFF}', '\u{2FFFE}', '\u{10FFFE}', '\u{10FFFF}', '\u2028'].map(utf8),
  ...['\t', '\n', '\r', '\r\n', '\r\r\n', '\n\r', ' '],
  ...'&amp; &lt; &gt; &quot; &apos; &#xD; &#xA; &#x9; &#13; &#10; &#9; &#xd; &#x0D; &#65; &#x41;'.split(' '),
  ...'&#00000009; &#000000009; &#00000000009; &#x0000041; &#x00000041; &#x000000041;'.split(' '),
  ...'&#x1F600; &#128640; &#x10FFFF; &#1114111; &#xFFFD; &#xD7FF; &#xE000; &#x10000; &#x1FFFE;'.split(' '),
  '&#38;lt;',
];

/** Pieces that are not well-formed, not characters, not UTF-8, or end the value. */
export const STRANGE_PIECES: readonly string[] = [
  ...'&#x0; &#0; &#x8; &#x1F; &#xB; &#xFFFE; &#xFFFF; &#xD800; &#xDFFF; &#xD83D;&#xDE80;'.split(' '),
  ...'&#x110000; &#1114112; &#xFFFFFFFF; &#x100000000; &#4294967337; &#xFFFFFFFFFFFF; &#99999999999;'.split(
    ' ',
  ),
  ...'&amp &lt &foo; & &; &#; &#x; &#XA; &#xg; &AMP; &Lt; &lt ; &#32 &#x20 &ampamp; &apo; &quo; &#-1; &#+1;'.split(
    ' ',
  ),
  ...[
    ']]>',
    '<',
    '"',
    "'",
    '<x/>',
    '</',
    '<!-- c -->',
    '<?pi?>',
    '<![CDATA[c]]>',
    '<![CDATA[]]>',
    '--',
    '?>',
    '/>',
  ],
  ...['00', '01', '08', '0b', '0c', '1f', 'efbfbe', 'efbfbf'].map(hex),
  ...['c080', 'c1bf', 'e08080', 'e09fbf', 'f0808080', 'f08fbfbf', 'eda080', 'edbfbf', 'eda080edb080'].map(
    hex,
  ),
  ...['f4908080', 'f5808080', 'f8888080', 'ff', 'fe', '80', 'bf', 'e282', 'c3', 'f09f98', 'f09f', 'e2'].map(
    hex,
  ),
];

/** Text as it may stand in a document; seldom strange. */
export function hostileText(random: Choices): string {
  const strange = random.chance(3);
  return random.several(0, 5, () =>
    random.pick(strange && random.chance(40) ? STRANGE_PIECES : SOUND_PIECES),
  );
}

/** What is inserted by `damaged`, beside pieces of text and bytes of the document itself. */
const TOKENS = [
  '<',
  '>',
  '/',
  '"',
  '=',
  ' ',
  '&',
  ';',
  ']',
  '\n',
  '</row>',
  '<row>',
  '/>',
  ' a="1"',
  '<a>',
  '\0',
];

/** The bytes after some flips, deletions, insertions, copies and cuts. */
export function damaged(document: Buffer, random: Choices): Buffer {
  let bytes = document;
  for (let count = 1 + random.below(3); count > 0; count--) bytes = once(bytes, random);
  return bytes;
}

function once(bytes: Buffer, random: Choices): Buffer {
  const at = random.below(bytes.length + 1);
  const to = Math.min(bytes.length, at + 1 + random.below(random.chance(20) ? 40 : 3));
  const before = bytes.subarray(0, at);
  const after = bytes.subarray(at);
  switch (random.below(7)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      if (at < flipped.length) flipped[at] = (flipped[at] as number) ^ (1 << random.below(8));
      return flipped;
    }
    case 1: {
      const changed = Buffer.from(bytes);
      if (at < changed.length) changed[at] = random.below(256);
      return changed;
    }
    case 2:
      return Buffer.concat([before, bytes.subarray(to)]);
    case 3:
      return Buffer.concat([before, Buffer.from(random.pick(TOKENS), 'latin1'), after]);
    case 4:
      return Buffer.concat([before, Buffer.from(random.pick(STRANGE_PIECES), 'latin1'), after]);
    case 5:
      return Buffer.concat([bytes.subarray(0, to), bytes.subarray(at, to), bytes.subarray(to)]);
    default:
      return random.chance(50) ? before : Buffer.concat([before, bytes.subarray(to)]);
  }
}

/** The bytes in pieces: whole, in halves anywhere, byte by byte, or in pieces of a few sizes. */
export function cutUp(bytes: Buffer, random: Choices): Buffer[] {
  const kind = random.below(4);
  if (kind === 0) return [bytes];
  if (kind === 1) {
    const at = random.below(bytes.length + 1);
    return [bytes.subarray(0, at), bytes.subarray(at)];
  }
  const most = kind === 2 ? 400 : 30;
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random.below(most);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}
