import type { Place } from '@chatferry/export';

/** What categories.csv or rooms.csv says about a node. Nodes that are kept as the rules have them have no decision. */
export interface NodeDecision {
  /** The row of the CSV file; its column counts cells from 1. */
  readonly place: Place;
  readonly excludes: boolean;
  /** The final name, put in place of the one that the rules make; null leaves theirs. */
  readonly name: string | null;
  /** GUID of the category that a room moves to; null leaves it where it is. Always null for a category. */
  readonly category: string | null;
}

/**
 * What principals.csv says about a principal. `map`: another principal becomes the author of its messages, and what
 * rights it has stay behind. `merge`: the two are one; rights go over too. `rename`: another URI or display name.
 * `drop-rights`: it stays an author without rights.
 */
export interface PrincipalDecision {
  readonly place: Place;
  readonly action: 'map' | 'merge' | 'rename' | 'drop-rights';
  /** prinID of the principal that takes its place, followed to the end of the chain; null unless mapped or merged. */
  readonly target: number | null;
  /** null leaves the one of the source. */
  readonly uri: string | null;
  readonly displayName: string | null;
}

/** The decisions of a plan about single records, checked against the export. */
export interface Decisions {
  /** By GUID, lower case. */
  readonly categories: ReadonlyMap<string, NodeDecision>;
  /** By GUID, lower case. */
  readonly rooms: ReadonlyMap<string, NodeDecision>;
  /** By prinID; also userIds of messages that no row of tblPrincipal has. */
  readonly principals: ReadonlyMap<number, PrincipalDecision>;
}

/** A run without a plan: whatever the rules do. */
export const NO_DECISIONS: Decisions = {
  categories: new Map(),
  rooms: new Map(),
  principals: new Map(),
};
