import type { Place, Severity } from '@chatferry/export';
import type { AccessCounts } from './run-summary.js';

/**
 * Characters that act instead of being seen: controls, line and paragraph separators, lone surrogates, the byte
 * order mark, and what turns the direction of text (Unicode UAX 9, section 2).
 */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\ufeff]/gu;

/** Names come from hostile input: what would steer a terminal or reorder a line is shown as its code point. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => {
    const code = character.codePointAt(0) as number;
    return `\\u{${code.toString(16)}}`;
  });
}

/** A whole number with a comma every three digits. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 room`, `2 rooms`; the plural is formed by `s` unless given. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : plural}`;
}

/** What stands behind the name of access.csv, where reports point to it. */
export function accessInWords({ added, leftBehind, lost }: AccessCounts): string {
  const behind =
    leftBehind === 0 ? '' : `; ${counted(leftBehind, 'entry', 'entries')} of rooms that stay behind`;
  return `lists who may enter, manage and present, before and after: ${counted(lost, 'entry', 'entries')} lost, ${grouped(added)} new${behind}.`;
}

/** File, line, column and record, such as `tblNode.xml:3:9 (node 5)`. */
export function placeInWords(place: Place | null): string {
  if (place === null) return 'whole export or package';
  const record = place.record === null ? '' : ` (${place.record})`;
  return visible(`${place.file}:${place.line}:${place.column}${record}`);
}

/** The value of an option; texts stand in quotation marks, because a separator may be a blank. */
export function optionInWords(value: string | number | boolean | null): string {
  return value === null ? 'not set' : JSON.stringify(value);
}

/** Of what people write by hand, and of names, nearly all are shorter. */
const LONGEST_SHOWN = 500;

/** A text, cut off where it is longer than anybody reads in a table. */
export function shortened(text: string): string {
  const characters = text.length > LONGEST_SHOWN ? [...text.slice(0, 2 * LONGEST_SHOWN + 2)] : [];
  return characters.length > LONGEST_SHOWN ? `${characters.slice(0, LONGEST_SHOWN).join('')}…` : text;
}

/**
 * How hints name the gate: what a target side has is `chatferry-validate` alone, and these words stand on either side.
 */
export const VALIDATE_IN_WORDS = 'chatferry validate (on the target side: chatferry-validate)';

/** The heading of a group of findings. */
export const SEVERITY_WORD: Readonly<Record<Severity, string>> = {
  error: 'Error',
  warning: 'Warning',
  note: 'Note',
};
