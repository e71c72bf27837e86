import { Buffer } from 'node:buffer';
import type { Choices } from '../support/choices.js';
import { damaged, STRANGE_PIECES } from '../support/hostile-bytes.js';

/** A way to damage a document that has markup. */
export type Damage = (document: Buffer, random: Choices) => Buffer;

const HUGE = 9 * 1024 * 1024;
const NUMBERS =
  '-1 0 00 1e9 NaN Infinity 2147483648 9223372036854775808 0x10 +5 1.5 99999999999999999999999 ٣'.split(' ');
const DATES = '-1 0 1 3155378975999999999 3155378976000000000 2014-02-28T00:00:00 0001-01-01 NaN'.split(' ');
const NAMES = [
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '=HYPERLINK("http://x","y")'.replaceAll('"', '&quot;'),
  '&#x1B;[31mred',
  '..\\..\\x',
  '\u202Egpj.exe',
  'x'.repeat(300),
  '&#x0;',
  '',
];
const ENTITIES = Array.from({ length: 12 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`).join(
  '',
);

/** Ways to damage an export; also what a document of a package may suffer. */
export const TEXT_DAMAGE: Readonly<Record<string, Damage>> = {
  truncation: (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  'bit flips': (bytes, random) => {
    const copy = Buffer.from(bytes);
    for (let i = 1 + random.below(8); i > 0; i--) {
      const at = random.below(copy.length);
      copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
    }
    return copy;
  },
  'bytes lost, doubled, replaced': damaged,
  'a piece lost': (bytes, random) => {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.below(4000))]);
  },
  'a piece doubled': (bytes, random) => {
    const at = random.below(bytes.length);
    const end = at + random.below(4000);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
  },
  'pieces swapped': (bytes, random) => {
    const [a = 0, b = 0, c = 0] = [0, 0, 0].map(() => random.below(bytes.length)).sort((x, y) => x - y);
    return Buffer.concat([
      bytes.subarray(0, a),
      bytes.subarray(b, c),
      bytes.subarray(a, b),
      bytes.subarray(c),
    ]);
  },
  'strange text': (bytes, random) => inText(bytes, random, random.pick(STRANGE_PIECES)),
  'NUL and controls': (bytes, random) =>
    inText(bytes, random, String.fromCharCode(random.below(32)).repeat(1 + random.below(50))),
  'invalid UTF-8': (bytes, random) =>
    inText(bytes, random, random.pick(['\xff', '\xc0\x80', '\xed\xa0\x80', '\xf5\x80\x80\x80', '\xe2\x82'])),
  'entity bomb': (bytes) => withDoctype(bytes, `[<!ENTITY e0 "lol">${ENTITIES}]`, '&e12;'),
  'external entity': (bytes, random) =>
    withDoctype(
      bytes,
      `[<!ENTITY x SYSTEM "${random.pick(['file:///etc/passwd', 'http://x/', 'x.xml'])}">]`,
      '&x;',
    ),
  'external DTD': (bytes) => withDoctype(bytes, 'SYSTEM "http://x/x.dtd"', ''),
  'deep nesting': (bytes, random) => {
    const depth = random.pick([10, 300, 5000, 100_000]);
    return atTag(bytes, random, '<a>'.repeat(depth) + '</a>'.repeat(random.chance(50) ? depth : 0));
  },
  'huge value': (bytes, random) => inText(bytes, random, 'x'.repeat(random.pick([70_000, 2_000_000, HUGE]))),
  'huge name': (bytes, random) => atTag(bytes, random, `<${'n'.repeat(random.pick([100, 70_000, HUGE]))}/>`),
  'many attributes': (bytes, random) => {
    const count = random.pick([100, 3000, 200_000]);
    return atTag(bytes, random, `<row${Array.from({ length: count }, (_, i) => ` a${i}="1"`).join('')}/>`);
  },
  'many columns': (bytes, random) => {
    const count = random.pick([100, 3000, 100_000]);
    return atTag(
      bytes,
      random,
      `<row>${Array.from({ length: count }, (_, i) => `<c${i}>1</c${i}>`).join('')}</row>`,
    );
  },
  'one column many times': (bytes, random) =>
    atTag(bytes, random, `<row><foo>1</foo>${'<a/>'.repeat(random.pick([100, 100_000, 1_900_000]))}</row>`),
  'hostile number': (bytes, random) => inValue(bytes, random, /\d+/g, random.pick(NUMBERS)),
  'hostile date': (bytes, random) => inValue(bytes, random, /6\d{17}/g, random.pick(DATES)),
  'hostile name': (bytes, random) => inValue(bytes, random, /(?<=Name="|Name>)[^"<]+/g, random.pick(NAMES)),
  'a tag lost': (bytes, random) => inValue(bytes, random, /<[^>]*>/g, ''),
  'a name changed': (bytes, random) =>
    inValue(bytes, random, /(?<=<\/?)[A-Za-z]+/g, random.pick(['row', 'x', 'tblChat', 'tblNode'])),
  'text between rows': (bytes, random) =>
    atTag(bytes, random, random.pick(['text', '&#32;', '<![CDATA[x]]>', '<?p?>', '<!-- -- -->'])),
  're-encoded': (bytes, random) => reEncoded(bytes.toString('utf8'), random),
};

function at(bytes: Buffer, offset: number, text: string): Buffer {
  return Buffer.concat([bytes.subarray(0, offset), Buffer.from(text, 'latin1'), bytes.subarray(offset)]);
}

/** Inside some value or text, mostly. */
function inText(bytes: Buffer, random: Choices, text: string): Buffer {
  return at(bytes, random.below(bytes.length), text);
}

/** Before some tag. */
function atTag(bytes: Buffer, random: Choices, text: string): Buffer {
  const tag = bytes.indexOf('<', random.below(bytes.length));
  return at(bytes, tag < 0 ? bytes.length : tag, text);
}

/** Instead of one of the places that a pattern finds. */
function inValue(bytes: Buffer, random: Choices, pattern: RegExp, text: string): Buffer {
  const source = bytes.toString('latin1');
  const found = [...source.matchAll(pattern)];
  if (found.length === 0) return bytes;
  const match = random.pick(found);
  const end = match.index + match[0].length;
  return Buffer.concat([bytes.subarray(0, match.index), Buffer.from(text, 'utf8'), bytes.subarray(end)]);
}

function withDoctype(bytes: Buffer, subset: string, reference: string): Buffer {
  const source = bytes.toString('latin1');
  const root = source.search(/<[A-Za-z]/);
  const text = source.slice(root).replace(/(?<=content="|<content>)/, reference);
  return Buffer.from(`${source.slice(0, root)}<!DOCTYPE x ${subset}>${text}`, 'latin1');
}

function reEncoded(text: string, random: Choices): Buffer {
  const utf16 = Buffer.from(text, 'utf16le');
  const declared = text.replace(/<\?xml[^>]*\?>/, '');
  return random.pick([
    () => Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]),
    () => Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()]),
    () => utf16,
    () => Buffer.concat([Buffer.from([0xfe, 0xff]), utf16]),
    () => Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), Buffer.from(text.slice(0, 400), 'utf16le')]),
    () => Buffer.from(`\ufeff\ufeff${text}`),
    () => Buffer.from(`<?xml version="1.0" encoding="UTF-16"?>${declared}`),
    () => Buffer.from(`<?xml version="1.0" encoding="iso-8859-1"?>${declared}`, 'latin1'),
    () => Buffer.from(`<?xml version="1.0" encoding="x-none"?>${declared}`),
    () => Buffer.from(`<?xml version="1.1"?>${declared}`),
    () => Buffer.from([0x4c, 0x6f, 0xa7, 0x94, 0x93, 0x40]),
    () => Buffer.concat([utf16.subarray(0, 999), Buffer.from([0])]),
  ])();
}
