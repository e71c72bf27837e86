import type { PrincipalRow } from '@chatferry/export';
import type { PrincipalKind } from '@chatferry/import';
import type { DirectoryDraft, PrincipalDraft } from './draft.js';
import { quoteName } from './label.js';

/** What a legacy principal type becomes. */
export interface PrincipalTypeMeaning {
  readonly kind: PrincipalKind;
  readonly federated: boolean;
}

/** By ptypeID (TechNet GG558633, "PrincipalType Table"). 1 to 3 are generic and never stored; 6 was never used. */
const PRINCIPAL_TYPES: ReadonlyMap<number, PrincipalTypeMeaning> = new Map([
  [4, { kind: 'system', federated: false }],
  [5, { kind: 'user', federated: false }],
  [7, { kind: 'user', federated: true }],
  [8, { kind: 'domain', federated: false }],
  [9, { kind: 'group', federated: false }],
  [10, { kind: 'folder', federated: false }],
  [11, { kind: 'group', federated: true }],
]);

/** What the type means, or undefined for a number that no principal may have. */
export function principalTypeMeaning(prinTypeID: number): PrincipalTypeMeaning | undefined {
  return PRINCIPAL_TYPES.get(prinTypeID);
}

/** A draft of one row, with all its rights. An unknown type starts as a user until its rule refuses it. */
export function startPrincipal(row: PrincipalRow): PrincipalDraft {
  return {
    id: row.prinID,
    source: row,
    principalKind: principalTypeMeaning(row.prinTypeID)?.kind ?? 'user',
    uri: row.prinUri,
    displayName: row.prinDisplayName,
    disabled: row.prinDisabled === 0 || row.prinDisabled === 2 ? row.prinDisabled : 1,
    mayHoldRights: true,
    mergedInto: null,
  };
}

/** The principal that stands for `id` after merging; undefined when there is none or it was refused. */
export function principalInPlaceOf(draft: DirectoryDraft, id: number): PrincipalDraft | undefined {
  let principal = draft.principals.get(id);
  // Two steps at most: the plan's, then that of principal-duplicate.
  while (principal !== undefined && principal.mergedInto !== null) {
    principal = draft.principals.get(principal.mergedInto);
  }
  return principal;
}

/**
 * `principal 12 "Ann Example" (GUID)`: the display name, else the common name, else the URI (only users have names).
 */
export function labelPrincipal(row: PrincipalRow): string {
  const name = row.prinDisplayName || row.prinName || row.prinUri;
  return `principal ${row.prinID} ${quoteName(name)} (${row.prinGuid})`;
}
