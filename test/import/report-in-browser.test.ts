import { statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Finding } from '@chatferry/export';
import {
  FindingSink,
  type RunSummary,
  type SampledMessage,
  type SampleSummary,
  writeHtmlReport,
} from '@chatferry/import';
import test, { type ExecutionContext } from 'ava';
import type { Browser, Page } from 'playwright-core';
import { STYLE } from '../../packages/import/dist/reports/html-style.js';
import { browserMissing, openBrowser } from '../support/browser.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { finding, LEDGER, room, run, SHA } from './support/report-run.js';

const HOSTILE = [
  '</script><script>document.title="hacked"</script>',
  '"><img src=x onerror="document.title=1">',
  "' style=color:red onmouseover=alert(1) x='",
  '<!--<script>',
  '{{alert(1)}}',
  'gpj.\u202eexe\u2066',
  'javascript:alert(1)',
];
/** In points. */
const A4 = { width: 595.28, height: 841.89 };

interface Opened {
  readonly page: Page;
  readonly browser: Browser;
  /** Whatever the page did that it should not: errors, violations of its policy, dialogs. */
  readonly complaints: string[];
  readonly requests: string[];
  readonly url: string;
}

/** Findings as a run leaves them, among them one of every hostile text. */
function* many(count: number): Generator<Finding> {
  for (let at = 0; at < count; at++) {
    const severity = at % 100 === 0 ? 'error' : at % 3 === 0 ? 'warning' : 'note';
    yield finding({
      rule: `rule-${at % 7}`,
      severity,
      message: HOSTILE[at] ?? `Unexpected thing ${at} in room "Room ${at % 50}", expected none; left it.`,
      place: { file: 'tblNode.xml', line: at + 1, column: 3, record: `node ${at}` },
      ...(at % 5 === 0 ? { remedy: 'Look at it.' } : {}),
    });
  }
}

/** Messages with hostile texts and names on both sides, and with words that no line can hold. */
function hostileSample(): SampleSummary {
  const [message] = run().sample?.messages ?? [];
  if (message === undefined) throw new Error('Unexpected run without a sample, expected one.');
  const messages = [...HOSTILE, 'W'.repeat(3_000)].map((text): SampledMessage => {
    const place = { file: text, line: 1, column: 1, record: null };
    const content = { bytes: text.length, sha256: SHA, text };
    const source = { authorId: 8, author: text, content: { ...content, sha256: text }, rtf: content };
    const names = { roomName: text.slice(0, 256), changedBy: 'rule-0', changedFields: ['content'] };
    return { ...message, ...names, place, content, source };
  });
  return { seed: '1', of: messages.length, messages };
}

async function writeReport(t: ExecutionContext, count: number): Promise<{ run: RunSummary; path: string }> {
  const folder = temporaryFolder(t);
  const ndjson = join(folder, 'findings.ndjson');
  const sink = new FindingSink({ ndjson, csv: null });
  for (const one of many(count)) sink.report(one);
  const findings = sink.summary();
  sink.close();
  const summary = run({
    findings,
    pages: { 'rule-0': { sections: [{ title: 'Condition', text: HOSTILE.join(' ') }] } },
    ledger: {
      ...LEDGER,
      rooms: Object.fromEntries(
        HOSTILE.map((name) => [name, room(name, { read: 1, carried: 1, written: 1 })]),
      ),
    },
    categories: HOSTILE.map((name) => ({ legacyPath: [name, name], name, roomsRead: 1, roomsWritten: 1 })),
    roomChanges: HOSTILE.map((name) => ({
      guid: name,
      name,
      settings: [{ setting: 'Name', before: name, after: name }],
    })),
    sample: hostileSample(),
  });
  const path = join(folder, 'report.html');
  await writeHtmlReport(path, summary, ndjson);
  return { run: summary, path };
}

/** null, and the test passes with a message, where there is no browser. */
async function open(t: ExecutionContext, path: string, javaScriptEnabled = true): Promise<Opened | null> {
  const missing = browserMissing();
  if (missing !== null) {
    t.log(missing);
    t.pass();
    return null;
  }
  const browser = await openBrowser();
  t.teardown(() => browser.close());
  const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (line) => complaints.push(line.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => complaints.push(dialog.message()));
  page.on('request', (request) => requests.push(request.url()));
  const url = pathToFileURL(path).href;
  await page.goto(url);
  return { page, browser, complaints, requests, url };
}

