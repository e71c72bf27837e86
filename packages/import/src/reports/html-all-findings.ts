import { createHash } from 'node:crypto';
import type { Finding } from '@chatferry/export';
import { type Markup, markup } from './html-markup.js';
import type { RunSummary } from './run-summary.js';
import { counted, grouped, placeInWords, visible } from './wording.js';

/** Findings that a page holds at most; of more, the rest stands in `findings.csv` only. */
export const MOST_IN_PAGE = 100_000;

/**
 * Shows the findings of the page's data, a hundred at a time, as they are searched for. Texts are set as text, never as
 * markup. Without scripts the section stays hidden, and the groups above it tell the first of each.
 */
export const PAGING_SCRIPT = `
'use strict';
const PAGE = 100;
const byId = (id) => document.getElementById(id);
const all = JSON.parse(byId('findings-data').textContent);
const section = byId('all-findings');
const [severity, rule, search] = ['severity', 'rule', 'search'].map(byId);
const rules = [...new Set(all.map((finding) => finding[1]))].sort();
for (const name of rules) rule.add(new Option(name, name));
let found = all;
let page = 0;
function cell(row, text) {
  const bdi = document.createElement('bdi');
  bdi.textContent = text;
  row.insertCell().append(bdi);
}
function show() {
  const pages = Math.max(1, Math.ceil(found.length / PAGE));
  page = Math.min(Math.max(page, 0), pages - 1);
  const body = document.createElement('tbody');
  for (const finding of found.slice(page * PAGE, (page + 1) * PAGE)) {
    const row = body.insertRow();
    for (const text of finding) cell(row, text);
  }
  byId('all-rows').replaceWith(body);
  body.id = 'all-rows';
  byId('found').textContent = found.length.toLocaleString('en-US') + ' of ' + all.length.toLocaleString('en-US') +
    ' findings, page ' + (page + 1) + ' of ' + pages;
  byId('previous').disabled = page === 0;
  byId('next').disabled = page === pages - 1;
}
function filter() {
  const words = search.value.toLowerCase();
  found = all.filter((finding) => (severity.value === '' || finding[0] === severity.value) &&
    (rule.value === '' || finding[1] === rule.value) &&
    (words === '' || finding.some((text) => text.toLowerCase().includes(words))));
  page = 0;
  show();
}
for (const field of [severity, rule, search]) field.addEventListener('input', filter);
byId('filter').addEventListener('submit', (event) => event.preventDefault());
byId('previous').addEventListener('click', () => { page -= 1; show(); });
byId('next').addEventListener('click', () => { page += 1; show(); });
section.hidden = false;
show();
`;

/** What the page's Content-Security-Policy names a script or style by (CSP level 3, hash sources). */
export function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** Whether the groups alone do not tell every finding. */
export function needsAllFindings({ findings }: Pick<RunSummary, 'findings'>): boolean {
  return findings.some(({ count, first }) => count > first.length);
}

/** The section up to its data, which `findingData` makes line by line. */
export function allFindingsStart({ findings }: Pick<RunSummary, 'findings'>): Markup {
  const total = findings.reduce((sum, { count }) => sum + count, 0);
  const left =
    total <= MOST_IN_PAGE
      ? ''
      : ` This page holds the first ${grouped(MOST_IN_PAGE)} of ${counted(total, 'finding')}; all are in findings.csv.`;
  return markup`<section id="all-findings" hidden>
<h2>All findings</h2>
<p>Every finding in the order of the run, to be searched.${left}</p>
<form id="filter" role="search" aria-label="Search the findings">
<label>Severity <select id="severity"><option value="">any</option><option>error</option><option>warning</option><option>note</option></select></label>
<label>Rule or check <select id="rule"><option value="">any</option></select></label>
<label>Text <input id="search" type="search" autocomplete="off"></label>
</form>
<p id="found" role="status" aria-live="polite"></p>
<div class="wide" tabindex="0" role="region" aria-label="Findings"><table class="listed"><caption>Findings that fit the search, a hundred a page.</caption>
<thead><tr><th scope="col">Severity</th><th scope="col">Rule or check</th><th scope="col">Place</th><th scope="col">Finding</th></tr></thead>
<tbody id="all-rows"></tbody></table></div>
<p class="pages"><button id="previous" type="button">Previous page</button> <button id="next" type="button">Next page</button></p>
</section>
<script type="application/json" id="findings-data">[`;
}

/** A finding as the page's script reads it, safe within a script element (WHATWG HTML, 4.12.1.3). */
export function findingData({ severity, rule, place, message }: Finding): string {
  const shown = [severity, rule, placeInWords(place), visible(message)];
  return JSON.stringify(shown).replaceAll('<', '\\u003c');
}

/** Behind the data. */
export const ALL_FINDINGS_END: Markup = { html: `]</script>\n<script>${PAGING_SCRIPT}</script>\n` };
