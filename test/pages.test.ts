import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { READER_CONDITIONS } from '@chatferry/export';
import { parsePages } from '@chatferry/import';
import { basisLetters, DEFAULT_OPTIONS, rulePages } from '@chatferry/transform';
import test from 'ava';
import {
  DOCUMENTS,
  documentText,
  type Facts,
  HOUSE,
  type PagedDocument,
  pageOf,
} from './support/write-pages.js';

/** Where the tests of a document's entries stand. */
const TESTS: Readonly<Record<string, string>> = {
  'packages/export/CONDITIONS.md': 'test/export',
  'packages/transform/RULES.md': 'test/transform',
  'packages/import/CHECKS.md': 'test/import',
};
/** Files among the pages' sources that are lists. */
const LISTS = ['index.ts', 'messages.ts'];

/** What counts as naming a source: a document, one of its numbers, a format's standard, a table of the schema. */
const SOURCE =
  /migration guide|schema|\bSDK\b|cmdlet|\w-Cs\w|TechNet|\b[a-z]{2}\d{6}\b|XML 1\.0|RFC \d|APPNOTE|SQL Server|tbl[A-Z]\w+|Chat table|capacity planning|features of Persistent Chat Server|Persistent Chat Server features|\w\.ps1/i;
const OUR_OWN = /\bour (?:decision|law|reading)\b/i;

for (const document of DOCUMENTS) {
  test(`${document.path} is what write-pages writes`, (t) => {
    t.is(read(document.path), documentText(document), 'run: node .test-dist/support/write-pages.js');
  });

  test(`${document.path}: every page has its sections and agrees with the code`, (t) => {
    const faults = entriesOf(document).flatMap((facts) =>
      pageFaults(`#${pageOf(document, facts.id)}`, facts, document.sections),
    );
    t.deepEqual(faults, []);
  });

  test(`${document.path}: every page is listed once and named by a test`, (t) => {
    const ids = entriesOf(document).map(({ id }) => id);
    t.deepEqual([...ids].sort(), pagesInSources(document));
    const tests = sourcesBelow(TESTS[document.path] as string).join('\n');
    const unnamed = ids.filter((id) => !new RegExp(`(?<![\\w-])${id}(?![\\w-])`).test(tests));
    t.deepEqual(unnamed, [], `no test in ${TESTS[document.path]} names it`);
  });
}

test('an id has one meaning, and all pages can be had at run time', (t) => {
  const ids = DOCUMENTS.flatMap(entriesOf).map(({ id }) => id);
  t.deepEqual([...new Set(ids)], ids);
  t.deepEqual(Object.keys(rulePages()), ids);
});

test('whatever the rooms report under a fixed id has a page, with the severity of the page', (t) => {
  const known = new Map(DOCUMENTS.flatMap(entriesOf).map((facts) => [facts.id, facts.severities]));
  const reported = ['export', 'transform'].flatMap((room) =>
    sourcesBelow(`packages/${room}/src`).flatMap((source) =>
      [...source.matchAll(/\brule: '([\w-]+)',\s*severity(?:: '(\w+)')?,/g)].map(([, id, severity]) => ({
        id: id as string,
        severity,
      })),
    ),
  );
  const wrong = reported.filter(
    ({ id, severity }) => !known.has(id) || (severity !== undefined && !known.get(id)?.includes(severity)),
  );
  t.deepEqual(wrong, []);
  const ids = new Set(reported.map(({ id }) => id));
  t.deepEqual(
    READER_CONDITIONS.map(({ id }) => id).filter((id) => !ids.has(id)),
    [],
    'a condition that nothing reports',
  );
});

const GOOD = `## topic-lost

**Condition.** A room has a topic.

**Action.** It is dropped.

**Option.** \`topics\` (default \`drop\`): \`drop\` or \`append\`.

**Basis.** S: database schema, tblNode. O: the rest.

**Severity.** warning; note when appended (never an error)

**Remedy.** None needed.

**Example.** topic \`Rota\` -> nothing
`;
const FACTS: Facts = {
  id: 'topic-lost',
  severities: ['warning', 'note'],
  option: 'topics',
  basis: ['S', 'O'],
};

