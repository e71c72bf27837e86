import type { Place } from '@chatferry/export';
import type { FindingGroup, RecordState, RoomAccount } from '@chatferry/import';
import type { ExportedValue } from './exported-values.js';
import type { Relation } from './hanging-rows.js';
import type { TargetField } from './target-records.js';
import type { RecordKind } from './trace-query.js';
import type { TextDigest } from './traced-text.js';

export type Side = 'source' | 'target';

/** What became of one row of the export. */
export interface TracedRow {
  /** Physical table name. */
  readonly table: string;
  readonly place: Place;
  readonly state: RecordState;
  /** The rule that decided; null when the row was simply carried. */
  readonly rule: string | null;
}

/** A row that is the record itself, or a part of what it became. */
export interface TracedSource extends TracedRow {
  readonly values: readonly ExportedValue[];
  /** Texts of a message, with whether the package holds the same; null when it holds no such message. */
  readonly texts: readonly (TextDigest & { readonly equalsTarget: boolean | null })[];
}

/** A row that hangs on the record. */
export interface TracedHanging extends TracedRow {
  readonly relation: Relation;
  /** What it gives and to whom, such as `Member, principal 14`. */
  readonly meaning: string;
}

export interface TracedTarget {
  /** As in `room 5`. */
  readonly key: string;
  /** Document of the package, line and column. */
  readonly place: Place | null;
  readonly values: readonly TargetField[];
  readonly texts: readonly TextDigest[];
}

/** What became of one record, or where one came from. */
export interface Trace {
  readonly isFound: true;
  /** Where it was found; the other side is what it became or came from. */
  readonly foundIn: Side;
  readonly kind: RecordKind | 'message';
  /** `room 5 "Ops" (GUID)`, by the names of the side where it was found. */
  readonly label: string;
  /** The answer in one sentence. */
  readonly sentence: string;
  /** What the answer needs to be understood; whole sentences. */
  readonly remarks: readonly string[];
  readonly sources: readonly TracedSource[];
  readonly target: TracedTarget | null;
  /** What rules and checks said, the first 20 of each. */
  readonly findings: readonly FindingGroup[];
  /** The messages of a room, by the ledger. */
  readonly account: RoomAccount | null;
  readonly hanging: readonly TracedHanging[];
}

/** Nothing of that name on either side. */
export interface NoTrace {
  readonly isFound: false;
  readonly sentence: string;
  /** What was looked through, side by side. */
  readonly looked: Readonly<Record<Side, string>>;
  /** Labels of what may have been meant, nearest first. */
  readonly nearest: readonly string[];
}
