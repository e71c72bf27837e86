const TICKS_AT_1970 = 621_355_968_000_000_000n;
/** The last tick of the year 9999: the largest value of a .NET DateTime. */
const LAST_TICK = 3_155_378_975_999_999_999n;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** Ticks (100 ns since 0001-01-01 UTC) as ISO 8601 with milliseconds; null when they are no instant. */
export function isoOfTicks(ticks: bigint): string | null {
  if (ticks <= 0n || ticks > LAST_TICK) return null;
  return new Date(Number((ticks - (ticks % 10_000n) - TICKS_AT_1970) / 10_000n)).toISOString();
}

/** The month of an instant in UTC, such as `2010-09`; null when it is none. */
export function monthOf(ticks: bigint): string | null {
  return isoOfTicks(ticks)?.slice(0, 7) ?? null;
}

/** For reading: seconds, or all seven digits of the fraction when every tick counts. */
export function instantInWords(ticks: bigint, isExact: boolean): string {
  const iso = isoOfTicks(ticks);
  if (iso === null) return `${ticks} ticks (no date)`;
  const fraction = isExact ? `.${String(ticks % 10_000_000n).padStart(7, '0')}` : '';
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}${fraction} UTC`;
}

/** Midnight UTC that begins a day such as `2010-09-14`, in ticks; null when the text names no day of the calendar. */
export function ticksOfDay(text: string): bigint | null {
  if (!DAY.test(text)) return null;
  const date = new Date(`${text}T00:00:00.000Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text) return null;
  return BigInt(date.getTime()) * 10_000n + TICKS_AT_1970;
}

export const TICKS_A_DAY = 864_000_000_000n;
