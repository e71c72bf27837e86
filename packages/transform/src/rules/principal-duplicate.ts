import type { PrincipalRow } from '@chatferry/export';
import type { PrincipalDraft } from '../directory/draft.js';
import { markMergedRows, mergeable, mergeOnto } from '../directory/merge-principals.js';
import { nameKey } from '../directory/name-equality.js';
import { labelPrincipal } from '../directory/principals.js';
import type { DirectoryRule, Voice } from '../rule.js';

/**
 * # principal-duplicate
 *
 * **Condition.** One prinGuid or one prinUri (letter case does not matter) stands on two principals.
 *
 * **Action.** Same GUID and same type: it is one directory object that was recorded twice. The higher numbers are
 * merged onto the lowest prinID: that row is written, the others stay behind, and their roles, scope entries,
 * affiliations and messages are written under the lowest number (they count as changed). When any of them is active,
 * the merged principal is. The columns of the lowest number are kept; the server renews them from the directory by
 * GUID.
 * Same GUID but another type, an empty GUID (all zeros), or the same URI under another GUID: both are carried, and it
 * is an error, because two objects of the directory claim to be one.
 *
 * **Option.** None.
 *
 * **Basis.** O: no rule is documented. The GUID is the directory's object GUID and serves as alternate key (TechNet
 * GG558667); the documentation of Persistent Chat warns that duplicate names block changes of rooms.
 *
 * **Severity.** warning, error
 *
 * **Remedy.** Find out who is who in the directory, and correct or remove one of the rows in the source.
 *
 * **Example.** Principals 12 `sip:ann@old.example` and 30 `sip:ann@contoso.example`, one GUID -> principal 12.
 */
export const principalDuplicate: DirectoryRule = {
  id: 'principal-duplicate',
  severities: ['warning', 'error'],
  basis: ['O'],
  option: null,
  apply(draft, _options, voice) {
    const byGuid = new Map<string, PrincipalDraft>();
    const byUri = new Map<string, PrincipalDraft>();
    const merged = new Set<number>();
    for (const principal of draft.principals.values()) {
      if (principal.mergedInto !== null) continue;
      const first = firstOf(byGuid, principal.source.prinGuid, principal);
      if (first !== null && mergeable(first, principal)) {
        mergeOnto(first, principal, voice);
        merged.add(principal.id);
        sayMerged(first.source, principal.source, voice);
        continue;
      }
      const uri = nameKey(principal.uri);
      const sameUri = uri === '' ? null : firstOf(byUri, uri, principal);
      if (first !== null) sayBoth(first.source, principal.source, 'prinGuid', voice);
      else if (sameUri !== null) sayBoth(sameUri.source, principal.source, 'prinUri', voice);
    }
    markMergedRows(draft, merged, voice);
  },
};

/** The first principal that has the key, or null when this one is the first. */
function firstOf(
  known: Map<string, PrincipalDraft>,
  key: string,
  principal: PrincipalDraft,
): PrincipalDraft | null {
  const first = known.get(key);
  if (first === undefined) known.set(key, principal);
  return first ?? null;
}

function sayMerged(first: PrincipalRow, row: PrincipalRow, voice: Voice): void {
  const did = `merged it onto principal ${first.prinID}`;
  voice.say(row.place, {
    message: `Unexpected GUID of ${labelPrincipal(first)} on ${labelPrincipal(row)}, expected a GUID of its own; ${did}.`,
    seen: `prinGuid ${row.prinGuid} on ${first.prinID} and ${row.prinID}`,
    expected: 'one principal a prinGuid',
    did,
    remedy: 'Look whether both rows are the same person; if not, correct one of the rows in the source.',
  });
}

function sayBoth(first: PrincipalRow, row: PrincipalRow, column: 'prinGuid' | 'prinUri', voice: Voice): void {
  voice.say(row.place, {
    message: `Unexpected ${column} of ${labelPrincipal(first)} on ${labelPrincipal(row)}, expected its own; carried both.`,
    seen: `one ${column} on ${first.prinID} and ${row.prinID}`,
    expected: `one principal a ${column}`,
    did: 'carried both',
    remedy: 'Find out who is who in the directory, and correct or remove one of the rows.',
    severity: 'error',
  });
}
