import { RunFailure } from '@chatferry/export';
import type { DirectoryDraft, PrincipalDraft } from '../directory/draft.js';
import { domainSuffix, isInForest, likelyForestRoot } from '../directory/forest.js';
import { rightsText, settleRights } from '../directory/principal-rights.js';
import { labelPrincipal } from '../directory/principals.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # principal-foreign-forest
 *
 * **Condition.** The `DC=` end of a principal's prinADPath is neither the forest root nor a child domain of it.
 * Letter case does not matter. Principals that are disabled without rights already, and those without an AD path,
 * are not looked at.
 *
 * **Action.** The roles and scope entries are refused, and the principal becomes disabled so that its messages keep
 * their author. Persistent Chat finds people by the object GUID of its own forest: a principal of another one would be
 * nobody there.
 *
 * **Option.** `forest` (default: derived): the DN of the forest root. Without it, the root is the shortest `DC=` end of
 * two labels or more that occurs in the export and is the most frequent one or an ancestor of it. A forest of several
 * trees has more than one such root; name the one to keep.
 *
 * **Basis.** G: migration guide (TechNet JJ205264): both deployments must be in the same Active Directory forest.
 *
 * **Severity.** error
 *
 * **Remedy.** Name the right root in `forest`, or take the rights of these principals away in the source.
 *
 * **Example.** Most principals end in `DC=contoso,DC=example`; `CN=Bob,DC=fabrikam,DC=example` -> disabled author.
 */
export const principalForeignForest: DirectoryRule = {
  id: 'principal-foreign-forest',
  severities: ['error'],
  basis: ['G'],
  option: 'forest',
  apply(draft, options, voice) {
    const suffixes = suffixesByPrincipal(draft);
    const root = options.forest === null ? likelyForestRoot(suffixes.values()) : rootOfOption(options.forest);
    if (root === null) return;
    const foreign = [...suffixes].filter(
      ([principal, suffix]) =>
        !isInForest(suffix, root) && (principal.mayHoldRights || principal.disabled === 0),
    );
    const refused = settleRights(draft, new Set(foreign.map(([principal]) => principal.id)), voice.refused);
    for (const [principal, suffix] of foreign) {
      principal.disabled = principal.disabled === 0 ? 1 : principal.disabled;
      principal.mayHoldRights = false;
      voice.changed(principal.source);
      const did = `made it a disabled author, refused ${rightsText(refused.get(principal.id))}`;
      voice.say(principal.source.place, {
        message: `Unexpected forest ${suffix} of ${labelPrincipal(principal.source)}, expected ${root}; ${did}.`,
        seen: suffix,
        expected: `${root} or a child domain of it`,
        did,
        remedy: 'Name the forest root in the option forest, or take the rights away in the source.',
      });
    }
  },
};

function suffixesByPrincipal(draft: DirectoryDraft): ReadonlyMap<PrincipalDraft, string> {
  const suffixes = new Map<PrincipalDraft, string>();
  for (const principal of draft.principals.values()) {
    const suffix = principal.mergedInto === null ? domainSuffix(principal.source.prinADPath ?? '') : null;
    if (suffix !== null) suffixes.set(principal, suffix);
  }
  return suffixes;
}

function rootOfOption(forest: string): string {
  const root = domainSuffix(forest);
  if (root !== null) return root;
  throw new RunFailure(
    'plan-unusable',
    `The option forest is "${forest}", which does not end in DC= components.`,
    'Write the distinguished name of the forest root, such as DC=contoso,DC=example.',
  );
}
