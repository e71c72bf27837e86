import { createHash } from 'node:crypto';
import { ByteSink, type TextValue } from '@chatferry/export';
import type { SampledText } from '../reports/run-summary.js';

/** Longest text of a message that a report shows, in UTF-8 bytes; the rest is cut off. */
const LONGEST_TEXT = 4_000;

/**
 * What a report tells of a text of either side. Memory held: 4,000 bytes of the text when it is shown, else none of it.
 */
export function sampledText(value: TextValue, showsText: boolean): SampledText {
  const sink = new ByteSink(value.end - value.start + 4);
  value.appendDecoded(sink);
  const bytes = sink.length;
  const sha256 = createHash('sha256').update(sink.view()).digest('hex');
  return showsText ? { bytes, sha256, text: cut(value.toString(), bytes) } : { bytes, sha256 };
}

/** A character that would be cut in two is left out. */
function cut(text: string, bytes: number): string {
  if (bytes <= LONGEST_TEXT) return text;
  let [end, length] = [0, 0];
  for (const character of text) {
    length += bytesOf(character.codePointAt(0) as number);
    if (length > LONGEST_TEXT) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** In UTF-8, where a lone surrogate takes three. */
function bytesOf(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
