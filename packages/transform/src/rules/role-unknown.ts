import type { PrincipalRoleRow, RoleTypeRow } from '@chatferry/export';
import { type DirectoryDraft, isCarried, type LegacyRole } from '../directory/draft.js';
import { countOf, quoteName } from '../directory/label.js';
import { principalInPlaceOf } from '../directory/principals.js';
import { roleMeaning } from '../directory/role-meaning.js';
import { type RowTally, tally } from '../directory/row-tally.js';
import type { DirectoryRule, Voice } from '../rule.js';

/**
 * # role-unknown
 *
 * **Condition.** A role row's prinRoleTypeID is not in tblRoleType, or that type is not called Member, Manager or
 * Voiced.
 *
 * **Action.** A type of another name is taken by its permission bits (note): bit 2, manage nodes: Manager; else bit 12,
 * chat in an auditorium: Voiced; else bit 8, chat in a room: Member. When the type is missing or the bits do not tell,
 * its role rows are refused, for a right that we cannot name must not be granted.
 *
 * **Option.** None.
 *
 * **Basis.** S: the three roles and their permission bits (TechNet GG558623, "RoleType Table"); their numbers are not
 * documented, so the names decide.
 *
 * **Severity.** error (one for each role type), note
 *
 * **Remedy.** Export tblRoleType along with tblPrincipalRole.
 *
 * **Example.** Role type 9, not in tblRoleType, on 120 rows -> 120 rows refused, one finding.
 */
export const roleUnknown: DirectoryRule = {
  id: 'role-unknown',
  severities: ['error', 'note'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    const roles = knownRoles(draft, voice);
    const unknown = new Map<number, RowTally<PrincipalRoleRow>>();
    for (const row of draft.source.principalRoles) {
      if (!isCarried(draft, row)) continue;
      const role = roles.get(row.prinRoleTypeID);
      if (role === undefined) {
        voice.refused(row);
        tally(unknown, row.prinRoleTypeID, row);
        continue;
      }
      const principalId = principalInPlaceOf(draft, row.prinRolePrinID)?.id ?? row.prinRolePrinID;
      draft.roles.push({ row, nodeId: row.prinRoleNodeID, principalId, role });
    }
    for (const [type, { first, rows }] of unknown) {
      const did = `refused ${countOf(rows, 'role')}`;
      voice.say(first.place, {
        message: `Unexpected role type ${type}, expected Member, Manager or Voiced; ${did}.`,
        seen: `role type ${type}`,
        expected: 'Member, Manager or Voiced',
        did,
        remedy: 'Export tblRoleType along with tblPrincipalRole.',
      });
    }
  },
};

function knownRoles(draft: DirectoryDraft, voice: Voice): ReadonlyMap<number, LegacyRole> {
  const roles = new Map<number, LegacyRole>();
  for (const type of draft.source.roleTypes) {
    if (!isCarried(draft, type) || roles.has(type.rtypeID)) continue;
    const meaning = roleMeaning(type);
    if (meaning === null) continue;
    roles.set(type.rtypeID, meaning.role);
    if (meaning.by === 'permissions') sayByPermissions(type, meaning.role, voice);
  }
  return roles;
}

function sayByPermissions(type: RoleTypeRow, role: LegacyRole, voice: Voice): void {
  const name = type.rtypeDesc === null ? 'missing name' : `name ${quoteName(type.rtypeDesc)}`;
  voice.say(type.place, {
    message: `Unexpected ${name} of role type ${type.rtypeID}, expected Member, Manager or Voiced; took it as ${role} by its permissions.`,
    seen: `${name}, rtypeAllowedPermSet ${type.rtypeAllowedPermSet}`,
    expected: 'Member, Manager or Voiced',
    did: `took it as ${role} by its permissions`,
    severity: 'note',
  });
}
