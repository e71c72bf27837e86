import test from 'ava';
import { type ComparedMessage, RoomSum } from '../../packages/import/dist/source/room-sum.js';

const MESSAGE: ComparedMessage = {
  id: 7n,
  date: '633716740612811362',
  author: '08d12dfd-0050-4c0d-9a5c-5300c468000c',
  alert: false,
  content: 'Power lost',
  rtf: null,
};

function sumOf(messages: readonly ComparedMessage[]): RoomSum {
  const sum = new RoomSum();
  for (const message of messages) sum.add(message);
  return sum;
}

test('the order of messages does not matter, their number does', (t) => {
  const other = { ...MESSAGE, id: 8n };
  t.true(sumOf([MESSAGE, other]).isSameAs(sumOf([other, MESSAGE])));
  t.false(sumOf([MESSAGE, other]).isSameAs(sumOf([MESSAGE, MESSAGE])));
  t.false(sumOf([MESSAGE]).isSameAs(sumOf([MESSAGE, MESSAGE])));
});

const UNLIKE: Readonly<Record<string, readonly [ComparedMessage, ComparedMessage]>> = {
  'NULL and the word': [
    { ...MESSAGE, content: null },
    { ...MESSAGE, content: 'null' },
  ],
  'a text with a control character and two texts': [
    { ...MESSAGE, content: 'Power\u001flost' },
    { ...MESSAGE, content: 'Power', rtf: 'lost' },
  ],
  'half a surrogate pair and its replacement': [
    { ...MESSAGE, content: '\ud83d' },
    { ...MESSAGE, content: '\ufffd' },
  ],
};

for (const [what, [one, other]] of Object.entries(UNLIKE)) {
  test(`not the same message: ${what}`, (t) => t.false(sumOf([one]).isSameAs(sumOf([other]))));
}
