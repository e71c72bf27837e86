import type { ByteSink, TextValue } from '@chatferry/export';

/** `control`: every code point that XML 1.0 forbids but surrogates. `surrogate`: one without its other half. */
export type Unwanted = 'control' | 'surrogate';

const REPLACEMENT = 0xfffd;
const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;

/** How often each unwanted code point occurred. */
export type CodePointCounts = ReadonlyMap<number, number>;

/**
 * Appends decoded text to `sink`, with the unwanted code points replaced by U+FFFD or left out. Surrogates
 * stand in their three-byte form; two that make a pair are joined and are not unwanted.
 * Basis: XML 1.0 section 2.2, production Char.
 */
export function repairText(
  text: TextValue,
  sink: ByteSink,
  options: { readonly unwanted: Unwanted; readonly replace: boolean },
): CodePointCounts {
  const counts = new Map<number, number>();
  const { bytes, start, end } = text;
  let run = start;
  let at = start;
  while (at < end) {
    const code = suspectAt(text, at, options.unwanted);
    if (code < 0) {
      at += 1;
      continue;
    }
    sink.copy(bytes, run, at);
    at += code < 0x80 ? 1 : 3;
    const low = isHigh(code) ? suspectAt(text, at, 'surrogate') : -1;
    if (isLow(low)) {
      // The sink joins them.
      sink.codePoint(code);
      sink.codePoint(low);
      at += 3;
    } else {
      counts.set(code, (counts.get(code) ?? 0) + 1);
      if (options.replace) sink.codePoint(REPLACEMENT);
    }
    run = at;
  }
  sink.copy(bytes, run, end);
  return counts;
}

/** The code point of the asked class that begins at `at`, or -1. */
function suspectAt(text: TextValue, at: number, unwanted: Unwanted): number {
  const { bytes, end } = text;
  if (at >= end) return -1;
  const first = bytes[at] as number;
  if (unwanted === 'control' && first < 0x20) {
    return first === TAB || first === LF || first === CR ? -1 : first;
  }
  if (at + 2 >= end) return -1;
  if (unwanted === 'control' && first === 0xef) {
    const isNonCharacter = bytes[at + 1] === 0xbf && (bytes[at + 2] as number) >= 0xbe;
    return isNonCharacter ? 0xffc0 | ((bytes[at + 2] as number) & 0x3f) : -1;
  }
  if (unwanted === 'surrogate' && first === 0xed && (bytes[at + 1] as number) >= 0xa0) {
    return 0xd000 | (((bytes[at + 1] as number) & 0x3f) << 6) | ((bytes[at + 2] as number) & 0x3f);
  }
  return -1;
}

function isHigh(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLow(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

const SHOWN = 16;

/** `U+0001 (2), U+000B`: ascending, the first 16. */
export function describeCodePoints(counts: CodePointCounts): string {
  const shown = [...counts]
    .toSorted(([a], [b]) => a - b)
    .slice(0, SHOWN)
    .map(([code, count]) => {
      const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
      return count === 1 ? name : `${name} (${count})`;
    });
  const rest = counts.size - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
