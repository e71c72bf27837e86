import { countFindings } from './finding-sink.js';
import { joined, type Markup, markup, NOTHING } from './html-markup.js';
import type { RunSummary } from './run-summary.js';
import { SIGNED, SIGNERS, writtenByHand } from './sign-off.js';
import { layoutSentence } from './verdict.js';
import { counted, grouped } from './wording.js';

/** What everybody reads first: the verdict, what it is subject to, the sums, and the bytes that it is about. */
export function verdictSection(run: RunSummary): Markup {
  const { sentence, exitCode } = run.verdict;
  const layout = layoutSentence(run.layout);
  const told = sentence.endsWith(` ${layout}`) ? sentence.slice(0, -layout.length - 1) : sentence;
  const layoutLine =
    exitCode === 2
      ? NOTHING
      : markup`<p${run.layout.assumedPaths > 0 ? markup` class="caveat"` : NOTHING}>${unbroken(layout)}</p>
`;
  const sums = run.imbalances.map((imbalance) => markup`<li>${imbalance}</li>`);
  const imbalances =
    sums.length === 0
      ? NOTHING
      : markup`<p>Sums of the ledger that do not come out:</p><ul>${sums}</ul>
`;
  const date = run.date === null ? '' : `, ${run.date}`;
  return markup`<header class="verdict ${exitCode === 0 ? 'ready' : 'not-ready'}">
<h1>Audit report of an import package for Persistent Chat</h1>
<p class="sentence">${told}</p>
${layoutLine}${sumsLine(run)}${packageLine(run)}${imbalances}<p class="soft">${run.tool.name} ${run.tool.version}, ${run.command}, exit code ${exitCode}${date}</p>
</header>
`;
}

/** A parameter of a cmdlet is one word, also where the line ends. */
function unbroken(sentence: string): Markup {
  const [before = '', ...after] = sentence.split('-WhatIf');
  return joined([
    markup`${before}`,
    ...after.map((part) => markup`<span class="word">-WhatIf</span>${part}`),
  ]);
}

function sumsLine({ findings, ledger }: RunSummary): Markup {
  const chat = ledger?.tables.tblChat;
  const messages =
    chat === undefined
      ? ''
      : `${counted(chat.read, 'message')} read, ${grouped(chat.written)} written, ${grouped(chat.excluded)} excluded, ${grouped(chat.refused)} refused; `;
  const told = (['error', 'warning', 'note'] as const).map((severity) =>
    counted(countFindings(findings, severity), severity),
  );
  return markup`<p>${messages}${told.join(', ')}.</p>
`;
}

function packageLine({ package: file, parts }: RunSummary): Markup {
  if (parts !== undefined)
    return markup`<p>${counted(parts.length, 'part')}, each with its SHA-256 under <a href="#written">What was written</a></p>
`;
  if (file === null)
    return markup`<p>No package was written.</p>
`;
  return markup`<p>${file.name}, SHA-256 <span class="id">${file.sha256}</span></p>
`;
}

/** Where people sign, for which bytes and which verdict. */
export function signOff(run: RunSummary): Markup {
  const blocks = SIGNERS.map(
    (signer) => markup`<div role="group" aria-label="${signer}"><h3>${signer}</h3>
${SIGNED.map((line) => markup`<p>${line}</p>`)}</div>
`,
  );
  return markup`<p>We have read this report${signedFor(run)}. Its verdict: <strong>${unbroken(run.verdict.sentence)}</strong></p>
${ledgerLine(run)}<p>What is signed is the sealed folder: every file in it by <code>manifest-sha256.txt</code>, and that file by <code>tagmanifest-sha256.txt</code>, whose SHA-256 no page inside can name. Write it here, as <code>sha256sum tagmanifest-sha256.txt</code> tells it:</p>
<div class="sign one">${writtenByHand(run.ledgerSha256 !== undefined).map((line) => markup`<p>${line}</p>`)}</div>
<div class="sign">
${blocks}</div>
`;
}

function ledgerLine({ ledgerSha256 }: RunSummary): Markup {
  if (ledgerSha256 === undefined) return NOTHING;
  return markup`<p>SHA-256 of ledger.json: <span class="id">${ledgerSha256}</span></p>
`;
}

function signedFor({ package: file, parts }: RunSummary): Markup {
  if (parts !== undefined)
    return markup` for the ${counted(parts.length, 'part')} listed under “What was written”, each by its SHA-256`;
  if (file === null) return NOTHING;
  return markup` for the package with SHA-256 <span class="id">${file.sha256}</span>`;
}
