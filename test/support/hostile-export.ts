import { Buffer } from 'node:buffer';
import { CHAT_COLUMNS } from '@chatferry/export';
import type { Choices } from './choices.js';
import { damaged, hostileText, utf8 } from './hostile-bytes.js';

const COLUMNS: readonly string[] = CHAT_COLUMNS;
/** The first is what nearly every row has. */
const INTS = '17 0 7 123456789 999999999 000000017 2147483647 2147483648 1234567890 -1 +1 1e3 0x1 1.0'.split(
  ' ',
);
const LONGS = [
  ...'634567890123456789 1 0 999999999999999999 000000000000000001 1234567890123456 9223372036854775807'.split(
    ' ',
  ),
  ...'9223372036854775808 1000000000000000000 0000000000000000001 -5 +5 99999999999999999999999999'.split(
    ' ',
  ),
];
const NO_NUMBERS = [
  '',
  ' 1',
  '1 ',
  '1\n',
  '\t1',
  '&#49;',
  '1&#49;',
  utf8('\u0663'),
  '-',
  '+',
  '1"',
  '1<',
  'x',
];
const BITS = '0 1 true false True FALSE 2 01 tru falsey 1true -0'.split(' ');
const NAMES = [
  'tblChat',
  'row',
  'Chat',
  'dbo.tblChat',
  'tblchat',
  'x',
  'constructor',
  utf8('rów'),
  'p:tblChat',
  'p:row',
];
const GAPS = ['', '\n', '\r\n  ', '\n\t', ' ', '\r'];
const WRAPPERS: readonly (readonly string[])[] = [
  ['root'],
  [],
  ['root', 'tblChat'],
  ['DataSet', 'diffgr:diffgram', 'NewDataSet'],
  ['tblNode'],
];
const ASIDES = ['<!-- aside -->', '<?aside x?>', '<!---->', '<!--\r\n-->'];
const OTHER_ROWS = [
  '<tblNode nodeID="1" nodeGuid="a"/>',
  '<row nodeID="1" nodeGuid="a"/>',
  '<x nodeID="1" nodeGuid="a"/>',
  '<tblNode><nodeID>1</nodeID><nodeGuid>b</nodeGuid></tblNode>',
  '<row><prinID>1</prinID><prinGuid>b</prinGuid></row>',
  '<tblNode nodeID="1" constructor="a"/>',
  '<tblNode nodeID="&foo;"/>',
  '<tblRoleType/>',
  '<row/>',
  '<tblChat/>',
  '<x/>',
  '<row a="1"/>',
  '<row content="c" userId="1"/>',
];
const BETWEEN = [
  ...ASIDES,
  'text',
  '&#32;',
  '&foo;',
  '<![CDATA[]]>',
  '<![CDATA[ ]]>',
  '<xs:schema xmlns:xs="s"><tblChat channelID="1"/></xs:schema>',
  '<diffgr:before><tblChat channelID="1" chatID="2"/></diffgr:before>',
  '<root>',
  '</root>',
  '<other>',
  '</other>',
  '<tblChat>',
  '</tblChat>',
  '<root xmlns:xsi="other">',
  '</root><root>',
  '</root><root xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">',
];

/** Who writes where; the first of each are what a shrunk case has. */
export interface Scene {
  readonly rooms: readonly number[];
  readonly authors: readonly number[];
  /** Most documents are whole, and what ends the reading is rare. */
  readonly isCalm?: boolean;
}

/** How all rows of a document look. */
interface Style extends Scene {
  readonly name: string;
  readonly columns: readonly string[];
  readonly isChild: readonly boolean[];
  readonly gap: string;
  readonly gapInside: string;
  readonly seldom: number;
  /** Declarations on every row, and columns that every row has beside those of messages. */
  readonly declarations: string;
  readonly extraAttributes: string;
  readonly extraChildren: string;
  /** How many of a hundred items are no messages. */
  readonly others: number;
  /** The id that the next message has in a document in order; null: they come in any. */
  readonly nextId: (() => number) | null;
}

/** A document of messages and whatever may stand among them; most are sound, some are damaged. */
export function hostileExport(random: Choices, scene: Scene = { rooms: [17], authors: [7] }): Buffer {
  const bytes = Buffer.from(sourceOf(random, scene), 'latin1');
  return random.chance(scene.isCalm === true ? 5 : 40) ? damaged(bytes, random) : bytes;
}

