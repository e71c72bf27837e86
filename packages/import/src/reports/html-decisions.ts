import { type Markup, markup, NOTHING, named, row, table } from './html-markup.js';
import {
  type DecidedRecord,
  type DecidedRecords,
  decidedInWords,
  type OptionSetting,
  type RunSummary,
} from './run-summary.js';
import { counted, grouped, optionInWords, shortened } from './wording.js';

/** What the plan decides, by which value, and who may change it. */
export function decisionsSection(run: Pick<RunSummary, 'options' | 'decidedRecords'>): Markup {
  const { decidedRecords, options } = run;
  return markup`<p>${decidedInWords(run)}</p>
${table(
  'Decisions of the plan. Those in bold differ from the default. To change one, edit plan.json and transform again.',
  ['Option', markup`Applied`, markup`Default`, markup`Who may change it`],
  { rows: options.map(optionRow) },
)}${recordsTable(decidedRecords)}${decidedRecords.map(decisionsTable)}`;
}

function optionRow(option: OptionSetting): Markup {
  const isDecided = option.value !== option.default;
  const overridden =
    option.planned === undefined ? '' : ` (command line; the plan says ${optionInWords(option.planned)})`;
  const value = optionInWords(option.value) + overridden;
  const explanation =
    option.explanation === undefined ? NOTHING : markup`<br><span class="soft">${option.explanation}</span>`;
  return row(markup`<code>${option.name}</code>${explanation}`, [
    isDecided ? markup`<strong>${value}</strong>` : markup`${value}`,
    markup`${optionInWords(option.default)}`,
    markup`${option.decidedBy ?? 'not stated'}`,
  ]);
}

function recordsTable(decided: readonly DecidedRecords[]): Markup {
  if (decided.length === 0) return NOTHING;
  return table(
    'Decisions about single records, row by row in these files of data/plan.',
    ['File', 'Records', markup`Who may change it`],
    {
      rows: decided.map(({ file, records, decidedBy }) =>
        row(file, [grouped(records), markup`${decidedBy}`]),
      ),
    },
  );
}

function decisionsTable({ file, first, records }: DecidedRecords): Markup {
  if (first.length === 0) return NOTHING;
  const left = records - first.length;
  const more =
    left > 0
      ? markup`<p>And ${counted(left, 'more decision')}: all of them are in <code>data/plan/${file}</code>.</p>
`
      : NOTHING;
  return markup`${table(
    `Decisions of ${file}, with the reasons that the plan gives. An empty reason was not given.`,
    ['Record', markup`Action`, markup`What it becomes`, markup`Reason`],
    { rows: first.map(decisionRow) },
  )}${more}`;
}

function decisionRow({ action, becomes, id, name, reason }: DecidedRecord): Markup {
  return row(named(markup`<bdi>${shortened(name)}</bdi>`, id), [
    markup`${action}`,
    markup`<bdi>${shortened(becomes)}</bdi>`,
    markup`<bdi>${shortened(reason)}</bdi>`,
  ]);
}
