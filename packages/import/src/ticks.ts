/** The last tick of the year 9999: the largest value of a .NET DateTime. */
export const LAST_TICK = 3_155_378_975_999_999_999n;
export const TICKS_A_DAY = 864_000_000_000n;

const TICKS_A_MILLISECOND = 10_000n;
const TICKS_AT_1970 = 621_355_968_000_000_000n;

/** Ticks (100 ns since 0001-01-01 UTC) as ISO 8601 with whole milliseconds; null outside the years 1 to 9999. */
export function isoOfTicks(ticks: bigint): string | null {
  if (ticks < 0n || ticks > LAST_TICK) return null;
  // Rounded down while it is positive: before 1970 a division would round up.
  const whole = ticks - (ticks % TICKS_A_MILLISECOND);
  return new Date(Number((whole - TICKS_AT_1970) / TICKS_A_MILLISECOND)).toISOString();
}

/** Ticks of an instant that JavaScript tells in milliseconds since 1970. */
export function ticksOfMilliseconds(milliseconds: number): bigint {
  return BigInt(milliseconds) * TICKS_A_MILLISECOND + TICKS_AT_1970;
}
