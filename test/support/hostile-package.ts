import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import type { DocumentLayout } from '@chatferry/import';
import { parseLayout } from '@chatferry/import';
import type { Choices } from './choices.js';
import { damaged, hostileText } from './hostile-bytes.js';

const LAYOUT_FILE = new URL('../../packages/import/layouts/pool-2013/layout.json', import.meta.url);

const CODINGS: Readonly<Record<string, string>> = {
  id: 'integer',
  date: 'ticks',
  userId: 'integer',
  alert: 'flag',
  content: 'text',
  rtf: 'text',
  roomId: 'integer',
};

interface Path {
  readonly name: string;
  readonly field: string;
}

/** Paths by the fields `i d u a c t` (t: rtf) and `r` (room), written `field:name`. */
function paths(written: string): Path[] {
  const fields: Readonly<Record<string, string>> = {
    i: 'id',
    d: 'date',
    u: 'userId',
    a: 'alert',
    c: 'content',
    t: 'rtf',
    r: 'roomId',
  };
  return written.split(' ').flatMap((item) => {
    const [field, name] = item.split(':');
    return name === undefined ? [] : [{ name, field: fields[field as string] as string }];
  });
}

function layoutWith(attributes: string, children: string, hasRoomInside = false): DocumentLayout {
  const value = ({ name, field }: Path) => ({
    name,
    field,
    coding: CODINGS[field],
    ...(field === 'rtf' ? { optional: true } : {}),
    evidence: 'assumed',
  });
  const layout = JSON.parse(readFileSync(LAYOUT_FILE, 'utf8'));
  const [messages] = layout.documents;
  if (hasRoomInside) messages.group.attributes = [];
  messages.record = {
    name: 'Message',
    attributes: paths(attributes).map(value),
    children: paths(children).map(value),
    evidence: 'assumed',
  };
  return parseLayout(JSON.stringify(layout)).documents[0] as DocumentLayout;
}

/** The layout that ships, and others that a pool might turn out to have. */
export const MESSAGE_LAYOUTS: readonly DocumentLayout[] = [
  layoutWith('i:id d:date u:userId a:isAlert', 'c:Content t:Rtf'),
  layoutWith('', 'i:a d:ab u:abc a:abcd c:abcde t:ab.'),
  layoutWith('i:i d:id u:idu a:idua c:content t:content2', ''),
  layoutWith('r:room i:id', 'd:d u:u t:t c:c a:Message', true),
];

const INTEGERS = '0 999999999 1234567890 2147483648 -1 -0 007 +1 1.0 1e3 99999999999999999999'.split(' ');
const LONGS = '0 999999999999999999 1000000000000000000 9223372036854775808 -5 01'.split(' ');
const NO_VALUES = ['', ' 1', '1 ', '&#49;', '1<!-- -->', '<![CDATA[1]]>', 'x', '1"'];
const FLAGS = '0 1 true false 2 01 10'.split(' ');
const GAPS = ['', '\n', '\r\n ', '\t'];
const BETWEEN = [
  '<!-- c -->',
  '<?p?>',
  'text',
  '&#32;',
  '<![CDATA[]]>',
  '<Other/>',
  '<AdminLocks/>',
  '</ChatRoom><ChatRoom id="2">',
  '</ChatRoom><ChatRoom id="x">',
  '</ChatRoom><ChatRoom>',
  '</ChatRoom><Wrong><ChatRoom id="2">',
  '</ChatRoom></Messages><Messages><ChatRoom id="3">',
  '<ChatRoom id="3">',
  '</ChatRoom>',
  '<Message/>',
  '<Message></Message>',
  '<Messages/>',
];
const INSIDE = [
  ' ',
  'text',
  '<!-- -->',
  '<Content/>',
  '<Other/>',
  '<Content>x</Content>',
  '<c>x</c>',
  '<Message/>',
  '<![CDATA[]]>',
];
const INSIDE_TAG = [
  ' odd="1"',
  ' x:id="1"',
  ' id="1"',
  ' xmlns="u"',
  ' xmlns:x="u"',
  '  ',
  '\n',
  ' xml:space="preserve"',
];

/** A document of messages by the layout; most are sound, some are damaged. */
export function hostileMessages({ record }: DocumentLayout, random: Choices): Buffer {
  const gap = random.pick(GAPS);
  const seldom = random.pick([2, 0, 10, 30]);
  const value = (field: string): string => {
    if (field === 'content' || field === 'rtf') return hostileText(random);
    if (random.chance(seldom)) {
      if (random.chance(40)) return random.pick(NO_VALUES);
      return random.pick(field === 'alert' ? FLAGS : field === 'id' || field === 'date' ? LONGS : INTEGERS);
    }
    return field === 'alert' ? String(random.below(2)) : String(random.below(1000));
  };
  const chosen = (list: readonly { readonly name: string; readonly field?: string | null }[]) => {
    const kept = list.filter(({ field }) => !random.chance(field === 'rtf' ? 50 : seldom / 4));
    if (random.chance(seldom)) kept.reverse();
    if (random.chance(seldom) && list.length > 0) kept.push(random.pick(list));
    return kept.map(({ name, field }) => [name, value(field as string)] as const);
  };
  const message = (): string => {
    const attributes = chosen(record.attributes)
      .map(([name, text]) => ` ${name}=${random.chance(seldom / 4) ? `'${text}'` : `"${text}"`}`)
      .join('');
    const children = chosen(record.children as readonly Path[])
      .map(([name, text]) => child(name, text))
      .join('');
    const odd = random.chance(seldom) ? random.pick(INSIDE_TAG) : '';
    const inside = random.chance(seldom) ? random.pick(INSIDE) : '';
    if (children === '' && inside === '' && !random.chance(30)) return `<Message${attributes}${odd}/>`;
    const end = random.chance(seldom / 4) ? '</Message >' : '</Message>';
    return `<Message${attributes}${odd}>${children}${inside}${end}`;
  };
  const child = (name: string, text: string): string =>
    random.chance(seldom / 2)
      ? random.pick([
          `<${name}/>`,
          `<${name} >${text}</${name}>`,
          `<${name}>${text}</${name} >`,
          `<${name} a="1">${text}</${name}>`,
        ])
      : `<${name}>${text}</${name}>`;
  const item = () => gap + (random.chance(8) ? random.pick(BETWEEN) : message());
  const body = random.several(1, 9, item);
  const group = random.chance(10) ? '<ChatRoom id="-7">' : '<ChatRoom id="200">';
  const text = `<Pool><Messages>${gap}${group}${body}${gap}</ChatRoom>${gap}</Messages></Pool>`;
  const bytes = Buffer.from(text, 'latin1');
  return random.chance(30) ? damaged(bytes, random) : bytes;
}
