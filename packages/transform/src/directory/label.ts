import type { NodeRow, SiopWhiteListRow } from '@chatferry/export';
import type { CategoryDraft, RoomDraft } from './draft.js';

const LONGEST_NAME = 80;
/** What would break a line, hide itself or turn the text around in a report. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/gu;

/**
 * A name as findings print it: in quotes, at most 80 UTF-16 units (then an ellipsis), with control characters,
 * lone surrogates and direction marks spelled out as `U+0007`.
 */
export function quoteName(name: string): string {
  return `"${clipName(name).replace(UNPRINTABLE, codePointOf)}"`;
}

/** Code points as `U+0007, U+FFFE`, each once, in the order of their first place in the text. */
export function codePoints(characters: Iterable<string>): string {
  return [...new Set(characters)].map(codePointOf).join(', ');
}

/** A node or add-in as findings name it: `room 12 "Ops" (GUID)`. Names are those of the source. */
export function labelRow(row: NodeRow | SiopWhiteListRow): string {
  if (row.kind === 'siopWhiteList') return `add-in ${quoteName(row.siopName)} (${row.siopID})`;
  return `${row.nodeType ? 'category' : 'room'} ${row.nodeID} ${quoteName(row.nodeName)} (${row.nodeGuid})`;
}

/** A category or room as findings name it, by its name so far: `category 7 "Ops_East" (GUID)`. */
export function labelNode(node: CategoryDraft | RoomDraft): string {
  return `${node.kind} ${node.id} ${quoteName(node.name)} (${node.guid})`;
}

/** `1 room`, `2 rooms`, `1 category`, `2 categories`. */
export function countOf(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}

/** Up to ten ids, ascending, then how many more. */
export function listIds(ids: readonly number[]): string {
  const sorted = [...ids].sort((a, b) => a - b);
  const shown = sorted.slice(0, 10).join(', ');
  return sorted.length > 10 ? `${shown} and ${sorted.length - 10} more` : shown;
}

function clipName(name: string): string {
  if (name.length <= LONGEST_NAME) return name;
  const cutsPair = /[\ud800-\udbff]/.test(name.charAt(LONGEST_NAME - 2));
  return `${name.slice(0, LONGEST_NAME - (cutsPair ? 2 : 1))}\u2026`;
}

function codePointOf(character: string): string {
  const code = character.codePointAt(0) as number;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
