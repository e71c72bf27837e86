import type { MonthCounts } from './run-summary.js';

/** Messages of a month, or of more time than that. */
export interface PeriodCounts extends Omit<MonthCounts, 'month'> {
  /** Such as `2010-09`, `2010`, `2010s`. */
  readonly period: string;
}

/** More columns than this nobody can tell apart. */
const MOST_PERIODS = 240;
const MONTHS = 12;
/** Months, years, decades, centuries. */
const UNITS = [1, MONTHS, 10 * MONTHS, 100 * MONTHS] as const;
const UNIT_NAMES = ['month', 'year', 'decade', 'century'] as const;

export interface Periods {
  readonly unit: (typeof UNIT_NAMES)[number];
  readonly counts: readonly PeriodCounts[];
}

/**
 * Messages by month from the first to the last that has any, those without messages among them; by year, decade or
 * century when there would be more than 240.
 */
export function periodsOf(months: readonly MonthCounts[]): Periods {
  const numbers = months.map(({ month }) => monthNumber(month));
  const first = numbers[0] ?? 0;
  const last = numbers.at(-1) ?? -1;
  const fitting = UNITS.findIndex(
    (unit) => Math.floor(last / unit) - Math.floor(first / unit) < MOST_PERIODS,
  );
  const index = fitting < 0 ? UNITS.length - 1 : fitting;
  const unit = UNITS[index] as number;
  const start = Math.floor(first / unit);
  const counts = Array.from({ length: Math.max(0, Math.floor(last / unit) - start + 1) }, (_, offset) => ({
    period: periodName((start + offset) * unit, unit),
    ...{ read: 0, written: 0, excluded: 0, refused: 0 },
  }));
  months.forEach(({ read, written, excluded, refused }, at) => {
    const sum = counts[Math.floor((numbers[at] as number) / unit) - start];
    if (sum === undefined) return;
    sum.read += read;
    sum.written += written;
    sum.excluded += excluded;
    sum.refused += refused;
  });
  return { unit: UNIT_NAMES[index] as Periods['unit'], counts };
}

/** Months since the year 0. */
function monthNumber(month: string): number {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return year * MONTHS + number - 1;
}

function periodName(firstMonth: number, unit: number): string {
  const year = String(Math.floor(firstMonth / MONTHS)).padStart(4, '0');
  if (unit === 1) return `${year}-${String((firstMonth % MONTHS) + 1).padStart(2, '0')}`;
  return unit === MONTHS ? year : `${year}s`;
}
