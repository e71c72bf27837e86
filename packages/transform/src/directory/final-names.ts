import { createHash } from 'node:crypto';
import type { Place } from '@chatferry/export';
import type { Voice } from '../rule.js';
import {
  type CategoryDraft,
  carriedCategories,
  carriedRooms,
  type DirectoryDraft,
  type RoomDraft,
} from './draft.js';

/** nvarchar(256) of nodeName and nodeDesc, in UTF-16 units (database schema, tblNode). */
export const LONGEST_TEXT = 256;
/**
 * What is kept of a name that the names of its parents make longer, in UTF-16 units: no name of this length is ever
 * written.
 */
export const LONGEST_KEPT = 1_024;
const DIGITS_OF_HASH = 8;
/** What no target name may hold: control characters, the path separator of `pool\name`, what XML 1.0 cannot hold. */
const UNUSABLE = /[\p{Cc}\p{Cs}\\\ufffe\uffff]/gu;

/** The categories and rooms that will be in the package, ascending by id. */
export function carriedNodes(draft: DirectoryDraft): (CategoryDraft | RoomDraft)[] {
  return [...carriedCategories(draft), ...carriedRooms(draft)].sort((a, b) => a.id - b.id);
}

/** The place of a node's row; null for a category that a rule created. */
export function placeOf(node: CategoryDraft | RoomDraft): Place | null {
  return node.source?.place ?? null;
}

/** Says that a node's row lives on with altered content; a created category has no row. */
export function markChanged(voice: Voice, node: CategoryDraft | RoomDraft): void {
  if (node.source !== null) voice.changed(node.source);
}

/** Where the administrator gives a node another name or description. */
export function planFileOf(node: CategoryDraft | RoomDraft): 'categories.csv' | 'rooms.csv' {
  return node.kind === 'category' ? 'categories.csv' : 'rooms.csv';
}

/** The characters of a name that the target cannot use, each once, in order. */
export function unusableCharacters(name: string): string[] {
  return [...new Set(name.trim().match(UNUSABLE) ?? [])];
}

/** White space at both ends removed, each unusable character replaced; may come out empty. */
export function cleanName(name: string, replacement: string): string {
  return name
    .trim()
    .replace(UNUSABLE, () => replacement)
    .trim();
}

/** What is proposed for a node of whose name nothing is left: `Room_12`. */
export function nameForNameless(node: CategoryDraft | RoomDraft): string {
  return `${node.kind === 'room' ? 'Room' : 'Category'}_${node.id}`;
}

/**
 * A name from the names along a path; empty ones (an error of their own) leave no separator behind. What passes
 * 1,024 UTF-16 units becomes its tail and a hash, so that deep trees do not add up to names without bound.
 */
export function joinNames(names: readonly string[], separator: string): string {
  const name = names.filter((part) => part !== '').join(separator);
  return name.length > LONGEST_KEPT ? tailAndHash(name, LONGEST_KEPT) : name;
}

/**
 * A name of at most 256 UTF-16 units that keeps the tail, where a node's own name stands, and ends in `~` and the first
 * eight hex digits of the SHA-256 of the full name (UTF-8), so that names with equal tails stay apart.
 */
export function shortenName(name: string): string {
  return tailAndHash(name, LONGEST_TEXT);
}

function tailAndHash(name: string, length: number): string {
  const hash = createHash('sha256').update(name, 'utf8').digest('hex').slice(0, DIGITS_OF_HASH);
  return `${tailOf(name, length - DIGITS_OF_HASH - 1).trim()}~${hash}`;
}

/**
 * The name with a suffix, its head cut where the whole would pass 256 units; a name that is longer already stays whole.
 */
export function suffixName(name: string, suffix: string): string {
  if (name.length > LONGEST_TEXT) return `${name}${suffix}`;
  return `${tailOf(name, LONGEST_TEXT - suffix.length).trimStart()}${suffix}`;
}

/** The last units of a text, at most `length`; never half a surrogate pair. */
function tailOf(text: string, length: number): string {
  const start = Math.max(0, text.length - length);
  const cutsPair =
    start > 0 && /[\udc00-\udfff]/.test(text.charAt(start)) && /[\ud800-\udbff]/.test(text.charAt(start - 1));
  return text.slice(cutsPair ? start + 1 : start);
}
