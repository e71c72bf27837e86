import { Buffer } from 'node:buffer';
import type { Choices } from './choices.js';
import { utf8 } from './hostile-bytes.js';

/** Who writes where; the first of each are what a shrunk case has. */
export interface OrdinaryScene {
  readonly rooms: readonly number[];
  readonly authors: readonly number[];
}

const FIRST_TICK = 634567890123456789n;
/** Texts as they stand in an attribute or an element, in Latin-1 for bytes. Most messages have one of the first. */
const USUAL_TEXTS = ['Good evening', 'Pump 3 is back &amp; running', utf8('Grüße aus Köln, 早上好'), ''];
const TEXTS = [
  '&lt;none&gt;',
  'he said &quot;no&quot;',
  'a > b',
  'first&#xD;&#10;second',
  'first&#13;second',
  'tab&#9;tab',
  'line\nline',
  'line\r\nline',
  'tab\there',
  'ma-filelink://files.contoso.example/f/1.xlsx "plan"',
  'see ma-chan://contoso.example/3f0c1b52-7a55-4f0e-9d5c-2b7f0a9e6c11',
  '[STORY]Shift report',
  'Good night [STORY]',
  'ma-filelink:',
  'a-filelink: is none, nor ma-filelink, -filelink:',
  '[STOR Y] ma-cha n: ma-chan',
  'ma&#45;chan://contoso.example/3f0c1b52-7a55-4f0e-9d5c-2b7f0a9e6c11',
  '&#91;STORY] hidden',
  `${'x'.repeat(14)}[STORY]`,
  `${'x'.repeat(15)}[STORY]`,
  `${'y'.repeat(4093)}ma-chan:`,
  utf8('\u{1F680}'),
  'z'.repeat(700),
];
const LONG_TEXTS = ['w&amp;'.repeat(60_000), 'v'.repeat(270_000)];
/** Two that share a place in a table of 2,048, and nobody. */
const STRANGE_AUTHORS = [2048, 4096, 999999999, 0];
const CREDIBLE_STEPS = [1n, 1n, 600_000_000n, 0n];

/**
 * A document of messages by ascending room and id, nearly all of which every rule lets pass, and among them one of
 * everything that ends a stretch of such messages or nearly does.
 */
export function ordinaryExport(random: Choices, scene: OrdinaryScene): Buffer {
  const isChild = random.chance(40);
  const seldom = random.pick([1, 0, 4]);
  const rooms = [...new Set(Array.from({ length: 1 + random.below(4) }, () => random.pick(scene.rooms)))];
  // An author's first message is never ordinary, so that a document of many authors would have few.
  const authors = Array.from({ length: 1 + random.below(4) }, () => random.pick(scene.authors));
  const rows = rooms
    .sort((a, b) => a - b)
    .map((room) => messagesOf(room, { random, authors, seldom, isChild }))
    .join('');
  const namespace = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
  return Buffer.from(`<root ${namespace}>\n${rows}</root>`, 'latin1');
}

interface Making {
  readonly random: Choices;
  readonly authors: readonly number[];
  /** How many of a hundred values are not the usual. */
  readonly seldom: number;
  readonly isChild: boolean;
}

function messagesOf(room: number, making: Making): string {
  const { random, authors, seldom } = making;
  let id = BigInt(random.pick([1, 7, 9_999_999]));
  let date = FIRST_TICK;
  const isOdd = (): boolean => random.chance(seldom);
  return random.several(2, 60, () => {
    id += isOdd() ? random.pick([0n, 2n, 1_000_000_000n]) : 1n;
    date += isOdd() ? random.pick([-1n, -600_000_000n, 0n]) : random.pick(CREDIBLE_STEPS);
    const userId = isOdd() ? random.pick([...STRANGE_AUTHORS, ...authors]) : random.pick(authors);
    const row: Record<string, string> = {
      channelID: isOdd() ? `0${room}` : String(room),
      chatID: isOdd() ? random.pick([`0${id}`, `${id}`]) : String(id),
      chatDate: isOdd()
        ? random.pick(['0', '1', '3155378975999999999', `0${date}`, `${date}`])
        : String(date),
      userId: isOdd() ? random.pick([`0${userId}`, '']) : String(userId),
      isAlert: isOdd() ? random.pick(['1', 'true', 'false', '2']) : '0',
      content: isOdd() ? random.pick([...TEXTS, ...(isOdd() ? LONG_TEXTS : [])]) : random.pick(USUAL_TEXTS),
      ...(isOdd() ? random.pick([{ rtf: '{\\rtf1}' }, { mood: 'good' }, { content2: '' }]) : {}),
    };
    if (isOdd()) delete row[random.pick(['content', 'isAlert', 'userId'])];
    return making.isChild ? elementRow(row, isOdd() && random.chance(50)) : attributeRow(row);
  });
}

function attributeRow(row: Readonly<Record<string, string>>): string {
  const columns = Object.entries(row).map(([name, value]) => ` ${name}="${value}"`);
  return `<tblChat${columns.join('')}/>\n`;
}

function elementRow(row: Readonly<Record<string, string>>, hasCdata: boolean): string {
  const columns = Object.entries(row).map(([name, value]) =>
    hasCdata && name === 'content'
      ? `<content><![CDATA[${value}]]></content>`
      : `<${name}>${value}</${name}>`,
  );
  return `<tblChat>${columns.join('\n')}</tblChat>\n`;
}
