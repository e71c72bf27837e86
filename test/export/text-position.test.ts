import { Buffer } from 'node:buffer';
import test from 'ava';
import { TextPosition } from '../../packages/export/dist/xml/text-position.js';

test('columns and lines beyond 2^32 are told exactly', (t) => {
  const window = Buffer.alloc(1 << 25, 0x61);
  const position = new TextPosition();
  const turns = 2 ** 32 / window.length + 1;
  for (let turn = 0; turn < turns; turn++) position.drop(window, window.length);
  t.deepEqual(position.locate(window, 10), { line: 1, column: turns * window.length + 11 });
  window.fill(0x0a);
  const lines = new TextPosition();
  for (let turn = 0; turn < turns; turn++) lines.drop(window, window.length);
  t.deepEqual(lines.locate(window, 10), { line: turns * window.length + 11, column: 1 });
});
