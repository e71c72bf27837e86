import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Finding } from '@chatferry/export';
import {
  type FindingGroup,
  FindingSink,
  junitXml,
  markdownReport,
  type RunSummary,
  verdictOf,
  writeHtmlReport,
} from '@chatferry/import';
import test from 'ava';
import { SaxesParser } from 'saxes';
import { browserMissing, openBrowser } from '../support/browser.js';
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
    categories: HOSTILE.map((name) => ({ legacyPath: [name], name, roomsRead: 1, roomsWritten: 1 })),
    options: [],
    pages: {},
  };
}

/** Findings as a run leaves them: the groups, and the file of all. */
async function reported(
  folder: string,
  findings: Iterable<Finding>,
): Promise<{ run: RunSummary; path: string }> {
  const path = join(folder, 'findings.ndjson');
  const sink = new FindingSink({ ndjson: path, csv: null });
  for (const one of findings) sink.report(one);
  await sink.sync();
  const run = runOf(sink.summary());
  sink.close();
  return { run, path };
}

function* many(count: number): Generator<Finding> {
  for (const [at, message] of HOSTILE.entries()) yield finding(at, message);
  for (let at = HOSTILE.length; at < count; at++) yield finding(at);
}

test('junit.xml is well-formed, has a case for the verdict and each group, and its counts agree', async (t) => {
  const { run } = await reported(temporaryFolder(t), many(500));
  const xml = junitXml(run);
  const seen = { testcase: 0, failure: 0 };
  let suite: Record<string, string> = {};
  const parser = new SaxesParser();
  parser.on('error', (error) => t.fail(error.message));
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'testsuite') suite = attributes as Record<string, string>;
    if (name === 'testcase' || name === 'failure') seen[name] += 1;
  });
  parser.write(xml).close();
  t.is(seen.testcase, run.findings.length + 1);
  t.is(Number(suite.tests), seen.testcase);
  t.is(Number(suite.failures), seen.failure);
  t.true(seen.failure > 1);
  t.true(xml.includes('&lt;/script&gt;'));
});

test('report.md escapes what Markdown and HTML would act on, and tells what it leaves out', async (t) => {
  const { run } = await reported(temporaryFolder(t), many(500));
  const text = markdownReport(run);
  t.true(text.startsWith('# NOT READY: 5 error findings.\n'));
  for (const acting of [/[^\\]<script>/, /[^\\]\[a/, /[^\\]\*\*b/, /[^\\]@all/, /\n# e/, /\u202e/])
    t.notRegex(text, acting);
  t.true(text.includes('\\[a\\](http\\://x) \\*\\*b\\*\\* \\`c\\` \\| d'));
  t.regex(text, /- and \d+ more, in findings\\?\.csv/);
});

test('report.html carries every finding, and none in a list of its own when the groups tell all', async (t) => {
  const folder = temporaryFolder(t);
  const { run, path } = await reported(folder, many(3000));
  const page = join(folder, 'report.html');
  await writeHtmlReport(page, run, path);
  const html = readFileSync(page, 'utf8');
  const data =
    /<script type="application\/json" id="findings-data">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '';
  const findings = JSON.parse(data) as string[][];
  t.is(findings.length, 3000);
  t.is(findings[0]?.[3], HOSTILE[0]);
  t.is(html.match(/<script/g)?.length, 2, 'the data and the script that reads it');
  const few = await reported(folder, many(9));
  await writeHtmlReport(page, few.run, few.path);
  t.false(readFileSync(page, 'utf8').includes('<script'));
});

test('a browser opens 100,000 findings, searches and pages them, asks for nothing, and runs nothing hostile', async (t) => {
  t.timeout(180_000);
  const missing = browserMissing();
  if (missing !== null) {
    t.log(`SKIPPED: ${missing}`);
    return t.pass();
  }
  const folder = temporaryFolder(t);
  const { run, path } = await reported(folder, many(100_000));
  const file = join(folder, 'report.html');
  await writeHtmlReport(file, run, path);
  const browser = await openBrowser();
  t.teardown(() => browser.close());
  const context = await browser.newContext();
  const page = await context.newPage();
  const said: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('dialog', (dialog) => said.push(`dialog ${dialog.message()}`));
  page.on('request', (request) => asked.push(request.url()));
  const url = pathToFileURL(file).href;
  const began = performance.now();
  await page.goto(url);
  await page.locator('#found').waitFor({ state: 'visible' });
  const loaded = performance.now() - began;
  t.is(await page.title(), run.verdict.sentence);
  t.is(
    await page.locator('#found').textContent(),
    '100,000 of 100,000 findings, page 1 of 1,000'.replace('1,000', '1000'),
  );
  t.is(await page.locator('#all-rows tr').count(), 100);
  t.is(await page.locator('#all-rows tr').first().locator('td').nth(3).textContent(), HOSTILE[0] as string);

  await page.getByRole('button', { name: 'Next page' }).press('Enter');
  t.regex(String(await page.locator('#found').textContent()), /page 2 of 1000/);
  const filtering = performance.now();
  await page.getByLabel('Text').fill('node 99999)');
  t.is(await page.locator('#found').textContent(), '1 of 100,000 findings, page 1 of 1');
  const filtered = performance.now() - filtering;
  await page.getByLabel('Text').fill('');
  await page.getByLabel('Severity').selectOption('error');
  t.is(await page.locator('#found').textContent(), '1,000 of 100,000 findings, page 1 of 10');
  await page.getByLabel('Rule or check').selectOption('rule-0');
  t.regex(String(await page.locator('#found').textContent()), /^14[23] of 100,000/);

  const pdf = await page.pdf({ preferCSSPageSize: true });
  t.true(pdf.length > 10_000);
  t.true(pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length !== undefined);
  await page.emulateMedia({ colorScheme: 'dark' });
  const folders = process.env.CHATFERRY_SCREENSHOTS;
  if (folders !== undefined) {
    await page.screenshot({ path: join(folders, 'report-dark.png'), fullPage: false });
    await page.emulateMedia({ colorScheme: 'light' });
    await page.locator('#all-findings').scrollIntoViewIfNeeded();
    await page.screenshot({ path: join(folders, 'report-light.png') });
    writeFileSync(join(folders, 'report.pdf'), pdf);
  }
  t.deepEqual(said, []);
  t.deepEqual(asked, [url]);
  t.log(
    `${(readFileSync(file).length / 1e6).toFixed(1)} MB, loaded in ${Math.round(loaded)} ms, searched in ${Math.round(filtered)} ms`,
  );

  const still = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await still.goto(url);
  t.true(await still.getByRole('heading', { level: 1 }).isVisible());
  t.false(await still.locator('#all-findings').isVisible());
  t.true(await still.getByText('more: all are in').first().isVisible());
});