function sourceOf(random: Choices, scene: Scene): string {
  const style = styleOf(random, scene);
  const wrappers = scene.isCalm === true ? ['root'] : random.pick(WRAPPERS);
  const declarations = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:p="p" xmlns:diffgr="d"';
  const open = wrappers.map((name, index) => `<${name}${index === 0 ? declarations : ''}>`).join('');
  const close = [...wrappers]
    .reverse()
    .map((name) => `</${name}>`)
    .join(style.gap);
  const head = random.chance(20) ? '<?xml version="1.0" encoding="utf-8"?>\n' : '';
  const most = scene.isCalm === true ? 20 : 9;
  const items = random.several(2, most, () => style.gap + item(style, random));
  return `${head}${open}${items}${style.gap}${close}`;
}

function styleOf(random: Choices, scene: Scene): Style {
  const form = random.below(5);
  const naming = random.below(8);
  const columns = COLUMNS.map((column) => {
    if (naming === 5) return column.toLowerCase();
    if (naming === 6 && column === 'channelID') return '_x0063_hannelID';
    return naming === 7 && column === 'userId' ? 'p:userId' : column;
  });
  return {
    ...scene,
    name: random.pick(NAMES),
    columns,
    // Attributes, children, or some of both.
    isChild: COLUMNS.map(() => (form < 2 ? false : form < 4 ? true : random.chance(50))),
    gap: random.pick(GAPS),
    gapInside: random.pick(GAPS),
    declarations: random.chance(30) ? random.pick(DECLARATIONS) : '',
    extraAttributes: random.chance(25) ? random.several(1, 3, () => random.pick(CONSTANT_ATTRIBUTES)) : '',
    extraChildren: random.chance(40) ? random.several(1, 3, () => random.pick(CONSTANT_CHILDREN)) : '',
    others: random.pick([12, 0, 40]),
    nextId: random.chance(50) ? null : ascending(),
    seldom: random.pick(scene.isCalm === true ? [1, 0, 3] : [2, 0, 10, 30]),
  };
}

function item(style: Style, random: Choices): string {
  if (!random.chance(style.others)) return row(style, random);
  if (style.isCalm === true) return random.pick(ASIDES);
  return random.pick(random.chance(70) ? OTHER_ROWS : BETWEEN);
}

function row(style: Style, random: Choices): string {
  const order = [0, 1, 2, 3, 4, 5, ...(random.chance(30) ? [6] : [])];
  if (random.chance(style.seldom)) order.splice(random.below(order.length), 1 + random.below(2));
  if (random.chance(style.seldom)) order.push(random.below(COLUMNS.length));
  if (random.chance(style.seldom)) order.reverse();
  const attributes = order
    .filter((slot) => style.isChild[slot] !== true)
    .map((slot) => attribute(style, slot, random))
    .join('');
  const children = order
    .filter((slot) => style.isChild[slot] === true)
    .map((slot) => style.gapInside + child(style, slot, random))
    .join('');
  const odd = random.chance(style.seldom);
  const extraAttributes = odd ? random.pick(EXTRA_ATTRIBUTES) : '';
  const extraChildren = random.chance(style.seldom) ? random.pick(EXTRA_CHILDREN) : '';
  const tagEnd = random.chance(style.seldom) ? random.pick([' ', '\n', '\r\n', '\t', '  ']) : '';
  const declarations = random.chance(style.seldom) ? random.pick(DECLARATIONS) : style.declarations;
  const constants = random.chance(style.seldom) ? '' : style.extraAttributes;
  const moreChildren = random.chance(style.seldom) ? '' : style.extraChildren;
  const isAhead = random.chance(50);
  const allAttributes = isAhead
    ? declarations + constants + attributes
    : attributes + constants + declarations;
  const open = `<${style.name}${allAttributes}${extraAttributes}${tagEnd}`;
  if (children + moreChildren + extraChildren === '' && !random.chance(20)) return `${open}/>`;
  return `${open}>${children}${moreChildren}${extraChildren}${style.gapInside}</${style.name}${tagEnd}>`;
}

