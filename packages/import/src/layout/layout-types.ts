/**
 * How sure we are that the target uses a path: `published` by Microsoft (a sample script reads it), `assumed` by us in
 * the same style, or `observed` in an export of the target itself.
 */
export type Evidence = 'published' | 'assumed' | 'observed';

/**
 * How a value is written.
 *
 * - `text`: as it is.
 * - `integer`: decimal digits of a number or bigint.
 * - `flag`: a boolean as `0` or `1`.
 * - `guid`: lower case with hyphens, without braces.
 * - `ticks`: decimal digits, 100 ns since 0001-01-01 UTC.
 * - `enumeration`: by the table `values`, from our word to the target's code.
 */
export type Coding = 'text' | 'integer' | 'flag' | 'guid' | 'ticks' | 'enumeration';

/** An attribute, or a child element that holds only text. Its place in the list is its place in the document. */
export interface ValuePath {
  /** Of the attribute or element. */
  readonly name: string;
  /** The field of the target record (`FIELDS`); null when the value is the same in every record (`constant`). */
  readonly field: string | null;
  readonly coding: Coding;
  /** For `enumeration`, else null: our word to the target's code; a null code means that the path is absent. */
  readonly values: Readonly<Record<string, string | null>> | null;
  /** Written in every record when `field` is null. */
  readonly constant: string | null;
  /** Whether the path is absent when the value is NULL. A value that is NULL has no other form. */
  readonly optional: boolean;
  readonly evidence: Evidence;
  readonly note: string | null;
}

/**
 * An attribute of an entry. Exactly one of an entry's attributes has `list` null and `constant` null: the id of the
 * principal. The others are flags:
 *
 * - `list` alone: `1` when the principal is in that list, else `0`; all lists of the entry are aggregated, one entry
 *   for each principal, ascending by id.
 * - `list` and `elseList`: one entry for each membership, `1` from `list`, `0` from `elseList`; ascending by id, on a
 *   tie `elseList` first.
 * - `constant`: the same in every entry.
 */
export interface EntryAttribute {
  readonly name: string;
  readonly list: string | null;
  readonly elseList: string | null;
  readonly constant: string | null;
  readonly evidence: Evidence;
  readonly note: string | null;
}

/** What stands inside an element that lists principals, once for each entry. */
export interface EntryPath {
  readonly name: string;
  /** The list whose members the entries are, in its own order; null when flags tell (see `EntryAttribute`). */
  readonly list: string | null;
  readonly attributes: readonly EntryAttribute[];
  readonly evidence: Evidence;
}

/** A child element that lists principals, such as `Roles`. Written even when it is empty. */
export interface ListPath {
  readonly name: string;
  readonly entry: EntryPath;
  readonly evidence: Evidence;
  readonly note: string | null;
}

/** A child of a record's element: a value or a list, told apart by `'entry' in child`. */
export type ChildPath = ValuePath | ListPath;

/** What a record of a document is. `lastChatId` has no element of its own: it is a field of `room`. */
export type LayoutRecordKind = 'principal' | 'affiliation' | 'addIn' | 'category' | 'room' | 'message';

/** The element of one record: attributes, then children, in this order. */
export interface RecordPath {
  readonly name: string;
  readonly attributes: readonly ValuePath[];
  readonly children: readonly ChildPath[];
  readonly evidence: Evidence;
}

/** The element around the messages of one room; its attributes know the field `roomId` only. */
export interface GroupPath {
  readonly name: string;
  readonly attributes: readonly ValuePath[];
  readonly evidence: Evidence;
}

/** One document of the package. */
export interface DocumentLayout {
  /** Of the ZIP entry. Further parts of the messages are `<stem>-0002.<extension>` and so on. */
  readonly name: string;
  readonly kind: LayoutRecordKind;
  /** Names of the elements around the records, outermost first, such as `Pool`, `AdUsers`. */
  readonly path: readonly string[];
  /** For principals, else null: the kinds that this document holds. Every kind has exactly one document. */
  readonly principalKinds: readonly string[] | null;
  /** For messages, else null. */
  readonly group: GroupPath | null;
  readonly record: RecordPath;
  /** Of the document's name and `path`. */
  readonly evidence: Evidence;
  readonly note: string | null;
}

/**
 * Where each field of the target's records stands in the package. Design: target-package.md. One document each for
 * affiliations, add-ins, categories, rooms and messages, one or more for principals.
 */
export interface Layout {
  readonly version: 1;
  readonly name: string;
  /** SHA-256 (hex) of the export of the target from which the layout was learned; null when it was not. */
  readonly confirmedAgainst: string | null;
  /** The order of the ZIP, but for the messages: they always come first, because the rooms hold their counters. */
  readonly documents: readonly DocumentLayout[];
}

/** One path of a layout in XPath style, such as `ChatRooms.xml Pool/ChatRooms/ChatRoom/@isDisabled`. */
export interface LayoutPath {
  readonly path: string;
  readonly evidence: Evidence;
}
