import { countFindings, type FindingGroup } from './finding-sink.js';
import { ledgerMarkdown } from './markdown-ledger.js';
import { code, type Markdown, markdownTable, text } from './markdown-text.js';
import { periodsOf } from './periods.js';
import {
  type DecidedRecords,
  decidedInWords,
  type RulePage,
  type RunSummary,
  type SampledMessage,
} from './run-summary.js';
import { messageKey, traceCommand } from './sample-words.js';
import { SIGNED, SIGNERS, writtenByHand } from './sign-off.js';
import { layoutSentence } from './verdict.js';
import {
  accessInWords,
  counted,
  grouped,
  optionInWords,
  placeInWords,
  SEVERITY_WORD,
  shortened,
} from './wording.js';

/** Lines of a table that anybody reads in this form; report.html lists more. */
const LISTED = 200;

/**
 * `report.md`: what report.html tells, in the same order, in GitHub-flavoured Markdown. Never with the text of a
 * message.
 */
export function markdownReport(run: RunSummary): string {
  const sections: readonly (readonly [title: string, body: Markdown])[] = [
    ['Ledger', run.ledger === null ? '' : ledgerMarkdown(run.ledger)],
    ['Messages by month', months(run)],
    ['Findings', findings(run)],
    ['Categories, before and after', categories(run)],
    ['Settings of rooms, before and after', rooms(run)],
    ['Sample of messages', sample(run)],
    ['Decisions of the plan', decisions(run)],
    ['What was read', inputs(run)],
    ['What was written', written(run)],
    ['Sign-off', signOff(run)],
  ];
  return (
    head(run) +
    sections
      .filter(([, body]) => body !== '')
      .map(([title, body]) => `## ${title}\n\n${body}`)
      .join('')
      .trimEnd() +
    '\n'
  );
}

function head({ command, date, imbalances, layout, tool, verdict }: RunSummary): Markdown {
  const sentence = layoutSentence(layout);
  const isTold = verdict.exitCode === 2 || verdict.sentence.includes(sentence);
  const told = [
    ...(isTold ? [] : [text(sentence)]),
    ...(imbalances.length === 0 ? [] : ['Sums of the ledger that do not come out:']),
    ...imbalances.map((imbalance) => `- ${text(imbalance)}`),
    text(
      `${tool.name} ${tool.version}, ${command}, exit code ${verdict.exitCode}${date === null ? '' : `, ${date}`}`,
    ),
  ];
  return `# ${text(verdict.sentence)}\n\n${told.join('\n\n')}\n\n`;
}

function inputs(run: RunSummary): Markdown {
  if (run.inputs.length === 0) return 'Nothing was read.\n\n';
  const rows = run.inputs.map(({ bytes, name, sha256 }) => [
    text(name),
    bytes === null ? 'not known' : grouped(bytes),
    sha256 === null ? 'not read to the end' : code(sha256),
  ]);
  return markdownTable(['Document', 'Bytes', 'SHA-256'], rows, ['Bytes']);
}

function written(run: RunSummary): Markdown {
  const files = run.parts ?? (run.package === null ? [] : [run.package]);
  if (files.length === 0) return 'No package was written.\n\n';
  const rows = files.flatMap(({ bytes, entries, name, sha256 }) => [
    [text(name), grouped(bytes), code(sha256)],
    ...entries.map((entry) => [text(`${name}: ${entry.name}`), grouped(entry.size), code(entry.sha256)]),
  ]);
  return markdownTable(['File', 'Bytes', 'SHA-256'], rows, ['Bytes']);
}

function months(run: RunSummary): Markdown {
  const columns = ['read', 'written', 'excluded', 'refused'] as const;
  const { counts, unit } = periodsOf(run.months);
  const rows = counts
    .filter(({ read }) => read > 0)
    .map((period) => [text(period.period), ...columns.map((column) => grouped(period[column]))]);
  return markdownTable([unit, ...columns], rows, columns);
}

function findings(run: RunSummary): Markdown {
  const totals = (['error', 'warning', 'note'] as const).map((severity) =>
    counted(countFindings(run.findings, severity), severity),
  );
  return `${totals.join(', ')}.\n\n${run.findings.map((group) => groupOf(group, run.pages[group.rule])).join('')}`;
}

function groupOf({ count, first, rule, severity }: FindingGroup, page: RulePage | undefined): Markdown {
  const left = count - first.length;
  const sections = (page?.sections ?? []).map(
    ({ title, text: body }) => `**${text(title)}.** ${text(body)}\n\n`,
  );
  const lines = first.map(({ message, place, remedy }) => {
    const todo = remedy === undefined ? '' : ` To do: ${text(remedy)}`;
    return `- ${text(message)}${todo} ${code(placeInWords(place))}\n`;
  });
  const more = left > 0 ? `\nAnd ${grouped(left)} more: all are in \`findings.csv\`.\n` : '';
  return `### ${SEVERITY_WORD[severity]} ${code(rule)}: ${counted(count, 'finding')}\n\n${sections.join('')}${lines.join('')}${more}\n`;
}

