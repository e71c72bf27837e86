import type { Finding } from '@chatferry/export';
import { countFindings, type FindingGroup } from './finding-sink.js';
import { joined, type Markup, markup, NOTHING } from './html-markup.js';
import type { RulePage, RunSummary } from './run-summary.js';
import { counted, grouped, placeInWords, SEVERITY_WORD } from './wording.js';

/** The findings grouped by rule: what the rule is, what to do, and the first findings in full. */
export function findingsSection(run: Pick<RunSummary, 'findings' | 'pages'>): Markup {
  const totals = (['error', 'warning', 'note'] as const)
    .map((severity) => counted(countFindings(run.findings, severity), severity))
    .join(', ');
  const groups = run.findings.map((group) => groupMarkup(group, run.pages[group.rule]));
  return markup`<p>${totals}.</p>
${groups}`;
}

function groupMarkup(group: FindingGroup, page: RulePage | undefined): Markup {
  const left = group.count - group.first.length;
  const more =
    left > 0 ? markup`<p>And ${grouped(left)} more: all are in <code>findings.csv</code>.</p>` : NOTHING;
  const remedy = sharedRemedy(group.first);
  const findings = group.first.map((finding) => findingMarkup(finding, remedy === null));
  return markup`<h3><span class="severity ${group.severity}">${SEVERITY_WORD[group.severity]}</span> <code>${group.rule}</code>: ${counted(group.count, 'finding')}</h3>
${explanation(page, remedy)}<ul class="findings">
${findings}</ul>
${more}`;
}

/** The remedy that all of them name, so that it need not stand below each; null when they differ or name none. */
function sharedRemedy(findings: readonly Finding[]): string | null {
  const remedies = new Set(findings.map((finding) => finding.remedy));
  const [remedy] = remedies;
  return remedies.size === 1 && remedy !== undefined ? remedy : null;
}

function explanation(page: RulePage | undefined, remedy: string | null): Markup {
  const sections = [
    ...(page?.sections ?? []),
    ...(remedy === null ? [] : [{ title: 'To do', text: remedy }]),
  ];
  if (sections.length === 0) return NOTHING;
  return markup`<dl>${joined(sections.map(({ title, text }) => markup`<dt>${title}</dt><dd>${text}</dd>`))}</dl>
`;
}

function findingMarkup(finding: Finding, isRemedyShown: boolean): Markup {
  const remedy =
    isRemedyShown && finding.remedy !== undefined ? markup`<br>To do: <bdi>${finding.remedy}</bdi>` : NOTHING;
  return markup`<li><bdi>${finding.message}</bdi>${remedy}<br><span class="id">${placeInWords(finding.place)}</span></li>
`;
}
