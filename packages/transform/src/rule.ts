import type { DirectoryRow, Place, Severity } from '@chatferry/export';
import type { DirectoryDraft } from './directory/draft.js';
import type { TransformOptions } from './options.js';

/**
 * Why a rule may do what it does. G: Microsoft's migration guide. S: database schema, SDK or cmdlet pages.
 * L: legacy semantics. O: our decision, because nothing is documented.
 */
export type Basis = 'G' | 'S' | 'L' | 'O';

/**
 * What a rule says about a record; the runner stamps rule id and severity. Grammar: *Unexpected X, expected Y; did Z.*
 */
export interface Said {
  readonly message: string;
  readonly seen?: string;
  readonly expected?: string;
  readonly did?: string;
  readonly remedy?: string;
  /** Only for a rule that declares several severities; default is the first it declares. */
  readonly severity?: Severity;
}

/** The only way by which a directory rule reports and decides. */
export interface Voice {
  /** Reports at the row's place, or about the whole export when `place` is null. */
  say(place: Place | null, said: Said): void;
  /** The row lives on with altered content. */
  changed(row: DirectoryRow): void;
  /** The row stays behind because the plan (or a default of it) says so. */
  excluded(row: DirectoryRow): void;
  /** The row cannot be carried. */
  refused(row: DirectoryRow): void;
}

interface RuleFacts {
  /** Names the condition, not the action; equals the file name. */
  readonly id: string;
  /** What this rule's findings mean; the first is the default. */
  readonly severities: readonly [Severity, ...Severity[]];
  readonly basis: readonly [Basis, ...Basis[]];
  /** The plan option that this rule reads, if any. */
  readonly option: keyof TransformOptions | null;
}

/**
 * Runs once over the whole directory, in the order of `rules/index.ts`. Touches the draft and its voice, nothing else.
 */
export interface DirectoryRule extends RuleFacts {
  apply(draft: DirectoryDraft, options: TransformOptions, voice: Voice): void;
}
