import { Buffer } from 'node:buffer';
import { CODING, type Coding, RecordShape } from '@chatferry/export';
import type { Choices } from './choices.js';
import { damaged, hostileText, SOUND_PIECES, utf8 } from './hostile-bytes.js';

export interface ShapeEntry {
  readonly name: string;
  readonly slot: number;
  readonly coding: Coding;
  readonly isChild: boolean;
}

/** A shape in words, and a document in which records of it stand below the top element. */
export interface ShapeCase {
  readonly name: string;
  readonly entries: readonly ShapeEntry[];
  readonly required: readonly number[];
  readonly isCompact: boolean;
  readonly escapes: boolean;
  readonly document: Buffer;
}

/** Names that begin like others, and the longest that a shape takes. */
const NAMES = [
  'a',
  'ab',
  'abc',
  'aB',
  'a.b',
  'a-',
  '_',
  'content',
  'Content',
  utf8('é'),
  utf8('éa'),
  'n'.repeat(47),
  'n'.repeat(48),
];
const CODINGS: readonly Coding[] = [...Object.values(CODING), CODING.TEXT];
/** What stands for the value of a constant attribute. */
export const CONSTANT_VALUE = 'const &amp;';
const DIGITS = '7 0 00 12 012 123456789 1234567890 123456789012345678 1234567890123456789 -1 +1  x 1x'.split(
  ' ',
);
const BITS = '0 1 true false True 2 10 tru'.split(' ');

export function shapeCase(random: Choices): ShapeCase {
  const name = random.pick(NAMES);
  const isCompact = random.chance(40);
  const count = 1 + random.below(random.chance(30) ? 32 : 6);
  const form = random.below(3);
  const entries = Array.from({ length: count }, (): ShapeEntry => {
    const slot = random.below(16);
    return {
      name: random.pick(NAMES) + (count > 8 ? String(slot) : ''),
      slot,
      coding: random.pick(CODINGS),
      isChild: form === 0 ? false : form === 1 ? true : slot % 2 === 0,
    };
  });
  const known = new Map(entries.map((entry) => [`${entry.isChild} ${entry.name}`, entry]));
  const distinct = [...known.values()].filter(({ name: entryName }) => entryName.length <= 48);
  const required = distinct.filter(() => random.chance(30)).map(({ slot }) => slot);
  const shape = { name, entries: distinct, required, isCompact, escapes: random.chance(50) };
  const records = random.several(1, 8, () => record(shape, random));
  const sound = Buffer.from(`<top>${records}</top>`, 'latin1');
  return { ...shape, document: random.chance(30) ? damaged(sound, random) : sound };
}

export function shapeOf({ name, entries, required, isCompact, escapes }: ShapeCase): RecordShape {
  const shape = new RecordShape(Buffer.from(name, 'latin1'), { required, isCompact, escapes });
  for (const entry of entries) {
    const bytes = Buffer.from(entry.name, 'latin1');
    if (entry.coding === CODING.CONSTANT) {
      if (entry.isChild) shape.addEmptyChild(Buffer.from(`<${entry.name}/>`, 'latin1'), entry.slot);
      else shape.addConstantAttribute(bytes, Buffer.from(CONSTANT_VALUE), entry.slot);
    } else if (entry.isChild) shape.addChild(bytes, entry.slot, entry.coding);
    else shape.addAttribute(bytes, entry.slot, entry.coding);
  }
  return shape;
}

function record({ name, entries, isCompact }: Omit<ShapeCase, 'document'>, random: Choices): string {
  const seldom = random.pick([0, 0, 10]);
  const chosen = entries.filter(() => !random.chance(seldom + 5));
  if (random.chance(seldom)) chosen.reverse();
  if (random.chance(seldom)) chosen.push(random.pick(entries));
  const used = new Set<number>();
  const once = chosen.filter(({ slot }) => random.chance(seldom) || (!used.has(slot) && used.add(slot)));
  const gap = isCompact && !random.chance(seldom) ? '' : random.pick(['', '\n', ' ', '\r\n\t']);
  const attributes = once
    .filter(({ isChild }) => !isChild)
    .map((entry) => ` ${entry.name}="${value(entry, random)}"`)
    .join('');
  const children = once
    .filter(({ isChild }) => isChild)
    .map((entry) => gap + child(entry, random))
    .join('');
  const between = random.pick(['', '\n', '\r\n  ', ' ']);
  if (children === '' && random.chance(50)) return `${between}<${name}${attributes}/>`;
  return `${between}<${name}${attributes}>${children}${gap}</${name}>`;
}

function child(entry: ShapeEntry, random: Choices): string {
  if (entry.coding === CODING.CONSTANT && !random.chance(10)) return `<${entry.name}/>`;
  return `<${entry.name}>${value(entry, random)}</${entry.name}>`;
}

function value({ coding }: ShapeEntry, random: Choices): string {
  if (random.chance(2)) return random.pick(SOUND_PIECES);
  if (coding === CODING.TEXT) return hostileText(random);
  if (coding === CODING.CONSTANT) return random.pick([CONSTANT_VALUE, CONSTANT_VALUE, 'const', '']);
  if (coding === CODING.BIT || coding === CODING.FLAG)
    return BITS[random.below(random.chance(10) ? BITS.length : 2)] as string;
  return DIGITS[random.below(random.chance(10) ? DIGITS.length : 2)] as string;
}