const DECLARATIONS = [
  ' xmlns="urn:schemas-microsoft-com:sql:SqlRowSet1"',
  ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
  ' xmlns:xsi="other"',
  ' xmlns=""',
  ' xmlns:q=""',
  " xmlns='a\"b'",
  ' xmlns="a"b"',
  ' xmlns:xml="x"',
  ' xmlns="http://www.w3.org/2000/xmlns/"',
  ' xmlns="u" xmlns:q="q"',
  ` xmlns="${'u'.repeat(60)}"`,
  Array.from({ length: 10 }, (_, i) => ` xmlns:n${i}="n"`).join(''),
];
const CONSTANT_ATTRIBUTES = [
  ' extra="e&#xD;"',
  ' more="\n"',
  ' rows="1"',
  ...Array.from({ length: 9 }, (_, i) => ` e${i}="${i}"`),
];
const CONSTANT_CHILDREN = [
  '<rtf xsi:nil="true"/>',
  '<rtf xsi:nil="true" />',
  "<rtf xsi:nil='1'/>",
  '<extra>e&amp;\r</extra>',
  '<extra xsi:nil="true"/>',
  '<more xsi:nil="true" />',
  '<more></more>',
  '<rtf p:nil="true"/>',
  '<rtf xsi:nil="false"/>',
  '<content xsi:nil="true"/>',
];

const EXTRA_ATTRIBUTES = [
  ' extra="e"',
  ' content2="e"',
  ' conten="e"',
  ' p:content="e"',
  ' :content="e"',
  ' a:b:c="e"',
  ' q:x="unbound"',
  ' xml:space="preserve"',
  ' xmlns="urn:x"',
  ' xmlns:q="q"',
  ' xsi:nil="true"',
  ' ChannelID="4"',
  ' userId="3"',
  ' encoding="x"',
  " a='\"'",
  ' b = "1"',
  ' /',
];
const EXTRA_CHILDREN = [
  '<extra>e</extra>',
  '<extra/>',
  '<content2>e</content2>',
  '<conten>e</conten>',
  '<p:content>e</p:content>',
  '<content/>',
  '<rtf xsi:nil="true"/>',
  '<rtf xsi:nil="1"></rtf>',
  '<rtf xml:space="preserve"> </rtf>',
  '<content encoding="base64-utf16le">AAA=</content>',
  '<content odd="1">e</content>',
  '<userId >3</userId>',
  '<userId>3</userId >',
  '<tblNode nodeID="1"/>',
  '<row/>',
  '<tblChat/>',
  '<content><b/></content>',
  '<content>a<![CDATA[b]]>c<!-- d -->e</content>',
  ...ASIDES,
  ' text ',
  '&#32;',
  '<![CDATA[ ]]>',
];

function attribute(style: Style, slot: number, random: Choices): string {
  const gap = random.chance(style.seldom) ? random.pick(['  ', '\n', '\t ', '', '\r\n ']) : ' ';
  const equals = random.chance(style.seldom) ? random.pick([' = ', '= ', ' =', '']) : '=';
  const quote = random.chance(style.seldom) ? random.pick(["'", '']) : '"';
  return `${gap}${style.columns[slot]}${equals}${quote}${value(slot, style, random)}${quote}`;
}

function child(style: Style, slot: number, random: Choices): string {
  const name = style.columns[slot] as string;
  const text = value(slot, style, random);
  if (!random.chance(style.seldom)) return `<${name}>${text}</${name}>`;
  return random.pick([
    `<${name} >${text}</${name}>`,
    `<${name}>${text}</${name} >`,
    `<${name} xml:space="preserve">${text}</${name}>`,
    `<${name} xsi:nil="true"/>`,
    `<${name}/>`,
    `<${name}><![CDATA[${text}]]></${name}>`,
    `<${name}>${text}<!-- -->${text}</${name}>`,
    `<${name}>${text}<?p?></${name}>`,
    `<${name}>${text}</${name}x>`,
    `<${name}>${text}</${name.slice(1)}>`,
    `<${name}>${text}</>`,
  ]);
}

function value(slot: number, style: Style, random: Choices): string {
  if (slot >= 5) return hostileText(random);
  if (!random.chance(style.seldom)) return plainValue(slot, style, random);
  if (random.chance(25)) return random.pick(NO_NUMBERS);
  return random.pick(slot === 4 ? BITS : slot === 0 || slot === 3 ? INTS : LONGS);
}

function ascending(): () => number {
  let id = 0;
  return () => ++id;
}

function plainValue(slot: number, { rooms, authors, nextId }: Style, random: Choices): string {
  if (slot === 0) return String(nextId === null ? random.pick(rooms) : rooms[0]);
  if (slot === 1) return String(nextId === null ? random.below(90) : nextId());
  if (slot === 2) return `63456789012345678${random.below(10)}`;
  return slot === 3 ? String(random.pick(authors)) : String(random.below(2));
}
