import { createHash } from 'node:crypto';
import { type Markup, markup } from '../reports/html-markup.js';
import { VIEW_STYLE } from './view-style.js';

/** The one style sheet that the pages allow themselves; scripts and everything from outside are forbidden. */
const STYLE_HASH = createHash('sha256').update(VIEW_STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;

export const PERSONAL_NOTICE =
  'This view holds personal text: what people wrote. Keep it only as long as the audit needs it, show it to nobody else, then delete it.';

/** Everything before a page's own content. `title` stands in the title bar and as the heading. */
export function pageHead(title: string): Markup {
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${{ html: POLICY }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${{ html: VIEW_STYLE }}</style>
</head>
<body>
<header>
<p class="notice" role="note">${PERSONAL_NOTICE}</p>
<h1><bdi>${title}</bdi></h1>
</header>
`;
}

export const PAGE_END: Markup = { html: '</body>\n</html>\n' };

/** Links between the pages. */
export function pageLinks(label: string, links: readonly (readonly [words: string, href: string])[]): Markup {
  const items = links.map(([words, href]) => markup`<li><a href="${href}">${words}</a></li>`);
  return markup`<nav aria-label="${label}"><ul>${items}</ul></nav>
`;
}
