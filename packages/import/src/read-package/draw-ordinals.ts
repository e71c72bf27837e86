import { createHash } from 'node:crypto';

/** Hex digits of a hash that make a number. */
const DIGITS = 16;

/**
 * Draws `size` of the numbers from 0 to below `count`, ascending, all of them when there are no more: the first 16 hex
 * digits of the SHA-256 over `seed`, U+001F and 0, 1, 2, … in decimal digits (UTF-8), modulo `count`, as many as it
 * takes. Anybody can draw them again, and whoever names the seed before the run cannot be suspected of having chosen.
 */
export function drawOrdinals(seed: string, size: number, count: number): number[] {
  if (size >= count) return Array.from({ length: count }, (_, ordinal) => ordinal);
  const drawn = new Set<number>();
  for (let attempt = 0; drawn.size < size; attempt++) {
    const hash = createHash('sha256').update(`${seed}\u001f${attempt}`).digest('hex');
    drawn.add(Number(BigInt(`0x${hash.slice(0, DIGITS)}`) % BigInt(count)));
  }
  return [...drawn].sort((a, b) => a - b);
}
