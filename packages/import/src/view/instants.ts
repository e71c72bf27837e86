import { isoOfTicks, ticksOfMilliseconds } from '../ticks.js';

const DAY = /^\d{4}-\d\d-\d\d$/;

/** ISO 8601 in UTC with milliseconds; null when a message cannot have been sent then, which 0 says too. */
export function isoOfMessage(ticks: bigint): string | null {
  return ticks === 0n ? null : isoOfTicks(ticks);
}

/** The month of an instant in UTC, such as `2010-09`; null when it is none. */
export function monthOf(ticks: bigint): string | null {
  return isoOfMessage(ticks)?.slice(0, 7) ?? null;
}

/** For reading: seconds, or all seven digits of the fraction when every tick counts. */
export function instantInWords(ticks: bigint, isExact: boolean): string {
  const iso = isoOfMessage(ticks);
  if (iso === null) return `${ticks} ticks (no date)`;
  const fraction = isExact ? `.${String(ticks % 10_000_000n).padStart(7, '0')}` : '';
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}${fraction} UTC`;
}

/** Midnight UTC that begins a day such as `2010-09-14`, in ticks; null when the text names no day of the calendar. */
export function ticksOfDay(text: string): bigint | null {
  if (!DAY.test(text)) return null;
  const date = new Date(`${text}T00:00:00.000Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text) return null;
  return ticksOfMilliseconds(date.getTime());
}
