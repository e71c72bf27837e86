import type { PrincipalRow } from '@chatferry/export';
import { listIds } from '../directory/label.js';
import { labelPrincipal } from '../directory/principals.js';
import type { DirectoryRule, Said } from '../rule.js';

const MAY_POST_FILES = 1n << 0n;
const ADMINISTERS_USERS = 1n << 1n;
const ADMINISTERS_ROOMS = 1n << 2n;

/**
 * # principal-right-lost
 *
 * **Condition.** A principal in use has rights of its own (prinUseInheritedPerms is not 1): prinAllowedPermSet allows
 * file posting (bit 0), user administration (bit 1) or chat room administration (bit 2). System principals and disabled
 * ones are not looked at; their rights open nothing to anybody.
 *
 * **Action.** The rights are dropped: Persistent Chat keeps none per principal. Administrators are named one by one;
 * those who may post files are listed in one finding, because the target decides file upload per category.
 *
 * **Option.** None.
 *
 * **Basis.** G: Lync Server 2013, page "New Persistent Chat Server features": these rights have no equivalent per user.
 * The bits are those of TechNet GG558667, "Principal Table".
 *
 * **Severity.** warning
 *
 * **Remedy.** Give chat room administrators the RBAC role CsPersistentChatAdministrator by Active Directory group.
 *
 * **Example.** Principal 12 with permission set 4 -> the same principal, and a line on the list of administrators.
 */
export const principalRightLost: DirectoryRule = {
  id: 'principal-right-lost',
  severities: ['warning'],
  basis: ['G'],
  option: null,
  apply(draft, _options, voice) {
    const posters: number[] = [];
    for (const { id, source, principalKind, disabled } of draft.principals.values()) {
      const rights = source.prinUseInheritedPerms === true ? 0n : (source.prinAllowedPermSet ?? 0n);
      if (disabled !== 0 || principalKind === 'system') continue;
      if ((rights & MAY_POST_FILES) !== 0n) posters.push(id);
      const administers = administeredBy(rights);
      if (administers !== null) voice.say(source.place, administratorSaid(source, administers));
      if (administers !== null || (rights & MAY_POST_FILES) !== 0n) voice.changed(source);
    }
    if (posters.length > 0) voice.say(null, postersSaid(posters));
  },
};

function administeredBy(rights: bigint): string | null {
  const areas = [
    ...((rights & ADMINISTERS_ROOMS) === 0n ? [] : ['chat rooms']),
    ...((rights & ADMINISTERS_USERS) === 0n ? [] : ['users']),
  ];
  return areas.length === 0 ? null : areas.join(' and ');
}

function administratorSaid(row: PrincipalRow, areas: string): Said {
  return {
    message: `Unexpected right of ${labelPrincipal(row)} to administer ${areas}, expected no rights on principals; dropped it.`,
    seen: `prinAllowedPermSet ${row.prinAllowedPermSet}`,
    expected: 'no rights on principals',
    did: 'dropped it',
    remedy: 'If it is still wanted, grant the RBAC role CsPersistentChatAdministrator.',
  };
}

function postersSaid(ids: readonly number[]): Said {
  return {
    message: `Unexpected right to post files of ${ids.length === 1 ? 'principal' : 'principals'} ${listIds(ids)}, expected file upload to be set on categories; dropped it.`,
    seen: `${ids.length} with the right to post files`,
    expected: 'file upload set on categories',
    did: 'dropped it',
    remedy: 'Check the file upload setting of the categories these principals use.',
  };
}
