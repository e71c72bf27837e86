import type { Choices } from '../support/choices.js';
import { pseudoRandom } from '../support/pseudo-random.js';

/** Choices without an end, the same for the same seed. */
export function seededChoices(seed: number): Choices {
  const random = pseudoRandom(seed);
  return {
    ...random,
    chance: (percent) => random.below(100) < percent,
    several: (least, most, make) =>
      Array.from({ length: least + random.below(most - least + 1) }, make).join(''),
  };
}
