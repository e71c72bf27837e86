import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parsePages } from '@chatferry/import';
import { allExplained, rulePages } from '@chatferry/transform';
import test from 'ava';
import { explainedList, explainedText } from '../../packages/transform/dist/explain/explain-text.js';
import { nearestIds } from '../../packages/transform/dist/explain/nearest-ids.js';

const CHATFERRY = fileURLToPath(new URL('../../packages/transform/bin/chatferry.js', import.meta.url));
const ALL = allExplained();
const IDS = ALL.map(({ id }) => id);

function explain(...args: readonly string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CHATFERRY, 'explain', ...args], {
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

test('pages lose line ends and Markdown marks, and nothing else', (t) => {
  const pages = parsePages(
    [
      '# Title\n\n| [a-b](#a-b) | note |',
      '## a-b',
      '**Must hold.** One\ntwo `three *four*` and *five*; 2 * 3 * 4.',
      'Not a section.',
      '**Basis.** ` a\\b ` from `c`.\n',
      '## c-d',
      '**Remedy.** None.\n',
    ].join('\n\n'),
  );
  t.deepEqual(pages, {
    'a-b': {
      sections: [
        { title: 'Must hold', text: 'One two three *four* and five; 2 * 3 * 4.' },
        { title: 'Basis', text: '" a\\b " from c.' },
      ],
    },
    'c-d': { sections: [{ title: 'Remedy', text: 'None.' }] },
  });
});

test('letters of a basis are told, those that occur and no others', (t) => {
  const basisOf = (id: string): string =>
    rulePages()[id]?.sections.find(({ title }) => title === 'Basis')?.text ?? '';
  t.regex(
    basisOf('room-disabled'),
    /^G: migration guide, .*\(G = Microsoft's migration guide and feature pages\.\)$/,
  );
  t.regex(basisOf('column-not-exported'), /\(S = schema, .*; L = the meaning in Group Chat\.\)$/);
  t.notRegex(basisOf('seal-intact'), / = /);
});

test('a page fills the terminal and never overflows it', (t) => {
  for (const width of [1, 40, 63, 100, 300]) {
    for (const explained of ALL) {
      const text = explainedText(explained, width);
      const lines = text.split('\n');
      const longest = Math.max(...lines.map((line) => line.length));
      t.true(longest <= Math.min(Math.max(width, 40), 100), `${explained.id} at ${width}: ${longest}`);
      t.is(lines[0]?.split(' ')[0], explained.id);
      t.notRegex(text, /`|\*\*| \n|\n\n\n/, explained.id);
      const told = explained.page.sections.flatMap((section) => [section.title, section.text]).join('');
      t.true(withoutBlanks(text).endsWith(withoutBlanks(told)), explained.id);
    }
  }
});

test('the list has every id once, in running order, with severities and what it is about', (t) => {
  const list = explainedList(ALL, null);
  const lines = list.split('\n').filter((line) => line.startsWith('  '));
  t.deepEqual(
    lines.map((line) => line.trim().split(' ')[0]),
    IDS,
  );
  t.is(lines.length, new Set(IDS).size);
  const line = (id: string): string => lines.find((each) => each.startsWith(`  ${id} `)) ?? '';
  t.regex(line('room-under-root'), /^ {2}room-under-root +warning +A room's parent is the root\.$/);
  t.regex(line('role-unknown'), / error, note +A role row's prinRoleTypeID /);
  t.regex(line('add-in-resolves'), /The add-in of a room is in the package\.$/);
  t.is(list.split('\n').filter((each) => /^[A-Z]/.test(each)).length, 4);
  const clipped = explainedList(ALL, 80).split('\n');
  t.is(Math.max(...clipped.map((each) => each.length)), 80);
  t.true(clipped.some((each) => each.endsWith('…')));
});

test('a slip of the keys, or words in any order, lead to the id that was meant', (t) => {
  for (const [typed, meant] of [
    ['room-under-rot', 'room-under-root'],
    ['Room_Under_Root', 'room-under-root'],
    ['missing author', 'message-author-missing'],
    ['nam-dupliacte', 'name-duplicate'],
    ['scope-contradictory', 'scope-not-contradictory'],
    ['rtf', 'message-rtf-present'],
    ['column-not-eported', 'column-not-exported'],
  ] as const) {
    t.is(nearestIds(typed, IDS)[0], meant, typed);
  }
  for (const id of IDS) t.is(nearestIds(id.slice(1), IDS)[0], id);
  for (const typed of ['', '---', 'zzzzzz', 'Ünïcode', 'x'.repeat(200)])
    t.deepEqual(nearestIds(typed, IDS), []);
  t.true(nearestIds('room', IDS).length <= 4);
});

test('the command explains, lists, and ends with 2 when it does not know', (t) => {
  const page = explain('room-topic-lost');
  t.is(page.code, 0, page.err);
  t.regex(
    page.out,
    /^room-topic-lost \(directory rule\)\n\nCondition\n {2}A room has a topic .*\n\nAction\n/,
  );
  t.true(page.out.endsWith('with append Night desk | Rota\n'));
  t.is(explain().out, explainedList(ALL, null));
  const unknown = explain('room-topic-lots');
  t.is(unknown.code, 2);
  t.is(unknown.out, '');
  t.regex(
    unknown.err,
    /"room-topic-lots".*\nDid you mean room-topic-lost\? `chatferry explain` lists all ids\.\n$/,
  );
});

test('the command speaks JSON, of one id and of all', (t) => {
  const page = JSON.parse(explain('rtf-present', '--json').out);
  t.is(page.exitCode, 2);
  t.regex(page.remedy, /message-rtf-present/);
  const { sections, ...facts } = JSON.parse(explain('message-rtf-present', '--json').out);
  t.deepEqual(facts, {
    id: 'message-rtf-present',
    kind: 'message rule',
    severities: ['note'],
    option: 'rtf',
    basis: ['S'],
    summary: 'A message has a column rtf that is not NULL.',
  });
  t.deepEqual(sections, rulePages()['message-rtf-present']?.sections);
  const all = JSON.parse(explain('--json').out) as { id: string; sections?: unknown }[];
  t.deepEqual(
    all.map(({ id }) => id),
    IDS,
  );
  t.true(all.every((each) => each.sections === undefined));
});

function withoutBlanks(text: string): string {
  return text.replace(/\s/g, '');
}
