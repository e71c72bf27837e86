import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { benchOptions } from './bench/bench-options.js';
import { benchTable, markdownTable, median, textTable } from './bench/bench-table.js';
import { type Contender, contestOf, YARDSTICK } from './bench/contenders.js';
import { growthTable } from './bench/growth-table.js';
import { measureProcess } from './bench/measure-process.js';
import { findOutsidePrograms } from './bench/references.js';
import type { Outcome } from './bench/run-contest.js';
import { checkDisk, inWorkingFolder, writeExport } from './bench/working-folder.js';
import { temporaryFolder } from './support/temporary-folder.js';

const run = promisify(execFile);
const NONE = { xmllint: null, python: null, gzip: null, gnuTime: null };

function outcome(name: string, seconds: readonly number[], peakBytes: number | null): Outcome {
  const contender: Contender = {
    name,
    isOurs: true,
    program: { command: 'node', args: [] },
    writes: [],
  };
  const usage = peakBytes === null ? null : { userSeconds: 1, systemSeconds: 0.5, peakBytes };
  return { contender, runs: seconds.map((each) => ({ seconds: each, usage })) };
}

test('the bench takes the middle of its runs, and its ratios from the yardstick of the same run', (t) => {
  t.is(median([9, 1, 2]), 2);
  t.is(median([4, 1, 2, 3]), 2.5);
  t.throws(() => median([]), { instanceOf: RangeError });
  const facts = { exportBytes: 500e6, messages: 1_000_000 };
  const outcomes = [outcome(YARDSTICK, [4, 5, 40], 5e6), outcome('transform', [2, 2.5, 30], null)];
  t.deepEqual(benchTable({ ...facts, outcomes }).slice(1), [
    [YARDSTICK, '5.00', '4.00..40.00', '100', '200,000', '1.00', '1.50', '5'],
    ['transform', '2.50', '2.00..30.00', '200', '400,000', '2.00', '-', '-'],
  ]);
  t.is(benchTable({ ...facts, outcomes: outcomes.slice(1) })[1]?.[5], '-');
  t.deepEqual(growthTable([outcome('a', [2], 10e6)], [outcome('a', [21], 11e6)])[1], [
    'a',
    '2.00',
    '21.00',
    '10.50',
    '10',
    '11',
    '1.10',
  ]);
});

test('the bench prints columns, and Markdown for the README', (t) => {
  const rows = [
    ['program', 's'],
    ['a b', '10.00'],
  ];
  t.is(textTable(rows), 'program      s\na b      10.00');
  t.is(markdownTable(rows), '| program | s |\n| --- | ---: |\n| `a b` | 10.00 |');
});

test('the bench names every reference that it leaves out', (t) => {
  const { contenders, leftOut } = contestOf(NONE);
  t.deepEqual(
    leftOut.map(({ name, reason }) => `${name}: ${reason}`),
    [
      'xmllint --stream --noout: xmllint is not installed or does not run',
      'xmllint --stream --schema: xmllint is not installed or does not run',
      'Python expat, same rewriting: python3 is not installed or does not run',
      'gzip -1: gzip is not installed or does not run',
    ],
  );
  const found = { path: 'x', version: '1' };
  const all = contestOf({ xmllint: found, python: found, gzip: found, gnuTime: found });
  t.is(all.leftOut.length, 0);
  t.is(all.contenders.length, contenders.length + leftOut.length);
});

test('the bench refuses options that it cannot use, and a disk that cannot hold its files', async (t) => {
  t.is(benchOptions(['--help']), null);
  t.like(benchOptions(['--growth']), { messages: 1_000_000, runs: 1, shapes: ['attributes', 'elements'] });
  t.throws(() => benchOptions(['--messages', '1e400']), { message: /--messages 1e400/ });
  t.throws(() => benchOptions(['--shapes', 'round']), { message: /--shapes round/ });
  t.throws(() => benchOptions(['--fast']));
  const told: string[] = [];
  await t.throwsAsync(
    checkDisk(tmpdir(), 1e18, (line) => told.push(line)),
    { message: /cannot hold/ },
  );
  t.regex(told.join(), /Needs about 1000000000\.00 GB/);
});

test('a program that fails ends the bench with what it said', async (t) => {
  await inWorkingFolder(tmpdir(), async (folder) => {
    const args = ['-e', 'console.error("no such luck"); process.exitCode = 3'];
    await t.throwsAsync(measureProcess({ command: 'node', args }, folder, null), { message: /3:\nno such/ });
    const measured = await measureProcess({ command: 'node', args, exitCode: 3 }, folder, null);
    t.true((measured.usage?.peakBytes ?? 0) > 20e6);
    t.true((measured.usage?.userSeconds ?? 0) > 0);
  });
});

test('a generated export is valid against the schema that the bench gives to xmllint, and a broken one is not', async (t) => {
  const { xmllint } = await findOutsidePrograms();
  if (xmllint === null) {
    t.log('Not held against the schema: xmllint is not installed.');
    t.pass();
    return;
  }
  const folder = temporaryFolder(t);
  const validate = () =>
    run('xmllint', ['--stream', '--noout', '--schema', 'export.xsd', 'export.xml'], { cwd: folder });
  for (const shape of ['attributes', 'elements'] as const) {
    await writeExport(folder, 50, shape);
    await t.notThrowsAsync(validate());
    const path = join(folder, 'export.xml');
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll('chatDate', 'chatDay'));
    await t.throwsAsync(validate());
  }
  t.deepEqual((await readdir(folder)).sort(), ['export.xml', 'export.xsd']);
});
