/** How many ids are proposed at most. */
const PROPOSED = 4;

/**
 * The ids that somebody who typed `typed` may have meant, nearest first: ids with a slip of the keys, and ids that
 * hold the words typed, in any order. Empty when none is near.
 */
export function nearestIds(typed: string, ids: readonly string[]): string[] {
  const wanted = typed
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  if (wanted === '') return [];
  const farthest = Math.max(2, Math.ceil(wanted.length / 4));
  return ids
    .map((id) => ({ id, distance: Math.min(editDistance(wanted, id), wordDistance(wanted, id)) }))
    .filter(({ distance }) => distance <= farthest)
    .sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1))
    .slice(0, PROPOSED)
    .map(({ id }) => id);
}

/**
 * Slips in each typed word, against the word of the id that is nearest to it, and a half for each word more or less.
 */
function wordDistance(wanted: string, id: string): number {
  const words = id.split('-');
  const typed = wanted.split('-');
  const slips = typed.map((word) => Math.min(...words.map((other) => editDistance(word, other))));
  if (slips.some((slip, index) => slip * 3 > (typed[index] as string).length))
    return Number.POSITIVE_INFINITY;
  return slips.reduce((sum, slip) => sum + slip, 0) + Math.abs(words.length - typed.length) / 2;
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from `a` to `b` (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (isSame ? 0 : 1));
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) cost = Math.min(cost, at(beforeLast, j - 2) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] as number;
}
