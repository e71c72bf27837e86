import type { Finding, Place, Severity } from '@chatferry/export';
import type { LedgerDocument } from './ledger/ledger.js';
import type { PackageDirectory } from './read-package/package-directory.js';
import type { PackageLedger } from './read-package/package-ledger.js';
import type { PackageMessage } from './read-package/package-message.js';
import type { TargetRecord } from './target-record.js';

export type RecordKind = TargetRecord['kind'];

/**
 * What the reader of the package ran into.
 *
 * - `archive`: the ZIP itself. `syntax`: XML that is not well-formed.
 * - `layout`: a shape or coding that the layout does not have.
 * - `setting`, `principal`: a value outside the enumeration of a category or room, or of a principal.
 * - `nesting`: a category inside a category. `role`: a role that this kind of node cannot give.
 * - `forbidden`: a runtime table, or a character that XML 1.0 cannot hold.
 * - `seal`: the bag. `signature`: who signed it. `custody`, `custody-doubt`: the chain of custody. `mark`: the
 *   handoff's own verdict. `parts`: what the parts of a package are to each other.
 * - `source`, `source-doubt`: what the export contradicts.
 */
export type FaultKind =
  | 'archive'
  | 'syntax'
  | 'layout'
  | 'setting'
  | 'principal'
  | 'nesting'
  | 'role'
  | 'forbidden'
  | 'seal'
  | 'signature'
  | 'custody'
  | 'custody-doubt'
  | 'parts'
  | 'source'
  | 'source-doubt'
  | 'mark';

/** A fault met on the way to the records. One check gives it its id and severity. */
export interface ReadFault extends Omit<Finding, 'rule' | 'severity'> {
  readonly kind: FaultKind;
}

/** Takes faults as they arise. */
export type FaultReport = (fault: ReadFault) => void;

/** What a check says; the runner stamps id and severity. Grammar: *Unexpected X, expected Y; did Z.* */
export interface Said extends Omit<Finding, 'rule' | 'severity' | 'place'> {
  /** Default: the current message's place, else null. */
  readonly place?: Place | null;
  /** Only for a check that declares several severities; default is the first it declares. */
  readonly severity?: Severity;
}

export type Say = (said: Said) => void;

/** What checks may look at. */
export interface CheckContext {
  /** Filled while the package is read; whole when `directory` is called. */
  readonly directory: PackageDirectory;
  /** Counts and hashes of the messages read back so far. */
  readonly tallies: Pick<PackageLedger, 'messages' | 'tallies'>;
  /** Whether this is one part of a package, whose other parts are not at hand. */
  readonly isPart?: boolean;
  /** What the reading side wrote down; null when there is no ledger beside the package. */
  readonly ledger: LedgerDocument | null;
}

/** One check during one validation; its memory lives in the closure that makes it. */
export interface CheckSession {
  fault?(fault: ReadFault, say: Say): void;
  /** Once, when every directory record has been read and before the first message. */
  directory?(say: Say): void;
  /** For every message; keep nothing of it, its text is a view. */
  message?(message: PackageMessage, say: Say): void;
  /** Once, after the last message. */
  end?(say: Say): void;
}

/** One thing that must hold of a finished package. Knows no rule of the transform room and no writer. */
export interface Check {
  /** Names what must hold; equals the file name. */
  readonly id: string;
  /** What its findings mean; the first is the default. */
  readonly severities: readonly [Severity, ...Severity[]];
  /** Kinds of record that must have been read whole; without them only `fault` is called. */
  readonly needs: readonly RecordKind[];
  /**
   * What it looks at beyond that: when this was not read whole, it tells what it found, but not that all is well.
   * `documents`: every document to its end. Messages need not be named by a check that takes them one by one.
   */
  readonly sees?: readonly RecordKind[] | 'documents';
  /** Looks at all parts of a package together; the others look at each part alone. */
  readonly overParts?: true;
  begin(context: CheckContext): CheckSession;
}

/** A session that passes faults of `kind` on as findings. */
export function sayFaults(kind: FaultKind): CheckSession {
  return {
    fault(fault, say) {
      if (fault.kind !== kind) return;
      const { kind: _, ...said } = fault;
      say(said);
    },
  };
}

const SHOWN_UNITS = 80;

/** A name for a message: quoted, control characters escaped, at most 80 UTF-16 units of it. */
export function shown(name: string): string {
  const clipped = name.length > SHOWN_UNITS ? `${name.slice(0, SHOWN_UNITS).toWellFormed()}…` : name;
  return JSON.stringify(clipped);
}