test('the page test sees what is wrong with a page', (t) => {
  const sections = DOCUMENTS[1]?.sections ?? [];
  const faults = (from: string | RegExp, to: string): string[] => {
    const page = GOOD.replace(from, to);
    return page === GOOD ? ['nothing replaced'] : pageFaults(page, FACTS, sections);
  };
  t.deepEqual(pageFaults(GOOD, FACTS, sections), []);
  t.regex(faults(/\*\*Remedy.*\n\n/, '').join(), /sections Condition, Action/);
  t.regex(faults('None needed.', '').join(), /sections Condition, Action/);
  t.regex(faults('warning; note', 'warning; error').join(), /severity error, warning/);
  t.regex(faults('`topics` (', '`topic` (').join(), /option topics/);
  t.regex(faults('(default `drop`', '(default `append`').join(), /default drop/);
  t.regex(faults('`topics` (default `drop`): `drop` or `append`', 'None').join(), /option topics/);
  t.regex(faults('S: database', 'L: database').join(), /basis L, O/);
  t.regex(faults('database schema, tblNode', 'known').join(), /names no source/);
  t.regex(faults('-> nothing', '-> <b>').join(), /markup/);
  t.regex(faults('`Rota`', '`Rota').join(), /markup/);
  t.regex(faults('It is', 'It\n- is').join(), /markup/);
});

function entriesOf(document: PagedDocument): readonly Facts[] {
  return document.lists.flatMap(({ entries }) => entries);
}

function pageFaults(markdown: string, facts: Facts, sections: readonly string[]): string[] {
  const page = parsePages(markdown)[facts.id]?.sections ?? [];
  const titles = page.map(({ title }) => title);
  if (titles.join() !== sections.join()) return [`${facts.id}: has the sections ${titles.join(', ')}`];
  const text = new Map(page.map((section) => [section.title, section.text]));
  return [
    ...severityFaults(text.get('Severity') ?? '', facts),
    ...optionFaults(text.get('Option'), facts),
    ...basisFaults(text.get('Basis') ?? '', facts),
    ...markupFaults(markdown),
  ].map((fault) => `${facts.id}: ${fault}`);
}

function severityFaults(text: string, { severities }: Facts): string[] {
  const told = [...new Set(text.replace(/\([^)]*\)/g, '').match(/\b(?:error|warning|note)\b/g))]
    .sort()
    .join(', ');
  const meant = [...severities].sort().join(', ');
  return told === meant ? [] : [`the page says severity ${told}, the code ${meant}`];
}

function optionFaults(text: string | undefined, { option }: Facts): string[] {
  if (text === undefined) return [];
  if (typeof option !== 'string')
    return /^None\b/.test(text) ? [] : ['the page names an option, the code none'];
  const [, told, value] = /^(\w+) \(default(?::| ([^):,]+))/.exec(text) ?? [];
  if (told !== option) return [`the page does not begin with the option ${option} and its default`];
  const usual = DEFAULT_OPTIONS[option as keyof typeof DEFAULT_OPTIONS];
  const meant = usual === null ? undefined : String(usual);
  return value === meant ? [] : [`the page says default ${value}, the code default ${meant}`];
}

function basisFaults(text: string, { basis }: Facts): string[] {
  if (basis === undefined)
    return SOURCE.test(text) || OUR_OWN.test(text) ? [] : ['the basis names no source'];
  const told = basisLetters(text).join(', ');
  const meant = basis.join(', ');
  if (told !== meant) return [`the page says basis ${told}, the code ${meant}`];
  return text
    .split(/(?<=^|[.;] )(?=[GSLO]: )/)
    .filter((statement) => !statement.startsWith('O: ') && !SOURCE.test(statement))
    .map((statement) => `the basis names no source: ${statement}`);
}

/** What Markdown would take for more than a paragraph: raw tags, code without an end, lines that begin a block. */
function markupFaults(markdown: string): string[] {
  const prose = markdown.replace(/`[^`]+`/g, '');
  const blocks = markdown
    .split('\n')
    .slice(1)
    .filter((line) => /^(?:[#>+-]|\* |\d+[.)] )/.test(line));
  return /[<`]/.test(prose) || blocks.length > 0 ? ['unexpected markup in the page'] : [];
}

/** Ids of the pages that stand in the sources, listed or not. */
function pagesInSources(document: PagedDocument): string[] {
  const source = document.sourceOf('*');
  if (!source.includes('*'))
    return [...read(source).matchAll(/^ \* # ([\w-]+)$/gm)].map(([, id]) => id ?? '').sort();
  return readdirSync(join(HOUSE, posix.dirname(source)))
    .filter((name) => !LISTS.includes(name))
    .map((name) => name.replace(/\.ts$/, ''))
    .sort();
}

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(HOUSE, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => read(join(folder, path)));
}

function read(path: string): string {
  return readFileSync(join(HOUSE, path), 'utf8');
}