test('a browser opens 100,000 findings, searches and pages them, asks for nothing and runs nothing hostile', async (t) => {
  t.timeout(180_000);
  const report = await writeReport(t, 100_000);
  const began = performance.now();
  const opened = await open(t, report.path);
  if (opened === null) return;
  const { complaints, page, requests, url } = opened;
  const status = page.locator('#search-status');
  const loaded = performance.now() - began;
  t.is(await page.title(), report.run.verdict.sentence);

  const asking = performance.now();
  await page.getByRole('searchbox', { name: 'Text' }).focus();
  await page.getByText('100,000 of 100,000 findings match, 1 to 50 shown.').waitFor();
  const asked = performance.now() - asking;
  const rows = page.locator('#search-rows tr');
  t.is(await rows.count(), 50);
  t.is(await rows.first().locator('td').nth(1).locator('bdi').first().textContent(), HOSTILE[0] as string);
  t.is(await page.locator('#search-rows th.error').count(), 50, 'the gravest first');
  await page.getByLabel('Text', { exact: true }).fill('node 5)');
  await page.getByText('1 of 100,000 findings match, 1 to 1 shown.').waitFor();
  t.is(
    await rows.first().locator('td').nth(1).locator('bdi').first().textContent(),
    'gpj.\\u{202e}exe\\u{2066}',
  );

  const filtering = performance.now();
  await page.getByLabel('Text', { exact: true }).fill('NODE 99999)');
  await page.getByText('1 of 100,000 findings match, 1 to 1 shown.').waitFor();
  const filtered = performance.now() - filtering;
  await page.getByLabel('Text', { exact: true }).fill('');
  await page.getByLabel('Severity').selectOption({ label: 'Errors' });
  await page.getByText('1,000 of 100,000 findings match').waitFor();
  await page.getByLabel('Rule', { exact: true }).selectOption({ index: 1 });
  t.regex(String(await status.textContent()), /^14[23] of 100,000 findings match/);
  await page.getByLabel('Text', { exact: true }).fill('no such words');
  await page.getByText('0 of 100,000 findings match.').waitFor();

  // Every finding is in the page as it is in the file.
  await page.getByLabel('Text', { exact: true }).fill('');
  await page.getByLabel('Severity').selectOption('');
  await page.getByLabel('Rule', { exact: true }).selectOption('');
  await page.getByRole('button', { name: 'Last' }).click();
  await page.getByText('Page 2,000 of 2,000').waitFor();
  const last = [...many(100_000)].findLast(({ severity }) => severity === 'note') as Finding;
  t.is(await rows.last().locator('td').nth(1).locator('bdi').first().textContent(), last.message);

  t.deepEqual(complaints, []);
  t.deepEqual(requests, [url]);
  const figures = { opened: loaded, asked, filtered };
  t.log(
    `${(statSync(report.path).size / 1e6).toFixed(1)} MB`,
    ...Object.entries(figures).map(([name, ms]) => `${name} in ${Math.round(ms)} ms`),
  );
});

test('the search is worked by the keyboard alone, and says what it found', async (t) => {
  const opened = await open(t, (await writeReport(t, 700)).path);
  if (opened === null) return;
  const { complaints, page } = opened;
  await page.keyboard.press('Tab');
  t.is(await page.evaluate('document.activeElement.textContent'), 'Skip to the content');
  await page.keyboard.press('Enter');
  t.is(await page.evaluate('document.activeElement.id'), 'content');
  t.is(await page.getByRole('status').getAttribute('aria-live'), 'polite');

  await page.getByRole('button', { name: 'Browse all of rule-0' }).first().press('Enter');
  t.is(await page.evaluate('document.activeElement.id'), 'search-heading');
  await page.keyboard.press('Tab');
  t.is(await page.evaluate('document.activeElement.id'), 'search-text');
  await page.keyboard.type('room 1"');
  await page.getByText(/^\d+ of 700 findings match/).waitFor();
  const outline = await page.evaluate(
    "getComputedStyle(document.getElementById('search-text')).outlineWidth",
  );
  t.is(outline, '3px');
  await page.locator('#search-text').fill('');
  await page.locator('#search-rule').selectOption('');
  await page.getByText('1 to 50 shown').waitFor();

  const next = page.getByRole('button', { name: 'Next' });
  await next.focus();
  for (let pressed = 0; pressed < 20; pressed++) await page.keyboard.press('Enter');
  await page.getByText('Page 14 of 14').waitFor();
  t.is(await next.getAttribute('aria-disabled'), 'true');
  t.is(await page.evaluate('document.activeElement.textContent'), 'Next', 'the focus stays where it was');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByText('Page 13 of 14').waitFor();
  t.deepEqual(complaints, []);
});

