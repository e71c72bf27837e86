import { wrapped } from '@chatferry/import';
import { type Explained, type ExplainedKind, summaryOf } from './explained.js';

const INDENT = '  ';
/** Lines longer than this are hard to read, however wide the terminal is. */
const WIDEST = 100;
const NARROWEST = 40;

const HEADINGS: Readonly<Record<ExplainedKind, string>> = {
  'reader condition': 'Conditions of the reader',
  'directory rule': 'Rules for the directory, in running order',
  'message rule': 'Rules for messages, in running order',
  check: 'Checks of the finished package',
};

/** One page for a terminal of `width` columns, at least 40 and at most 100 of which are used. Ends in LF. */
export function explainedText(explained: Explained, width: number): string {
  const used = Math.min(Math.max(width, NARROWEST), WIDEST);
  const blocks = explained.page.sections.map(({ title, text }) => [title, ...wrapped(text, used, INDENT)]);
  const heading = wrapped(`${explained.id} (${explained.kind})`, used);
  return `${[heading, ...blocks].map((block) => block.join('\n')).join('\n\n')}\n`;
}

/**
 * All ids with their severities and first sentences, a line each, clipped at `width` columns (null: not clipped, for a
 * pipe), grouped by the part of a run that reports them. Ends in LF.
 */
export function explainedList(all: readonly Explained[], width: number | null): string {
  const ids = Math.max(...all.map(({ id }) => id.length));
  const severities = Math.max(...all.map((each) => severitiesOf(each).length));
  const lines = all.flatMap((each, index) => {
    const isFirst = all[index - 1]?.kind !== each.kind;
    const heading = isFirst ? [...(index === 0 ? [] : ['']), HEADINGS[each.kind]] : [];
    const facts = `${INDENT}${each.id.padEnd(ids)}  ${severitiesOf(each).padEnd(severities)}  `;
    return [...heading, clipped(facts + summaryOf(each), width)];
  });
  return `${lines.join('\n')}\n`;
}

function severitiesOf({ severities }: Explained): string {
  return severities.join(', ');
}

/** At most `width` UTF-16 units, an ellipsis where something is left out. */
function clipped(line: string, width: number | null): string {
  if (width === null || line.length <= width) return line;
  return `${line.slice(0, Math.max(width, NARROWEST) - 1).toWellFormed()}…`;
}
