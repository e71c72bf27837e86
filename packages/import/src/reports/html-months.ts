import type { StateCounts } from '../ledger/ledger.js';
import { stackedColumns } from './charts/stacked-columns.js';
import { details, type Markup, markup, row, table } from './html-markup.js';
import { periodsOf } from './periods.js';
import type { RunSummary } from './run-summary.js';
import { counted, grouped } from './wording.js';

const STATES = ['written', 'excluded', 'refused'] as const;
const COLUMNS = ['read', ...STATES] as const;

/** Messages by month as a chart and a table whose sum is that of the ledger. */
export function monthsSection({ ledger, months }: Pick<RunSummary, 'ledger' | 'months'>): Markup {
  const { unit, counts } = periodsOf(months);
  const dated = { ...sumOf(counts), period: 'Sum' };
  if (counts.length === 0) return markup`<p>No message with a usable date was read.</p>`;
  const rest = undated(dated, ledger?.tables.tblChat);
  const chart = stackedColumns({
    id: 'months',
    title: `Messages by ${unit} (UTC): written, excluded and refused`,
    description: `${counted(dated.read, 'message')} from ${counts[0]?.period} to ${counts.at(-1)?.period}. The figures are in the table below.`,
    parts: STATES,
    columns: counts.map((period) => ({ label: period.period, counts: period })),
  });
  const rows = [...counts.filter(({ read }) => read > 0), ...(rest === null ? [] : [rest])].map((period) =>
    row(period.period, cellsOf(period)),
  );
  const figures = table(
    `Messages by ${unit} (UTC): read = written + excluded + refused.`,
    [unit[0]?.toUpperCase() + unit.slice(1), ...COLUMNS],
    { rows, foot: row('Sum', cellsOf(rest === null ? dated : sumOf([dated, rest]))) },
  );
  return markup`<figure>${chart}</figure>
${details(`Figures by ${unit}`, figures)}`;
}

type Counts = Readonly<Record<(typeof COLUMNS)[number], number>>;

function cellsOf(counts: Counts): string[] {
  return COLUMNS.map((column) => grouped(counts[column]));
}

function sumOf(counts: readonly Counts[]): Counts {
  const sum = { read: 0, written: 0, excluded: 0, refused: 0 };
  for (const each of counts) for (const column of COLUMNS) sum[column] += each[column];
  return sum;
}

/** What the ledger has beside the months; null when that is nothing. */
function undated(
  dated: Counts,
  chat: StateCounts | undefined,
): (Counts & { readonly period: string }) | null {
  if (chat === undefined || chat.read === dated.read) return null;
  return {
    period: 'Without a usable date',
    read: chat.read - dated.read,
    written: chat.written - dated.written,
    excluded: chat.excluded - dated.excluded,
    refused: chat.refused - dated.refused,
  };
}
