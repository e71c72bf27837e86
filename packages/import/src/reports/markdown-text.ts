import { visible } from './wording.js';

/** A piece of Markdown: made by `text` and `code`, by hand only from constants. */
export type Markdown = string;

/** What GitHub-flavoured Markdown gives a meaning: within a line, in a bare address, at the beginning of an item. */
const ACTING = /[\\`*_{}[\]<>()#|!~&$@]|:(?=\/\/)|(?<=www)\.|^[-+=]|(?<=^\d{1,9})\./gi;

/**
 * Any text as GitHub-flavoured Markdown that shows just it: punctuation that could begin a mark, a tag, a reference or
 * a link is escaped (CommonMark 0.31, section 2.4); what acts instead of being seen is shown as its code point. It may
 * stand in a cell.
 */
export function text(content: string | number): Markdown {
  return visible(String(content)).replace(ACTING, (character) => `\\${character}`);
}

/** Text in the type of code, whatever stands in it. */
export function code(content: string): Markdown {
  const shown = visible(content);
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const blank = longest > 0 || shown === '' || shown !== shown.trim() ? ' ' : '';
  return `${fence}${blank}${shown}${blank}${fence}`;
}

/** A table; columns whose heading is in `counts` stand right. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly Markdown[])[],
  counts: readonly string[] = [],
): Markdown {
  if (rows.length === 0) return '';
  const lines = [head.map(text), head.map((title) => (counts.includes(title) ? '--:' : '---')), ...rows].map(
    (cells) => `| ${cells.map(inCell).join(' | ')} |`,
  );
  return `${lines.join('\n')}\n\n`;
}

/** A bar ends a cell even in code (GFM, "Tables"). */
function inCell(content: Markdown): Markdown {
  return content.replace(/(?<!\\)\|/g, '\\|');
}
