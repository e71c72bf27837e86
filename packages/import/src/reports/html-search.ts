import { embeddedCounts } from './finding-blocks.js';
import type { FindingGroup } from './finding-sink.js';
import { type Markup, markup, NOTHING, wideStart } from './html-markup.js';
import { counted, grouped, SEVERITY_WORD } from './wording.js';

const MATCHES = 'Findings that match, 50 on a page.';

/**
 * Where the page's script searches and pages all findings. Hidden until it runs: without it the groups below are all
 * there is, with a pointer to findings.csv.
 */
export function searchMarkup(groups: readonly FindingGroup[]): Markup {
  if (groups.length === 0) return NOTHING;
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  const held = embeddedCounts(groups.map(({ count }) => count)).reduce((sum, count) => sum + count, 0);
  const scope =
    held === total
      ? markup`<p>All ${counted(total, 'finding')} are in this page.</p>`
      : markup`<p>This page holds ${grouped(held)} of the ${grouped(total)} findings, of small groups all; <code>findings.csv</code> has every one.</p>`;
  const rules = groups.map(
    ({ count, rule, severity }, index) =>
      markup`<option value="${index}">${SEVERITY_WORD[severity]} ${rule} (${grouped(count)})</option>`,
  );
  return markup`<div id="search" class="search" role="search" aria-labelledby="search-heading" hidden>
<h3 id="search-heading" tabindex="-1">Search all findings</h3>
${scope}
<div class="fields">
<p><label for="search-text">Text</label><input id="search-text" type="search" autocomplete="off" spellcheck="false"></p>
<p><label for="search-severity">Severity</label><select id="search-severity"><option value="">All</option><option value="error">Errors</option><option value="warning">Warnings</option><option value="note">Notes</option></select></p>
<p><label for="search-rule">Rule</label><select id="search-rule"><option value="">All</option>${rules}</select></p>
</div>
<p id="search-status" role="status" aria-live="polite"></p>
${wideStart(MATCHES)}<table><caption>${MATCHES}</caption>
<thead><tr><th scope="col">Severity</th><th scope="col" class="text">Rule</th><th scope="col" class="text">Finding</th><th scope="col" class="text">Place</th></tr></thead>
<tbody id="search-rows"></tbody></table></div>
<div class="pager" role="group" aria-label="Pages of findings"><button type="button" data-page="first">First</button><button type="button" data-page="previous">Previous</button><span id="search-page"></span><button type="button" data-page="next">Next</button><button type="button" data-page="last">Last</button></div>
</div>
`;
}
