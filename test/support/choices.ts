import fc from 'fast-check';
import type { PseudoRandom } from './pseudo-random.js';

/**
 * What a generator draws from: the first choice is always the plainest, so that a failing case shrinks to plain ones.
 */
export interface Choices extends PseudoRandom {
  /** True in so many cases of a hundred; a shrunk case says false. */
  chance(percent: number): boolean;
  /** From `least` to `most` results of `make`, joined. */
  several(least: number, most: number, make: () => string): string;
}

const UNIT = 0x8000_0000;

/** What fast-check makes and shrinks choices from: a tape of numbers. */
export const tapes: fc.Arbitrary<number[]> = fc.noBias(
  fc.array(fc.nat({ max: UNIT - 1 }), { minLength: 100, maxLength: 700, size: 'max' }),
);

/** A tape that is used up chooses the first of everything. */
export function choicesFrom(tape: readonly number[]): Choices {
  let at = 0;
  const below = (limit: number): number => Math.floor(((tape[at++] ?? 0) / UNIT) * limit);
  return {
    below,
    pick: (items) => items[below(items.length)] as (typeof items)[number],
    chance: (percent) => below(100) >= 100 - percent,
    several: (least, most, make) => Array.from({ length: least + below(most - least + 1) }, make).join(''),
  };
}

const USUAL_RUNS = 4000;

/** Runs of a property whose usual number is given; whoever hunts for differences asks for more, each in proportion. */
export function fuzzRuns(usual: number) {
  const asked = Number(process.env.CHATFERRY_FUZZ_RUNS ?? 0);
  const seed = Number(process.env.CHATFERRY_FUZZ_SEED ?? 2011);
  const numRuns = Math.max(usual, Math.ceil((asked * usual) / USUAL_RUNS));
  return { numRuns, seed, includeErrorInReport: true } as const;
}
