import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { READER_CONDITIONS } from '@chatferry/export';
import { CHECKS, REHEARSAL_CHECKS } from '@chatferry/import';
import { DIRECTORY_RULES, MESSAGE_RULES } from '@chatferry/transform';

/** The repository, seen from the compiled script. */
export const HOUSE = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** What the code says of a rule, check or condition. */
export interface Facts {
  readonly id: string;
  readonly severities: readonly string[];
  /** null where there is none; absent where the kind has none by nature. */
  readonly option?: string | null;
  readonly basis?: readonly string[];
}

/** One document and where its pages come from. */
export interface PagedDocument {
  /** Path below the repository. */
  readonly path: string;
  readonly title: string;
  readonly introduction: string;
  /** Lists in the order of the document; the heading stands above the list's table of contents. */
  readonly lists: readonly { readonly heading: string; readonly entries: readonly Facts[] }[];
  /** The file whose doc comment headed `# <id>` is the page. */
  readonly sourceOf: (id: string) => string;
  /** Titles of the sections that every page has, in order. */
  readonly sections: readonly string[];
}

const RULE_SECTIONS = ['Condition', 'Action', 'Option', 'Basis', 'Severity', 'Remedy', 'Example'];
const BASIS =
  "Basis: **G** Microsoft's migration guide and feature pages, **S** schema, SDK, cmdlet or format pages, **L** what " +
  'the data meant in Group Chat, **O** our decision, because nothing is documented.';

export const DOCUMENTS: readonly PagedDocument[] = [
  {
    path: 'packages/export/CONDITIONS.md',
    title: 'Conditions of the reader',
    introduction: `What is reported of an export before any rule sees a row. \`chatferry explain <id>\` prints a page.\n\n${BASIS}`,
    lists: [{ heading: 'In the order in which a run meets them', entries: READER_CONDITIONS }],
    sourceOf: () => 'packages/export/src/conditions.ts',
    sections: RULE_SECTIONS,
  },
  {
    path: 'packages/transform/RULES.md',
    title: 'Rules',
    introduction: `What becomes of the records of an export, and why. \`chatferry explain <id>\` prints a page.\n\n${BASIS}`,
    lists: [
      { heading: 'Rules for the directory, in running order', entries: DIRECTORY_RULES },
      { heading: 'Rules for messages, in running order', entries: MESSAGE_RULES },
    ],
    sourceOf: (id) => `packages/transform/src/rules/${id}.ts`,
    sections: RULE_SECTIONS,
  },
  {
    path: 'packages/import/CHECKS.md',
    title: 'Checks',
    introduction:
      'What must hold of a finished package, whoever wrote it. `chatferry explain <id>` prints a page.',
    lists: [
      { heading: 'From the outside of the package to the inside', entries: CHECKS },
      { heading: 'In a rehearsal (`validate --rehearse`)', entries: REHEARSAL_CHECKS },
    ],
    sourceOf: (id) => `packages/import/src/checks/${id}.ts`,
    sections: ['Must hold', 'Basis', 'Severity', 'Remedy', 'Memory'],
  },
];

/** The text of a document. Throws an `Error` when a listed id has no page. */
export function documentText(document: PagedDocument): string {
  const pages = document.lists.flatMap(({ entries }) => entries.map(({ id }) => pageOf(document, id)));
  return [
    `# ${document.title}`,
    '<!-- Written by test/support/write-pages.ts from the doc comments in src; edit those. -->',
    document.introduction,
    ...document.lists.map(
      ({ heading, entries }) => `**${heading}**\n\n${contents(document, entries).join('\n')}`,
    ),
    ...pages.map((page) => `#${page}`),
  ]
    .join('\n\n')
    .concat('\n');
}

/** The doc comment headed `# <id>`, without its comment marks; it is Markdown. */
export function pageOf(document: PagedDocument, id: string): string {
  const source = readFileSync(join(HOUSE, document.sourceOf(id)), 'utf8');
  const comment = [...source.matchAll(/^\/\*\*\n([\s\S]*?)^ \*\/$/gm)].find(([, body]) =>
    body?.startsWith(` * # ${id}\n`),
  );
  if (comment?.[1] === undefined) throw new Error(`${document.sourceOf(id)}: no page headed "# ${id}"`);
  return comment[1].replace(/^ \* ?/gm, '').trimEnd();
}

function contents(document: PagedDocument, entries: readonly Facts[]): string[] {
  const isWithOptions = entries.some(({ option }) => typeof option === 'string');
  const isWithBasis = entries.some(({ basis }) => basis !== undefined);
  const line = (cells: readonly (string | false)[]): string =>
    `| ${cells.filter((cell) => cell !== false).join(' | ')} |`;
  const heads = ['id', 'severity', isWithOptions && 'option', isWithBasis && 'basis', document.sections[0]];
  return [
    line(heads.map((head) => head ?? false)),
    line(heads.map((head) => (head === false ? false : '---'))),
    ...entries.map(({ id, severities, option, basis }) =>
      line([
        `[${id}](#${id})`,
        severities.join(', '),
        isWithOptions && (typeof option === 'string' ? `\`${option}\`` : '–'),
        isWithBasis && (basis ?? []).join(', '),
        firstSentence(pageOf(document, id)).replaceAll('|', '\\|'),
      ]),
    ),
  ];
}

/** Of the first section. */
function firstSentence(page: string): string {
  const section = page.split('\n\n')[1] ?? '';
  const text = section.replace(/^\*\*[^*]+\*\* /, '').replace(/\s*\n\s*/g, ' ');
  return /^.*?[^.]\.(?= [A-Z]|$)/.exec(text)?.[0] ?? text;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const document of DOCUMENTS) writeFileSync(join(HOUSE, document.path), documentText(document));
}
