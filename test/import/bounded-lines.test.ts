import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunFailure } from '@chatferry/export';
import { boundedLines, textLines } from '@chatferry/import';
import test from 'ava';
import { temporaryFolder } from '../support/temporary-folder.js';

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

test('lines come as they stand, also across chunks of the file', async (t) => {
  const path = join(temporaryFolder(t), 'a.ndjson');
  const lines = Array.from({ length: 3000 }, (_, i) => `${i} ${'äß😀'.repeat(i % 40)}`);
  for (const [text, expected] of [
    [lines.join('\n'), lines],
    [`${lines.join('\n')}\n`, lines],
    ['', []],
    ['\n\na', ['', '', 'a']],
    ['a\r\nb', ['a\r', 'b']],
  ] as const) {
    writeFileSync(path, text);
    t.deepEqual(await all(textLines(path)), [...expected]);
    t.is(Buffer.concat(await all(boundedLines(path))).toString('utf8'), text);
  }
});

test('a line beyond the limit is refused by its number, whether it ends or not', async (t) => {
  const path = join(temporaryFolder(t), 'a.ndjson');
  const limit = 100_000;
  const long = 'x'.repeat(limit);
  for (const [text, isRefused] of [
    [`a\n${long}\nb`, false],
    [`a\n${long}x\nb`, true],
    [`a\n${long}`, false],
    [`a\n${long}x`, true],
  ] as const) {
    writeFileSync(path, text);
    if (isRefused) {
      const error = await t.throwsAsync(all(textLines(path, limit)), { instanceOf: RunFailure });
      t.regex(error?.message ?? '', /^Unexpected line 2 of a\.ndjson with more than 100000 bytes/);
    } else t.is((await all(textLines(path, limit)))[1], long);
  }
  await t.throwsAsync(all(textLines(join(path, 'gone'))), { code: 'ENOTDIR' });
});
