import type { Finding } from '@chatferry/export';
import type { FindingGroup } from './finding-sink.js';
import { placeInWords, visible } from './wording.js';

/** How many findings a page holds; of each group alike, and of none more than it has. */
const FINDINGS_EMBEDDED = 200_000;
const BLOCK_ROWS = 2_000;

/**
 * A text beside the one before it in its group: 0 when it is the same; else how many UTF-16 units both begin with
 * alike, how many they end with alike, and what stands between.
 */
export type TextStep = 0 | readonly [start: number, end: number, between: string];

/** A finding in the page: the index of its group, message, place, remedy (empty when it has none). */
export type FindingStep = readonly [group: number, message: TextStep, place: TextStep, remedy: TextStep];

/** A group as the page's script knows it. */
export interface EmbeddedGroup {
  readonly rule: string;
  readonly severity: string;
  readonly count: number;
  /** How many of them the page holds. */
  readonly embedded: number;
}

/**
 * How many findings of each group a page holds when `most` is all that it can hold: all of the small groups, and of the
 * others as many as of each other.
 */
export function embeddedCounts(counts: readonly number[], most = FINDINGS_EMBEDDED): number[] {
  let left = most;
  let groups = counts.length;
  const shares = new Map<number, number>();
  for (const [index, count] of [...counts.entries()].sort(([, a], [, b]) => a - b)) {
    const share = Math.min(count, Math.floor(left / groups));
    shares.set(index, share);
    left -= share;
    groups -= 1;
  }
  return counts.map((_, index) => shares.get(index) ?? 0);
}

/**
 * The findings as data blocks for the page's script, which no browser runs: JSON in which no `<` stands. Each text is
 * told by what differs from the one before in its group, which leaves a fifth of them. In pieces of one finding, so
 * that nothing grows old. Memory held: three texts a group.
 */
export async function* findingBlocks(
  findings: AsyncIterable<Finding> | Iterable<Finding>,
  groups: readonly FindingGroup[],
  most = FINDINGS_EMBEDDED,
): AsyncGenerator<string> {
  const embedded = embeddedCounts(
    groups.map(({ count }) => count),
    most,
  );
  const told = groups.map(({ rule, severity, count }, index): EmbeddedGroup => {
    return { rule: visible(rule), severity, count, embedded: embedded[index] ?? 0 };
  });
  yield `${blockStart('groups')}${told.map(dataJson).join(',\n')}${BLOCK_END}`;
  const open = new Map(
    groups.map(({ rule, severity }, index) => [
      `${severity} ${rule}`,
      { index, left: embedded[index] ?? 0, texts: ['', '', ''] },
    ]),
  );
  let rows = 0;
  for await (const { severity, rule, message, place, remedy = '' } of findings) {
    const group = open.get(`${severity} ${rule}`);
    if (group === undefined || group.left === 0) continue;
    group.left -= 1;
    const texts = [visible(message), placeInWords(place), visible(remedy)] as const;
    const [one, two, three] = texts.map((text, at) => stepBetween(group.texts[at] ?? '', text));
    const step: FindingStep = [group.index, one ?? 0, two ?? 0, three ?? 0];
    group.texts = [...texts];
    const isFirst = rows % BLOCK_ROWS === 0;
    const before = isFirst ? `${rows === 0 ? '' : BLOCK_END}${blockStart('findings')}` : ',\n';
    yield `${before}${dataJson(step)}`;
    rows += 1;
  }
  if (rows > 0) yield BLOCK_END;
}

/** From one text to the next. */
export function stepBetween(before: string, text: string): TextStep {
  if (before === text) return 0;
  const most = Math.min(before.length, text.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === text.charCodeAt(start)) start += 1;
  let end = 0;
  while (
    end < most - start &&
    before.charCodeAt(before.length - 1 - end) === text.charCodeAt(text.length - 1 - end)
  )
    end += 1;
  return [start, end, text.slice(start, text.length - end)];
}

const BLOCK_END = ']</script>\n';

function blockStart(kind: 'groups' | 'findings'): string {
  return `<script type="application/json" class="${kind}">[`;
}

/** Safe within a script element (WHATWG HTML, 4.12.1.3). */
function dataJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
