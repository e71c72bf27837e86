import { join } from 'node:path';
import type { Finding } from '@chatferry/export';
import {
  type FindingGroup,
  FindingSink,
  junitXml,
  markdownReport,
  type RunSummary,
  verdictOf,
} from '@chatferry/import';
import test from 'ava';
import { SaxesParser } from 'saxes';
import { temporaryFolder } from '../support/temporary-folder.js';

const LAYOUT = { name: 'pool-2013', assumedPaths: 0, reference: 'ab'.repeat(32) };
const HOSTILE = [
  '</script><script>document.title="hacked"</script>',
  '"><img src=x onerror=alert(1)>',
  '<!--<script>',
  '=HYPERLINK("http://example.org")',
  '\u202egpj.exe',
  '[a](http://x) **b** `c` | d\n# e @all www.x.y',
];

function finding(at: number, message = `Unexpected thing ${at}, expected none; left it.`): Finding {
  const severity = at % 100 === 0 ? 'error' : at % 3 === 0 ? 'warning' : 'note';
  const place = { file: 'tblNode.xml', line: at + 1, column: 3, record: `node ${at}` };
  return { rule: `rule-${at % 7}`, severity, place, message };
}

function runOf(findings: readonly FindingGroup[]): RunSummary {
  return {
    tool: { name: 'chatferry', version: '0.0.0' },
    command: 'transform',
    date: null,
    verdict: verdictOf({ findings, imbalances: [], layout: LAYOUT, failure: null }),
    layout: LAYOUT,
    inputs: [],
    package: null,
    ledger: null,
    imbalances: [],
    findings,
    notRun: ['check-later'],
    categories: HOSTILE.map((name) => ({ legacyPath: [name], name, roomsRead: 1, roomsWritten: 1 })),
    options: [],
    decidedRecords: [],
    months: [],
    roomChanges: HOSTILE.map((name) => ({
      guid: 'g',
      name,
      settings: [{ setting: 'Name', before: name, after: name }],
    })),
    sample: null,
    pages: { 'rule-0': { sections: [] }, 'rule-silent': { sections: [] }, 'check-later': { sections: [] } },
  };
}

/** Findings as a run leaves them: the groups, and the file of all. */
async function reported(folder: string, findings: Iterable<Finding>): Promise<{ run: RunSummary }> {
  const path = join(folder, 'findings.ndjson');
  const sink = new FindingSink({ ndjson: path, csv: null });
  for (const one of findings) sink.report(one);
  await sink.sync();
  const run = runOf(sink.summary());
  sink.close();
  return { run };
}

function* many(count: number): Generator<Finding> {
  for (const [at, message] of HOSTILE.entries()) yield finding(at, message);
  for (let at = HOSTILE.length; at < count; at++) yield finding(at);
}

test('junit.xml is well-formed, has a case for the verdict and each group, and its counts agree', async (t) => {
  const { run } = await reported(temporaryFolder(t), many(500));
  const xml = junitXml(run);
  const seen = { testcase: 0, failure: 0 };
  let suites: Record<string, string> = {};
  const parser = new SaxesParser();
  parser.on('error', (error) => t.fail(error.message));
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'testsuites') suites = attributes as Record<string, string>;
    if (name === 'testcase' || name === 'failure') seen[name] += 1;
  });
  parser.write(xml).close();
  t.is(
    seen.testcase,
    2 + 9,
    'verdict, ledger, seven rules that spoke, one that was silent, one that was not run',
  );
  t.is(Number(suites.skipped), 1);
  t.regex(xml, /name="check-later"><skipped message="nothing to look at in this run"\/><\/testcase>/);
  t.is(Number(suites.tests), seen.testcase);
  t.is(Number(suites.failures), seen.failure);
  t.true(seen.failure > 1);
  t.true(xml.includes('&lt;/script&gt;'));
});

test('report.md escapes what Markdown and HTML would act on, and tells what it leaves out', async (t) => {
  const { run } = await reported(temporaryFolder(t), many(500));
  const text = markdownReport(run);
  t.true(text.startsWith('# NOT READY: 5 error findings.\n'));
  t.deepEqual(text.match(/^## .*$/gm), [
    '## Findings',
    '## Categories, before and after',
    '## Settings of rooms, before and after',
    '## What was read',
    '## What was written',
    '## Sign-off',
  ]);
  for (const acting of [/[^\\]<script>/, /[^\\]\[a/, /[^\\]\*\*b/, /[^\\]@all/, /\n# e/, /\u202e/])
    t.notRegex(text, acting);
  t.true(text.includes('\\[a\\]\\(http\\://x\\) \\*\\*b\\*\\* \\`c\\` \\| d'));
  t.regex(text, /And \d+ more: all are in `findings\.csv`/);
  const byHand = text.slice(text.indexOf('## Sign-off'));
  t.true(byHand.includes('as `sha256sum tagmanifest-sha256.txt` tells it.'));
  t.deepEqual(
    byHand.match(/^\| [^|]* \| {2}\|$/gm),
    [
      'To be written by hand',
      'SHA-256 of tagmanifest-sha256.txt',
      'SHA-256 of ledger.json',
      'Fingerprint of the key that signed',
      'SHA-256 of the last entry of custody.ndjson, as its writer told it',
      'Verdict of chatferry-validate \\(step 2 of RUNBOOK.md\\), or why it was left out',
    ].map((line) => `| ${line} |  |`),
  );
  const known = markdownReport({ ...run, ledgerSha256: 'ab'.repeat(32) });
  t.true(known.includes(`\n\nSHA-256 of ledger.json: \`${'ab'.repeat(32)}\`\n\n`));
  t.false(known.includes('| SHA-256 of ledger.json |'));
});
