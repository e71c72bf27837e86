import { rightsText, settleRights } from '../directory/principal-rights.js';
import { labelPrincipal, principalTypeMeaning } from '../directory/principals.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # principal-federated
 *
 * **Condition.** A principal is a federated user (type 7) or a federated group (type 11).
 *
 * **Action.** It becomes a disabled user or group. Its messages stay and keep their author. Its roles and scope
 * entries are left behind, because Persistent Chat has no federation: these people cannot enter the rooms any more.
 *
 * **Option.** None.
 *
 * **Basis.** G: migration guide, "Migration process details" (TechNet JJ205264): federated users are added as disabled
 * principals, their rooms and messages migrate, and they have no access.
 *
 * **Severity.** warning
 *
 * **Remedy.** Tell the partners concerned before the cutover. Nothing can be set in the target.
 *
 * **Example.** Federated user 12, member of room 7 -> disabled user 12, no roles.
 */
export const principalFederated: DirectoryRule = {
  id: 'principal-federated',
  severities: ['warning'],
  basis: ['G'],
  option: null,
  apply(draft, _options, voice) {
    const federated = [...draft.principals.values()].filter(
      (principal) =>
        principal.mergedInto === null &&
        principalTypeMeaning(principal.source.prinTypeID)?.federated === true,
    );
    const ids = new Set(federated.map((principal) => principal.id));
    const lost = settleRights(draft, ids, voice.excluded);
    for (const principal of federated) {
      principal.disabled = 1;
      principal.mayHoldRights = false;
      voice.changed(principal.source);
      const rights = rightsText(lost.get(principal.id));
      voice.say(principal.source.place, {
        message:
          `Unexpected federated ${labelPrincipal(principal.source)}, expected a principal of the own organisation; ` +
          `made it a disabled ${principal.principalKind}, left ${rights} behind.`,
        seen: `prinTypeID ${principal.source.prinTypeID}, ${rights}`,
        expected: 'a principal of the own organisation',
        did: `made it a disabled ${principal.principalKind}, left ${rights} behind`,
        remedy: 'Tell the partners concerned before the cutover; nothing can be set in the target.',
      });
    }
  },
};
