import type { Voice } from '../rule.js';
import { type DirectoryDraft, isCarried, type PrincipalDraft } from './draft.js';

const NO_GUID = '00000000-0000-0000-0000-000000000000';

/** Whether two principals with one GUID are one directory object: a real GUID and the same type. */
export function mergeable(first: PrincipalDraft, second: PrincipalDraft): boolean {
  return first.source.prinGuid !== NO_GUID && first.source.prinTypeID === second.source.prinTypeID;
}

/**
 * Lets `first` stand for `second`. The merged principal is active, and may hold rights, when one of the two is and
 * may; what a rule took from the other's rows before stays taken.
 */
export function mergeOnto(first: PrincipalDraft, second: PrincipalDraft, voice: Voice): void {
  second.mergedInto = first.id;
  if (second.disabled === 0 && first.disabled !== 0) {
    first.disabled = 0;
    voice.changed(first.source);
  }
  first.mayHoldRights ||= second.mayHoldRights;
  voice.excluded(second.source);
}

/** Marks the rows that name a merged principal: they are written under the number that stands for it. */
export function markMergedRows(draft: DirectoryDraft, merged: ReadonlySet<number>, voice: Voice): void {
  if (merged.size === 0) return;
  const { principalRoles, scopePrincipals, principalAffiliations } = draft.source;
  for (const row of principalRoles) {
    if (merged.has(row.prinRolePrinID) && isCarried(draft, row)) voice.changed(row);
  }
  for (const row of scopePrincipals) {
    if (merged.has(row.scopePrinID) && isCarried(draft, row)) voice.changed(row);
  }
  for (const row of principalAffiliations) {
    const names = merged.has(row.principalID) || merged.has(row.affiliationID);
    if (names && isCarried(draft, row)) voice.changed(row);
  }
}
