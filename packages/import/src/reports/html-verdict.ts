import { type Markup, markup, NOTHING } from './html-markup.js';
import type { RunSummary } from './run-summary.js';
import { layoutSentence } from './verdict.js';
import { counted } from './wording.js';

/** What everybody reads first. */
export function verdictSection(run: RunSummary): Markup {
  const { sentence, exitCode } = run.verdict;
  const layout = layoutSentence(run.layout);
  const layoutLine =
    exitCode === 2 || sentence.includes(layout)
      ? NOTHING
      : markup`<p>${layout}</p>
`;
  const sums = run.imbalances.map((imbalance) => markup`<li>${imbalance}</li>`);
  const imbalances =
    sums.length === 0
      ? NOTHING
      : markup`<p>Sums of the ledger that do not come out:</p><ul>${sums}</ul>
`;
  const date = run.date === null ? '' : `, ${run.date}`;
  return markup`<header class="verdict ${exitCode === 0 ? 'ready' : 'not-ready'}">
<h1>${sentence}</h1>
${layoutLine}${imbalances}<p class="soft">${run.tool.name} ${run.tool.version}, ${run.command}, exit code ${exitCode}${date}</p>
</header>
`;
}

const SIGNERS = ['Migration administrator', 'Auditor'] as const;
const LINES = ['Name', 'Decision: import / do not import', 'Date', 'Signature'] as const;

/** Where people sign, for which bytes and which verdict. */
export function signOff(run: RunSummary): Markup {
  const blocks = SIGNERS.map(
    (signer) => markup`<div role="group" aria-label="${signer}"><h3>${signer}</h3>
${LINES.map((line) => markup`<p>${line}</p>`)}</div>
`,
  );
  return markup`<p>We have read this report${signedFor(run)}. Its verdict: <strong>${run.verdict.sentence}</strong></p>
<div class="sign">
${blocks}</div>
`;
}

function signedFor({ package: file, parts }: RunSummary): Markup {
  if (parts !== undefined)
    return markup` for the ${counted(parts.length, 'part')} listed under “What was written”, each by its SHA-256`;
  if (file === null) return NOTHING;
  return markup` for the package with SHA-256 <span class="id">${file.sha256}</span>`;
}
