import type { Finding, Severity } from '@chatferry/export';
import { barChart } from './charts/bar-chart.js';
import { countFindings, type FindingGroup } from './finding-sink.js';
import { joined, type Markup, markup, NOTHING, row, table } from './html-markup.js';
import { searchMarkup } from './html-search.js';
import { remedyOf } from './rule-pages.js';
import type { RulePage, RunSummary } from './run-summary.js';
import { counted, grouped, placeInWords, SEVERITY_WORD } from './wording.js';

const BARS = 20;
/** The gravest first. */
const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note'];

/** The findings grouped by rule: what the rule is, what to do, and the first findings in full. */
export function findingsSection(run: Pick<RunSummary, 'findings' | 'pages'>): Markup {
  const totals = SEVERITIES.map((severity) => counted(countFindings(run.findings, severity), severity)).join(
    ', ',
  );
  const groups = run.findings.map((group, index) => groupMarkup(group, index, run.pages[group.rule]));
  const pointer =
    run.findings.length === 0
      ? NOTHING
      : markup`<p class="soft">Where chatferry itself is at hand, <code>chatferry explain</code> with the name of a rule prints its whole page.</p>
`;
  return markup`<p>${totals}.</p>
${pointer}${overview(run.findings)}${searchMarkup(run.findings)}${groups}`;
}

/** The place of a group in the page. */
function anchorOf({ rule, severity }: Pick<FindingGroup, 'rule' | 'severity'>): string {
  return `${severity}-${rule}`;
}

function overview(groups: readonly FindingGroup[]): Markup {
  if (groups.length === 0) return NOTHING;
  const bars = groups
    .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || b.count - a.count)
    .slice(0, BARS)
    .map(({ count, rule, severity }) => ({ label: rule, count, kind: severity }));
  const rows = groups.map((group) =>
    row(markup`<a href="#${anchorOf(group)}"><code>${group.rule}</code></a>`, [
      markup`<span class="severity ${group.severity}">${SEVERITY_WORD[group.severity]}</span>`,
      grouped(group.count),
    ]),
  );
  const title =
    groups.length > BARS
      ? `Findings by rule, ${BARS} of ${groups.length}, the gravest first`
      : 'Findings by rule';
  return markup`<figure>${barChart('rules', title, bars)}<figcaption>${title}; coloured by severity: <span class="severity error">error</span>, <span class="severity warning">warning</span>, <span class="severity note">note</span>.</figcaption></figure>
${table('Findings by rule.', ['Rule', markup`Severity`, 'Findings'], {
  rows,
  foot: row('Sum', [markup``, grouped(groups.reduce((sum, { count }) => sum + count, 0))]),
})}`;
}

function groupMarkup(group: FindingGroup, index: number, page: RulePage | undefined): Markup {
  const left = group.count - group.first.length;
  const more =
    left > 0 ? markup`<p>And ${grouped(left)} more: all are in <code>findings.csv</code>.</p>` : NOTHING;
  const browse =
    left > 0
      ? markup`<p class="browse" hidden><button type="button" data-group="${index}">Browse all of <code>${group.rule}</code></button></p>`
      : NOTHING;
  const shared = sharedRemedy(group.first);
  const isNamed = group.first.some((finding) => finding.remedy !== undefined);
  const remedy = isNamed ? shared : remedyOf(page);
  const findings = group.first.map((finding) => findingMarkup(finding, shared === null));
  return markup`<section class="group">
<h3 id="${anchorOf(group)}"><span class="severity ${group.severity}">${SEVERITY_WORD[group.severity]}</span> <code>${group.rule}</code>: ${counted(group.count, 'finding')}</h3>
${explanation(page, remedy)}<ul class="findings">
${findings}</ul>
${more}${browse}</section>
`;
}

/** The remedy that all of them name, so that it need not stand below each; null when they differ or name none. */
function sharedRemedy(findings: readonly Finding[]): string | null {
  const remedies = new Set(findings.map((finding) => finding.remedy));
  const [remedy] = remedies;
  return remedies.size === 1 && remedy !== undefined ? remedy : null;
}

/** What must be known to judge the findings, in a sentence or two; the whole page of the rule is folded away below. */
function explanation(page: RulePage | undefined, remedy: string | null): Markup {
  const sections = page?.sections ?? [];
  const condition = sections.find(({ title }) => CONDITION_TITLES.includes(title));
  const told =
    condition === undefined
      ? NOTHING
      : markup`<p class="told">${firstSentence(condition.text)}</p>
`;
  const toDo =
    remedy === null
      ? NOTHING
      : markup`<p class="told"><b>To do:</b> <bdi>${remedy}</bdi></p>
`;
  return joined([told, toDo, sections.length === 0 ? NOTHING : wholePage(sections)]);
}

const CONDITION_TITLES: readonly string[] = ['Condition', 'Must hold'];

/** Up to a full stop before a capital. */
function firstSentence(text: string): string {
  return /^.*?\.(?= \p{Lu}|$)/su.exec(text)?.[0] ?? text;
}

/** Not printed. */
function wholePage(sections: RulePage['sections']): Markup {
  return markup`<details class="page"><summary>The whole page of this rule</summary>
<dl>${joined(sections.map(({ title, text }) => markup`<dt>${title}</dt><dd>${text}</dd>`))}</dl>
</details>
`;
}

function findingMarkup(finding: Finding, isRemedyShown: boolean): Markup {
  const remedy =
    isRemedyShown && finding.remedy !== undefined
      ? markup`<br> To do: <bdi>${finding.remedy}</bdi>`
      : NOTHING;
  return markup`<li><bdi>${finding.message}</bdi>${remedy}<br> <span class="id">${placeInWords(finding.place)}</span></li>
`;
}
