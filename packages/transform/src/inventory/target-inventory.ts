import type { Place } from '@chatferry/export';

/** A room or category that exists on the target already. */
export interface TargetItem {
  readonly name: string;
  /** As listed, usually `pool\name`; null when the list has none. */
  readonly identity: string | null;
  /** Where the list names it; `record` is null. */
  readonly place: Place;
  /**
   * The name holds `?` and its whole file is ASCII: Windows PowerShell's `Export-Csv` writes ASCII unless told
   * otherwise and puts `?` in the place of every other UTF-16 unit.
   */
  readonly mayHoldReplaced: boolean;
}

export interface TargetRoom extends TargetItem {
  /** Name of its category, without the pool; null when the list has none. */
  readonly category: string | null;
}

/** A user whom Active Directory knows. */
export interface TargetUser {
  /** Lower case with hyphens and no braces; null when the list has none. */
  readonly guid: string | null;
  /** Lower case, with `sip:`; null for users without an address. */
  readonly sipUri: string | null;
  /** Whether the user may sign in; null when the list does not tell. */
  readonly enabled: boolean | null;
  readonly place: Place;
}

/** Both ways to find a user; of two with one key the first listed stays. */
export interface TargetUsers {
  readonly byGuid: ReadonlyMap<string, TargetUser>;
  readonly bySipUri: ReadonlyMap<string, TargetUser>;
}

/** A file that the inventory was read from, for the record. */
export interface InventoryFile {
  /** Without its folder. */
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** What the target holds before the import, in the order of the files. */
export interface TargetInventory {
  readonly files: readonly InventoryFile[];
  readonly categories: readonly TargetItem[];
  readonly rooms: readonly TargetRoom[];
  /** null when no file lists users. */
  readonly users: TargetUsers | null;
}
