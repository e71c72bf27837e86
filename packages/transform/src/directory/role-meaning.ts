import type { RoleTypeRow } from '@chatferry/export';
import type { LegacyRole } from './draft.js';

/** The role that a type stands for, and what told so. */
export interface RoleMeaning {
  readonly role: LegacyRole;
  readonly by: 'name' | 'permissions';
}

const BY_NAME: ReadonlyMap<string, LegacyRole> = new Map([
  ['member', 'Member'],
  ['manager', 'Manager'],
  ['voiced', 'Voiced'],
]);

/** Bit positions of rtypeAllowedPermSet that tell the roles apart (TechNet GG558623): the first that is set decides. */
const BY_BIT: readonly (readonly [bigint, LegacyRole])[] = [
  [1n << 2n, 'Manager'], // manage nodes
  [1n << 12n, 'Voiced'], // chat in an auditorium
  [1n << 8n, 'Member'], // chat in a room
];

/** What a row of tblRoleType means, by its name, else by its permission bits; null when neither tells. */
export function roleMeaning(type: RoleTypeRow): RoleMeaning | null {
  const named = BY_NAME.get((type.rtypeDesc ?? '').trim().toLowerCase());
  if (named !== undefined) return { role: named, by: 'name' };
  const permissions = type.rtypeAllowedPermSet ?? 0n;
  const allowed = BY_BIT.find(([bit]) => (permissions & bit) !== 0n);
  return allowed === undefined ? null : { role: allowed[1], by: 'permissions' };
}