test('a screen reader finds landmarks, headings, named tables, charts and fields', async (t) => {
  const opened = await open(t, (await writeReport(t, 300)).path);
  if (opened === null) return;
  const { page } = opened;
  for (const landmark of ['banner', 'navigation', 'main', 'search'] as const)
    t.is(await page.getByRole(landmark).count(), 1, landmark);
  t.is(await page.getByRole('heading', { level: 1 }).count(), 1);
  const levels = (await page.evaluate(
    "[...document.querySelectorAll('h1,h2,h3,h4')].map((heading) => Number(heading.tagName[1]))",
  )) as number[];
  t.true(levels.every((level, index) => index === 0 || level <= (levels[index - 1] as number) + 1));
  const unnamed = await page.evaluate(`[
    ...[...document.querySelectorAll('table')].filter((table) => !table.caption?.textContent),
    ...[...document.querySelectorAll('th')].filter((head) => head.scope === ''),
    ...[...document.querySelectorAll('input, select')].filter((field) => field.labels.length === 0),
    ...[...document.querySelectorAll('svg')].filter((chart) => chart.getAttribute('role') !== 'img'),
  ].length`);
  t.is(unnamed, 0);
  const wide = page.locator('.wide');
  const [inside = 0, scrolled] = await Promise.all([page.locator('table, svg').count(), wide.count()]);
  t.is(scrolled, inside);
  for (const one of await wide.all()) {
    const caption = await one.locator('caption, title').textContent();
    t.is(await one.getAttribute('role'), 'region');
    t.is(await one.getAttribute('aria-label'), caption);
    t.is(await one.getAttribute('tabindex'), '0');
  }
  await page.setViewportSize({ width: 320, height: 640 });
  const rooms = page.getByRole('region', { name: /^Messages by room/ });
  await rooms.focus();
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction('document.activeElement.scrollLeft > 0');
  t.is(await page.getByRole('img', { name: /^Messages by month/ }).count(), 1);
  t.is(await page.getByRole('img', { name: /^Findings by rule/ }).count(), 1);
  t.is(await page.getByRole('img', { name: /^Rooms in the package by category/ }).count(), 1);
  const ids = (await page.evaluate("[...document.querySelectorAll('[id]')].map(({ id }) => id)")) as string[];
  t.is(new Set(ids).size, ids.length);
  const broken = await page.evaluate(
    "[...document.querySelectorAll('a[href]')].filter((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))) === null).length",
  );
  t.is(broken, 0);
});

test('without scripts the page tells its verdict, ledger and groups, and points to findings.csv', async (t) => {
  const opened = await open(t, (await writeReport(t, 3_000)).path, false);
  if (opened === null) return;
  const { complaints, page, requests, url } = opened;
  t.true(await page.getByRole('heading', { level: 1 }).isVisible());
  t.false(await page.locator('#search').isVisible());
  t.is(await page.getByRole('button').count(), 0);
  t.true(await page.getByRole('table', { name: /^Records by table/ }).isVisible());
  t.is(await page.locator('.group').count(), (await page.locator('ul.findings').count()) as number);
  t.true(
    await page
      .getByText(/more: all are in findings\.csv/)
      .first()
      .isVisible(),
  );
  t.deepEqual(complaints, []);
  t.deepEqual(requests, [url]);
});

