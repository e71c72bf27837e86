import { countFindings, type FindingGroup } from './finding-sink.js';

/** 0 ready to import, 1 finished but not ready, 2 could not finish. */
export type ExitCode = 0 | 1 | 2;

/** What is known about the layout of the package that was written or read. */
export interface LayoutConfirmation {
  /** Such as `pool-2013`. */
  readonly name: string;
  /** How many of the paths in use are only assumed. */
  readonly assumedPaths: number;
  /** SHA-256 (hex) of the target's own export from which the layout was calibrated; null for a shipped layout. */
  readonly reference: string | null;
}

/** What the verdict is derived from. */
export interface VerdictFacts {
  readonly findings: readonly FindingGroup[];
  /** Sentences of the ledger's sums that do not come out. */
  readonly imbalances: readonly string[];
  readonly layout: LayoutConfirmation;
  /** Whether the package was read back and checked; default true. */
  readonly isReadBack?: boolean;
  /** Why the run ended early; null when it finished. A `RunFailure` fits. */
  readonly failure: { readonly message: string } | null;
}

/** The result of a run: the process's exit code, and the first line of every report. */
export interface Verdict {
  readonly exitCode: ExitCode;
  readonly sentence: string;
}

/**
 * The one place where an exit code is decided. It looks at the balance as well as at the findings, because an
 * absence of errors does not prove that nothing was lost; and a package that nobody has read back is not ready.
 */
export function verdictOf(facts: VerdictFacts): Verdict {
  if (facts.failure !== null) {
    return { exitCode: 2, sentence: `Could not finish: ${facts.failure.message}` };
  }
  const errors = countFindings(facts.findings, 'error');
  const reasons = [
    ...(errors > 0 ? [`${errors} error finding${errors === 1 ? '' : 's'}`] : []),
    ...(facts.imbalances.length > 0 ? ['the ledger does not balance'] : []),
    ...(facts.isReadBack === false ? ['the package was not read back'] : []),
  ];
  if (reasons.length > 0) return { exitCode: 1, sentence: `NOT READY: ${reasons.join(', and ')}.` };
  const isAssumed = facts.layout.assumedPaths > 0;
  const sentence = isAssumed ? `Ready to import. ${layoutSentence(facts.layout)}` : 'Ready to import.';
  return { exitCode: 0, sentence };
}

/** Whether the layout is known to be the target's own, in a sentence; it stands on every report's first screen. */
export function layoutSentence(layout: LayoutConfirmation): string {
  if (layout.assumedPaths > 0) {
    return 'Layout not confirmed against your pool: rehearse with Import-CsPersistentChatData -WhatIf before the import.';
  }
  return layout.reference === null
    ? `Layout ${layout.name}: every path in use is published.`
    : `Layout confirmed against ${layout.reference}.`;
}