function categories(run: RunSummary): Markdown {
  const rows = run.categories
    .slice(0, LISTED)
    .map(({ legacyPath, name, roomsRead, roomsWritten }) => [
      legacyPath.length === 0 ? '*made by a rule*' : text(legacyPath.join(' › ')),
      name === null ? '*left behind*' : text(name),
      grouped(roomsRead),
      grouped(roomsWritten),
    ]);
  const counts = ['Rooms read', 'Rooms written'];
  return (
    markdownTable(['Before', 'After', ...counts], rows, counts) +
    moreThan(run.categories.length, 'categories')
  );
}

function rooms(run: RunSummary): Markdown {
  const told = run.access === undefined ? '' : `${code('access.csv')} ${text(accessInWords(run.access))}\n\n`;
  return told + changedRooms(run);
}

function changedRooms(run: RunSummary): Markdown {
  const rows: Markdown[][] = [];
  let count = 0;
  for (const { guid, name, settings } of run.roomChanges) {
    count += 1;
    if (count > LISTED) continue;
    for (const { after, before, setting } of settings) {
      rows.push([`${text(name)} ${code(guid)}`, text(setting), text(before), text(after)]);
    }
  }
  if (count === 0) return 'Every room of the package has the settings that it had.\n\n';
  return markdownTable(['Room', 'Setting', 'Before', 'After'], rows) + moreThan(count, 'rooms');
}

function moreThan(count: number, noun: string): Markdown {
  return count > LISTED ? `And ${grouped(count - LISTED)} more ${noun}: see report.html.\n\n` : '';
}

function sample(run: RunSummary): Markdown {
  if (run.sample === null) return '';
  const { messages, of, seed } = run.sample;
  const [first] = messages;
  const rows = messages.map((message) => [
    code(messageKey(message)),
    `${text(message.roomName)} ${code(message.roomGuid)}`,
    text(message.date),
    `${text(message.authorName)} ${code(message.author)}`.trimStart(),
    outcome(message),
    message.place === null ? '' : code(placeInWords({ ...message.place, record: null })),
    grouped(message.content.bytes),
    code(message.content.sha256),
  ]);
  const columns = ['Message', 'Room', 'Date', 'Author', 'What became of it', 'In the export'];
  const drawn = `${counted(messages.length, 'message')} of ${grouped(of)}, drawn with the seed ${code(seed)}.\n\n`;
  if (first === undefined) return drawn;
  return `${drawn}Both sides of one, where chatferry itself is at hand: ${code(traceCommand(first))}\n\n${markdownTable([...columns, 'Bytes', 'SHA-256 of the text'], rows, ['Bytes'])}`;
}

function outcome({ changedBy, changedFields }: SampledMessage): Markdown {
  if (changedBy === null) return 'carried as it was';
  return `changed by ${code(changedBy)}: ${text(changedFields.join(', '))}`;
}

function decisions(run: RunSummary): Markdown {
  const { decidedRecords, options } = run;
  if (options.length === 0) return '';
  const rows = options.map((option) => {
    const value = code(optionInWords(option.value));
    const applied = option.value === option.default ? value : `**${value}**`;
    const planned =
      option.planned === undefined
        ? ''
        : ` (command line; the plan says ${code(optionInWords(option.planned))})`;
    return [
      code(option.name),
      applied + planned,
      code(optionInWords(option.default)),
      text(option.decidedBy ?? 'not stated'),
    ];
  });
  const records = decidedRecords.map(({ decidedBy, file, records: count }) => [
    text(file),
    grouped(count),
    text(decidedBy),
  ]);
  return (
    `${text(decidedInWords(run))}\n\n` +
    markdownTable(['Option', 'Applied', 'Default', 'Who may change it'], rows) +
    markdownTable(['File', 'Records', 'Who may change it'], records, ['Records']) +
    decidedRecords.map(recordDecisions).join('')
  );
}

function recordDecisions({ file, first, records }: DecidedRecords): Markdown {
  const rows = first.map(({ action, becomes, id, name, reason }) => [
    `${text(shortened(name))} ${code(id)}`,
    text(action),
    text(shortened(becomes)),
    text(shortened(reason)),
  ]);
  const left = records - first.length;
  const more = `And ${counted(left, 'more decision')}: all of them are in ${code(`data/plan/${file}`)}.\n\n`;
  return (
    markdownTable([`Record of ${file}`, 'Action', 'What it becomes', 'Reason'], rows) +
    (rows.length > 0 && left > 0 ? more : '')
  );
}

/** What is signed, in the words of report.html. */
const SEALED =
  'What is signed is the sealed folder: every file in it by `manifest-sha256.txt`, and that file by `tagmanifest-sha256.txt`, whose ' +
  'SHA-256 no page inside can name. Write it here, as `sha256sum tagmanifest-sha256.txt` tells it.\n\n';

function signOff({ ledgerSha256, package: file, verdict }: RunSummary): Markdown {
  const rows = SIGNERS.map((who) => [who, ...SIGNED.map(() => '')]);
  const ledger = ledgerSha256 === undefined ? '' : `SHA-256 of ledger.json: ${code(ledgerSha256)}\n\n`;
  const written = writtenByHand(ledgerSha256 !== undefined).map((what) => [text(what), '']);
  const forFile = file === null ? '' : ` for the package with SHA-256 ${code(file.sha256)}`;
  return `We have read this report${forFile}. Its verdict: ${text(verdict.sentence)}\n\n${ledger}${SEALED}${markdownTable(['To be written by hand', ''], written)}${markdownTable(['Who', ...SIGNED], rows)}`;
}
