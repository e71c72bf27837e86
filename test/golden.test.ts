import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FailureCode, type Finding, READER_CONDITIONS, RunFailure } from '@chatferry/export';
import type { LedgerDocument } from '@chatferry/import';
import { assertBalance, DIRECTORY_RULES, MESSAGE_RULES } from '@chatferry/transform';
import test, { type ExecutionContext } from 'ava';
import { BROKEN_DOCUMENTS } from './support/broken-documents.js';
import { DIRTY_EXPORT, NOT_IN_DIRTY } from './support/dirty-export.js';
import { committedFiles, type GoldenRun, inputsOfCase, runGolden, type TextFiles } from './support/golden.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { transformed } from './support/transformed.js';
import { ALWAYS, TROUBLE_CASES, WITHOUT_CASE } from './support/trouble-cases.js';
import { BROKEN, brokenDocuments, CONVERT, DIRTY } from './support/write-golden.js';

const RULES = [...READER_CONDITIONS, ...DIRECTORY_RULES, ...MESSAGE_RULES];
/** What ends the run because of the XML itself, and so at a place. */
const NOT_XML: readonly FailureCode[] = ['input-not-well-formed', 'input-dtd', 'input-limit'];
const AGAIN = 'when the change is meant: npm run golden, and read the difference';

test('every rule and every condition of the reader has its case, or a reason to have none', (t) => {
  const ids = RULES.map(({ id }) => id);
  t.deepEqual([...Object.keys(TROUBLE_CASES), ...Object.keys(WITHOUT_CASE)].sort(), ids.sort());
});

test('fixtures/convert holds a folder for every case and nothing else', async (t) => {
  t.deepEqual((await readdir(CONVERT)).sort(), Object.keys(TROUBLE_CASES).sort());
});

for (const [rule, trouble] of Object.entries(TROUBLE_CASES)) {
  test.serial(`fixtures/convert/${rule}`, async (t) => {
    const folder = join(CONVERT, rule);
    sameFiles(t, committedFiles(folder, 'inputs'), inputsOfCase(trouble));
    const golden = await runGolden(folder);
    const fired = new Set(findingsOf(golden).map((finding) => finding.rule));
    t.deepEqual([...fired].sort(), [...new Set([rule, ALWAYS, ...(trouble.also ?? [])])].sort());
    isAccounted(t, golden);
    hasAllColumns(t, golden);
    sameFiles(t, committedFiles(folder, 'outcome'), golden.outcome);
  });
}

test.serial(
  'fixtures/dirty: every error is found, as it is written down, and every record accounted for',
  async (t) => {
    const inputs = committedFiles(DIRTY, 'inputs');
    const expected = inputs.get('findings.ndjson');
    inputs.delete('findings.ndjson');
    sameFiles(t, inputs, inputsOfCase(DIRTY_EXPORT));
    const golden = await runGolden(DIRTY);
    t.is(golden.outcome.get('exit-code.txt'), '1\n');
    t.is(golden.outcome.get('findings.ndjson'), expected, AGAIN);
    isAccounted(t, golden);
    hasAllColumns(t, golden);
    const errors = new Set(
      findingsOf(golden).flatMap(({ rule, severity }) => (severity === 'error' ? rule : [])),
    );
    const silent = RULES.filter(({ id, severities }) => severities.includes('error') && !errors.has(id));
    t.deepEqual(silent.map(({ id }) => id).sort(), Object.keys(NOT_IN_DIRTY).sort());
  },
);

test('fixtures/refuse/document holds what the table of faults makes of the base', (t) => {
  sameFiles(t, committedFiles(BROKEN, 'inputs'), brokenDocuments());
});

test('a second top element is no fault: FOR XML without ROOT has one a row', async (t) => {
  const [rule, name] = ['last-chat-id-too-low', 'export.xml'];
  const folder = temporaryFolder(t);
  const text = committedFiles(join(CONVERT, rule), 'inputs').get(name) ?? '';
  await writeFile(join(folder, name), text.replace('  <tblChat', '</root><root><tblChat'));
  const { outcome } = await runGolden(folder);
  sameFiles(t, committedFiles(join(CONVERT, rule), 'outcome'), outcome);
});

for (const [fault, { code, words }] of Object.entries(BROKEN_DOCUMENTS)) {
  test.serial(
    `refuses ${fault}.xml: the run ends, says where and what to do, and leaves nothing`,
    async (t) => {
      const work = temporaryFolder(t);
      const failure = await t.throwsAsync(
        transformed({ exportPath: join(BROKEN, `${fault}.xml`), handoffPath: join(work, 'handoff') }),
        {
          instanceOf: RunFailure,
        },
      );
      t.is(failure?.code, code);
      t.regex(failure?.message ?? '', words);
      const { place, message } = failure as RunFailure;
      if (NOT_XML.includes(code))
        t.true(message.startsWith(`${fault}.xml:${place?.line}:${place?.column}: `));
      t.true((failure?.remedy.length ?? 0) > 20);
      t.deepEqual(await readdir(work), []);
    },
  );
}

function findingsOf({ outcome }: GoldenRun): Finding[] {
  const lines = (outcome.get('findings.ndjson') ?? '').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Finding);
}

/** Whatever went wrong: the sums hold, and the verdict says what the findings say. */
/**
 * Whoever reads findings.csv has no pages beside it, and filters by columns. What is not well-formed is all that its
 * sentence says.
 */
function hasAllColumns(t: ExecutionContext, golden: GoldenRun): void {
  const ids = new Set(RULES.map(({ id }) => id));
  for (const { did, expected, message, remedy, rule, seen, severity } of findingsOf(golden)) {
    if (!ids.has(rule)) continue;
    if (severity !== 'note') t.truthy(remedy, `${rule}: ${message}`);
    if (rule === 'record-not-well-formed') continue;
    t.deepEqual(
      [seen, expected, did].filter((cell) => cell === undefined || cell === ''),
      [],
      `${rule}: ${message}`,
    );
  }
}

function isAccounted(t: ExecutionContext, golden: GoldenRun): void {
  const ledger = JSON.parse(golden.outcome.get('ledger.json') ?? '') as LedgerDocument;
  t.deepEqual(assertBalance(ledger), []);
  const hasErrors = findingsOf(golden).some(({ severity }) => severity === 'error');
  t.is(golden.run.verdict.exitCode, hasErrors ? 1 : 0);
}

function sameFiles(t: ExecutionContext, committed: TextFiles, made: TextFiles): void {
  t.deepEqual([...committed.keys()].sort(), [...made.keys()].sort(), AGAIN);
  for (const [name, text] of made) t.is(committed.get(name), text, `${name}: ${AGAIN}`);
}
