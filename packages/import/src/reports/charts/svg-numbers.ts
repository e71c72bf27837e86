/** Pixels of a chart with two decimals at most, so that a page does not depend on the last bit of a quotient. */
export function pixels(length: number): number {
  return Math.round(length * 100) / 100;
}
