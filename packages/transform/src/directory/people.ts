import type { PrincipalRow } from '@chatferry/export';
import type { DirectoryDraft } from './draft.js';

/** Who a principal of the export is, whatever became of its row. */
export interface People {
  /**
   * The id by which a person is known: that of the principal it was merged onto. null when the export holds no such
   * principal.
   */
  idOf(principalId: number): number | null;
  /** Display name, else common name, else URI. */
  nameOf(id: number): string;
  uriOf(id: number): string;
}

/**
 * The principals of the export as people: merged ones are one, refused ones are still somebody. Who is only mapped by
 * the plan is not merged: the other one becomes the author of his messages, and his rights stay behind. Memory: one
 * entry for each refused principal.
 */
export function peopleOf(draft: DirectoryDraft): People {
  const refused = refusedPrincipals(draft);
  const idOf = (principalId: number): number | null => {
    let id = principalId;
    for (;;) {
      const principal = draft.principals.get(id);
      if (principal === undefined) return refused.has(id) ? id : null;
      if (principal.mergedInto === null || draft.decisions.principals.get(id)?.action === 'map') return id;
      id = principal.mergedInto;
    }
  };
  const uriOf = (id: number): string => draft.principals.get(id)?.uri ?? refused.get(id)?.prinUri ?? '';
  return {
    idOf,
    uriOf,
    nameOf(id) {
      const { displayName, source } = draft.principals.get(id) ?? {
        displayName: null,
        source: refused.get(id),
      };
      return displayName || source?.prinDisplayName || source?.prinName || uriOf(id) || `principal ${id}`;
    },
  };
}

/** Those whose number can be read and stands in no other row. */
function refusedPrincipals(draft: DirectoryDraft): ReadonlyMap<number, PrincipalRow> {
  const refused = new Map<number, PrincipalRow>();
  for (const row of draft.source.principals) {
    const hasId = !row.defects.some(({ column }) => column === 'prinID');
    if (hasId && !draft.principals.has(row.prinID) && !refused.has(row.prinID)) refused.set(row.prinID, row);
  }
  return refused;
}
