import { Buffer } from 'node:buffer';
import { type LargeShape, MESSAGE_TAIL } from './large-document.js';
import { type PseudoRandom, pseudoRandom } from './pseudo-random.js';
import { escapeSqlText } from './sql-xml.js';

/** A message's escaped text and what follows it up to the next message. */
export interface MessageBlock {
  readonly bytes: Buffer;
  readonly isAlert: boolean;
}

const BLOCKS = 2048;
/** UTF-16 units of text, so that a message takes about 500 bytes in either shape. */
const TEXT_UNITS: Readonly<Record<LargeShape, number>> = { elements: 270, attributes: 375 };

const WORDS = (
  'the batch for tonight has finished and all queues are empty again please check ticket before you leave we saw ' +
  'the same alarm on rack twelve yesterday it went away after restart of service can somebody from network look at ' +
  'this thanks moving to change window tomorrow customer called twice about invoice price feed late by two minutes ' +
  'desk informed new build is on staging test cases green except one known failure will follow up with vendor'
).split(' ');
const FOREIGN_WORDS = 'Übergabe déjà naïve Störung 東京 会議 отчёт שלום mañana € – 👍 Łódź smörgås'.split(
  ' ',
);
const REFERENCED = ['R&D', '<draft>', 'x < y', 'done\r\nnext:', 'a & b', '"soon"'];

/**
 * Prebuilt message texts: words with about 3 in 100 outside ASCII and 1 in 100 with a reference, and among the
 * messages a few file links, room links, alerts and stories. Memory held: about 1 MB.
 */
export function messageBlocks(
  shape: LargeShape,
  seed: number,
  roomGuid: (room: number) => string,
): readonly MessageBlock[] {
  const random = pseudoRandom(seed);
  return Array.from({ length: BLOCKS }, () => {
    const text = opening(random, roomGuid) + words(random, TEXT_UNITS[shape] + random.below(41) - 20);
    const escaped = escapeSqlText(text, shape === 'attributes') + MESSAGE_TAIL[shape];
    return { bytes: Buffer.from(escaped, 'utf8'), isAlert: random.below(50) === 0 };
  });
}

function opening(random: PseudoRandom, roomGuid: (room: number) => string): string {
  const draw = random.below(200);
  if (draw < 2)
    return `ma-filelink://files.contoso.example/${roomGuid(random.below(999))}.xlsx "plan & rota.xlsx" `;
  if (draw < 3) return `ma-chan://contoso.example/${roomGuid(0)} `;
  return draw < 6 ? '[STORY]Shift report\r\n' : '';
}

function words(random: PseudoRandom, units: number): string {
  let text = '';
  while (text.length < units) {
    const draw = random.below(100);
    const list = draw < 3 ? FOREIGN_WORDS : draw < 4 ? REFERENCED : WORDS;
    text += text === '' ? random.pick(list) : ` ${random.pick(list)}`;
  }
  return text;
}
