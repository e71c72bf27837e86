const TICKS_PER_SECOND = 10_000_000n;
const TICKS_PER_DAY = 864_000_000_000n;
/** Days from 0000-03-01, where the Gregorian 400-year cycle begins, to 0001-01-01, where ticks begin. */
const DAYS_BEFORE_TICKS = 306;
const DAYS_PER_400_YEARS = 146_097;

/** The last tick of the year 9999: the largest value of a .NET DateTime. */
export const LAST_TICK = 3_155_378_975_999_999_999n;
/** 1995-01-01T00:00:00Z in ticks. No chat of this product family is older. */
export const EARLIEST_CREDIBLE_TICK = 629_245_152_000_000_000n;

/** Whether a chatDate can be an instant at all: above 0 and not beyond the year 9999. */
export function isInstant(ticks: bigint): boolean {
  return ticks > 0n && ticks <= LAST_TICK;
}

/** Ticks as `2010-09-14T14:26:17.1234567Z`, without a fraction when it is zero; digits alone when no instant. */
export function ticksToText(ticks: bigint): string {
  if (!isInstant(ticks)) return ticks.toString();
  const seconds = Number((ticks % TICKS_PER_DAY) / TICKS_PER_SECOND);
  const fraction = ticks % TICKS_PER_SECOND;
  const time = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(twoDigits);
  const digits = fraction === 0n ? '' : `.${fraction.toString().padStart(7, '0')}`;
  return `${dateText(Number(ticks / TICKS_PER_DAY))}T${time.join(':')}${digits}Z`;
}

/** The date of a day counted from 0001-01-01, by years that begin in March so that the leap day comes last. */
function dateText(day: number): string {
  const shifted = day + DAYS_BEFORE_TICKS;
  const cycle = Math.floor(shifted / DAYS_PER_400_YEARS);
  const dayOfCycle = shifted % DAYS_PER_400_YEARS;
  const leapDays =
    Math.floor(dayOfCycle / 1460) - Math.floor(dayOfCycle / 36_524) + Math.floor(dayOfCycle / 146_096);
  const yearOfCycle = Math.floor((dayOfCycle - leapDays) / 365);
  const dayOfYear =
    dayOfCycle - (365 * yearOfCycle + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = cycle * 400 + yearOfCycle + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(dayOfMonth)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

const TICKS_AT_1970 = 621_355_968_000_000_000n;
const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?Z)?$/;

/**
 * Ticks of `2010-09-14`, `2010-09-14T14:26Z` or `2010-09-14T14:26:17.1234567Z` (UTC, a date alone is its midnight);
 * null when the text is none of these or names no day of the calendar.
 */
export function isoTicks(text: string): bigint | null {
  const match = ISO.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0)) as number[];
  const date = new Date(0);
  date.setUTCFullYear(year as number, (month as number) - 1, day);
  date.setUTCHours(hour as number, minute, second);
  const iso = `${match[1]}-${match[2]}-${match[3]}T${match[4] ?? '00'}:${match[5] ?? '00'}:${match[6] ?? '00'}`;
  if (date.toISOString().slice(0, 19) !== iso) return null;
  return BigInt(date.getTime()) * 10_000n + TICKS_AT_1970 + BigInt((match[7] ?? '').padEnd(7, '0'));
}
