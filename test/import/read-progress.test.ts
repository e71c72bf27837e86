import test from 'ava';
import { readProgress } from '../../packages/import/dist/validate/read-progress.js';

test('a line for each 512 MiB, and one only when several have passed at once', (t) => {
  const lines: string[] = [];
  const progress = readProgress(
    (mebibytes) => `${mebibytes} MiB`,
    (line) => lines.push(line),
  );
  const mebibyte = 2 ** 20;
  for (const mebibytes of [1, 511, 512, 513, 1023, 1024, 2600, 2700, 3072]) progress(mebibytes * mebibyte);
  t.deepEqual(lines, ['512 MiB', '1024 MiB', '2600 MiB', '3072 MiB']);
});
