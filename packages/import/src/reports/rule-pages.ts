import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RunFailure } from '@chatferry/export';
import { CHECKS_DOCUMENT } from '../room-files.js';
import type { RulePage } from './run-summary.js';

/** Pages by rule, check or condition id, in the order of their document. */
export type RulePages = Readonly<Record<string, RulePage>>;

/** The pages of the checks. Throws `RunFailure` 'bug' as `readPages` does. */
export function checkPages(): RulePages {
  return readPages(CHECKS_DOCUMENT);
}

/**
 * The pages of a document that ships with a package, such as CHECKS.md.
 * Throws `RunFailure` 'bug' when the document is not there, because the installation is then not whole.
 */
export function readPages(document: URL): RulePages {
  try {
    return parsePages(readFileSync(document, 'utf8'));
  } catch (error) {
    throw new RunFailure(
      'bug',
      `${fileURLToPath(document)} cannot be read`,
      'Install chatferry again: the document is part of it.',
      { cause: error },
    );
  }
}

/** What a rule's page says to do, for findings that name no remedy of their own. */
export function remedyOf(page: RulePage | undefined): string | null {
  return page?.sections.find(({ title }) => title === 'Remedy')?.text ?? null;
}

/**
 * Reads the pages of a document: a heading `## <id>` opens a page, each of its paragraphs `**Title.** text` is a
 * section. Texts lose their line ends and Markdown marks; what stands outside of pages is passed over.
 */
export function parsePages(markdown: string): RulePages {
  const pages: Record<string, RulePage> = {};
  for (const page of markdown.split(/^## /m).slice(1)) {
    const [id = '', ...paragraphs] = page.split('\n\n');
    pages[id.trim()] = { sections: paragraphs.flatMap(sectionsOf) };
  }
  return pages;
}

function sectionsOf(paragraph: string): RulePage['sections'] {
  const [, title, text] = /^\*\*([^*]+)\.\*\* ([\s\S]+)$/.exec(paragraph) ?? [];
  return title === undefined || text === undefined ? [] : [{ title, text: plainText(text) }];
}

/**
 * Without marks for code and emphasis. Code that begins or ends with a blank is put in quotation marks, lest it be
 * lost.
 */
function plainText(markdown: string): string {
  return markdown
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .split(/(`[^`]+`)/)
    .map((part) => (part.startsWith('`') ? plainCode(part.slice(1, -1)) : plainProse(part)))
    .join('');
}

function plainCode(code: string): string {
  return code === code.trim() ? code : `"${code}"`;
}

function plainProse(text: string): string {
  return text.replace(/\*([^\s*](?:[^*]*[^\s*])?)\*/g, '$1');
}