test('it prints on A4, with everything that is folded away and without what paper cannot do', async (t) => {
  const opened = await open(t, (await writeReport(t, 300)).path);
  if (opened === null) return;
  const { page } = opened;
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  const boxes = [...pdf.matchAll(/\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/g)];
  t.true(boxes.length > 3);
  for (const [box, width, height] of boxes) {
    t.true(Math.abs(Number(width) - A4.width) < 1 && Math.abs(Number(height) - A4.height) < 1, box);
  }
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  t.false(await page.locator('#search').isVisible());
  t.false(await page.getByRole('navigation').isVisible());
  t.true(await page.getByRole('cell', { name: '999,998' }).isVisible(), 'figures by month');
  t.true((await page.locator('details.page').count()) > 0);
  t.is(await page.locator('details.page:visible').count(), 0, 'whole pages of rules');
  t.is(await page.evaluate('getComputedStyle(document.body).color'), 'rgb(0, 0, 0)');
  const together = (await page.evaluate(
    "['h2', 'h2 + p', 'p:has(+ figure)', 'p:has(+ .wide)'].map((kind) => getComputedStyle(document.querySelector(kind)).breakAfter)",
  )) as string[];
  t.deepEqual(together, Array(4).fill('avoid'), 'no heading is alone at the foot of a sheet');
  // Nothing is wider than the sheet: 180 mm at 96 dpi.
  await page.setViewportSize({ width: 680, height: 1000 });
  t.true(Number(await page.evaluate('document.documentElement.scrollWidth')) <= 680);
});

test('a narrow window shows each hash in four lines at most', async (t) => {
  const opened = await open(t, (await writeReport(t, 30)).path);
  if (opened === null) return;
  const { page } = opened;
  await page.setViewportSize({ width: 380, height: 800 });
  const lines = (await page.evaluate(
    "[...document.querySelectorAll('th .id')].filter(({ textContent }) => /^[0-9a-f]{64}$/.test(textContent)).map((hash) => hash.getClientRects().length)",
  )) as number[];
  t.true(lines.length > 3);
  t.true(Math.max(...lines) <= 4, String(lines));
});

test('a narrow window scrolls tables and never the page, in light and dark', async (t) => {
  const opened = await open(t, (await writeReport(t, 300)).path);
  if (opened === null) return;
  const { page } = opened;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 360, height: 700 });
    t.true(Number(await page.evaluate('document.documentElement.scrollWidth')) <= 360, colorScheme);
  }
  const captions = (await page.evaluate(`[...document.querySelectorAll('.wide')].flatMap((wide) => {
    wide.scrollLeft = 100;
    const box = wide.querySelector('caption')?.getBoundingClientRect();
    return box === undefined || box.width === 0 ? [] : [[box.left, box.right]];
  })`)) as [left: number, right: number][];
  t.true(captions.length > 5);
  for (const [left, right] of captions)
    t.true(left >= 0 && right <= 360, `a caption from ${left} to ${right}`);
  const heights = (await page.evaluate(
    "[...document.querySelectorAll('.chart text')].map((text) => text.getBoundingClientRect().height)",
  )) as number[];
  t.true(heights.length > 5);
  t.true(Math.min(...heights) >= 10, 'the texts of charts can be read');
});

test('texts stand out by 4.5 to 1 and bars by 3 to 1, in light, dark and print (WCAG 2.2, 1.4.3 and 1.4.11)', (t) => {
  const blocks = [...STYLE.matchAll(/:root \{([^}]*)\}/g)].map(([, block = '']) => colours(block));
  t.is(blocks.length, 3);
  for (const [index, own] of blocks.entries()) {
    const theme = { ...blocks[0], ...own };
    for (const [names, least] of [
      [['ink', 'soft', 'link', 'ready', 'error', 'warning', 'note'], 4.5],
      [['written', 'excluded', 'refused', 'others', 'focus'], 3],
    ] as const) {
      for (const name of names)
        for (const ground of ['paper', 'shade']) {
          const ratio = contrast(theme[name] as string, theme[ground] as string);
          t.true(ratio >= least, `${index} ${name} on ${ground}: ${ratio.toFixed(2)}`);
        }
    }
  }
});

function colours(block: string): Record<string, string> {
  return Object.fromEntries(
    [...block.matchAll(/--(\w+): (#[0-9a-f]{3,6})/g)].map(([, name, colour]) => [name, colour]),
  );
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const digits =
    colour.length === 4 ? [...colour.slice(1)].map((digit) => digit + digit) : colour.slice(1).match(/../g);
  const [red = 0, green = 0, blue = 0] = (digits ?? [])
    .map((pair) => Number.parseInt(pair, 16) / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
