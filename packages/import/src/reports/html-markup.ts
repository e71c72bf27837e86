import { visible } from './wording.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup that is safe to put into a page: made by `markup`, by hand only from constants. */
export interface Markup {
  readonly html: string;
}

type Part = string | number | Markup | readonly Markup[];

/**
 * A template whose parts are escaped (WHATWG HTML, "Escaping a string"), save those that are markup already.
 * Characters that act instead of being seen are shown as their code points.
 */
export function markup(literals: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return {
    html: literals.reduce((html, literal, index) => html + rendered(parts[index - 1] ?? '') + literal),
  };
}

/** Pieces one after the other. */
export function joined(pieces: readonly Markup[]): Markup {
  return { html: pieces.map((piece) => piece.html).join('') };
}

/** Nothing. */
export const NOTHING: Markup = { html: '' };

/** Markup that is a count all the same, such as one that is a link. */
export interface CountMarkup extends Markup {
  readonly isCount: true;
}

/** A cell: markup is text and stands left, a count stands right, and so does a string or number. */
export type Cell = string | number | Markup | CountMarkup;

/** A table; its first column stands left whatever it is. */
export function table(
  caption: string,
  head: readonly Cell[],
  body: { readonly rows: readonly Markup[]; readonly foot?: Markup },
): Markup {
  const cells = joined(head.map((title) => markup`<th scope="col"${alignment(title)}>${title}</th>`));
  const foot = body.foot === undefined ? NOTHING : markup`<tfoot>${body.foot}</tfoot>`;
  return markup`${wideStart(caption)}<table><caption>${caption}</caption>
<thead><tr>${cells}</tr></thead>
<tbody>
${body.rows}</tbody>${foot}</table></div>
`;
}

/** Begins what may be wider than the screen: it takes the focus, so that a keyboard can scroll it. */
export function wideStart(name: string): Markup {
  return markup`<div class="wide" tabindex="0" role="region" aria-label="${name}">`;
}

/**
 * A name that may break behind its underscores, where flattened categories are joined, before it breaks within a word.
 */
export function breakable(name: string): Markup {
  const [first = '', ...rest] = name.split('_');
  return markup`${first}${rest.map((part) => markup`_<wbr>${part}`)}`;
}

/** What is folded away until it is asked for; on paper it stands open. */
export function details(summary: string, body: Markup): Markup {
  return markup`<details><summary>${summary}</summary>
${body}</details>
`;
}

/** A row: its heading, then its cells. `off` marks a row that does not add up. */
export function row(heading: string | Markup, cells: readonly Cell[], mark: 'off' | null = null): Markup {
  const rest = joined(cells.map((cell) => markup`<td${alignment(cell)}>${cell}</td>`));
  const marked = mark === null ? NOTHING : markup` class="${mark}"`;
  return markup`<tr${marked}><th scope="row">${heading}</th>${rest}</tr>
`;
}

/** A name with its id or hash below it, in one cell, because no hash has room beside anything on a narrow screen. */
export function named(name: string | Markup, id: string): Markup {
  return markup`${name}<br><span class="id soft">${id}</span>`;
}

function alignment(cell: Cell): Markup {
  return typeof cell === 'object' && !('isCount' in cell) ? markup` class="text"` : NOTHING;
}

function rendered(part: Part): string {
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') {
    return visible(part).replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
  }
  return 'html' in part ? part.html : part.map((piece) => piece.html).join('');
}
