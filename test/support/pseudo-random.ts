/** A small generator of its own (mulberry32), so that fixtures are the same on every machine and day. */
export interface PseudoRandom {
  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number;
  /** One of the items. */
  pick<Item>(items: readonly Item[]): Item;
}

export function pseudoRandom(seed: number): PseudoRandom {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * limit);
  };
  return {
    below,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('Unexpected empty list, expected something to pick from.');
      return item;
    },
  };
}
