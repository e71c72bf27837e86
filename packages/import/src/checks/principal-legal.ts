import { type Check, sayFaults } from '../check.js';
import { domainOf } from '../distinguished-name.js';
import type { TargetPrincipal } from '../target-record.js';

const TEXT_UNITS = 256;
const PATH_UNITS = 384;

/**
 * # principal-legal
 *
 * **Must hold.** A principal is a user, group, folder, domain or system principal and active, disabled or deleted; its
 * URI is not blank; URI and names have at most 256 UTF-16 units, the AD path at most 384. Only users have a display
 * name, company, email or user principal name, a user's URI is `sip:` and an address, and only system principals and
 * principals that are not active lack an AD path that names a domain (warnings, because the schema pages describe it,
 * no more).
 *
 * **Basis.** Database schema, tblPrincipal and tblPrincipalType.
 *
 * **Severity.** error, warning
 *
 * **Remedy.** Correct the principal in Active Directory and let the server synchronise, or map it in principals.csv.
 *
 * **Memory.** Nothing beyond the directory.
 */
export const principalLegal: Check = {
  id: 'principal-legal',
  severities: ['error', 'warning'],
  needs: [],
  sees: ['principal'],
  begin: ({ directory }) => ({
    ...sayFaults('principal'),
    directory(say) {
      for (const principal of directory.principals) {
        const place = directory.placeOf(principal);
        for (const message of mustFaults(principal)) say({ place, message });
        for (const message of shouldFaults(principal)) say({ place, message, severity: 'warning' });
      }
    },
  }),
};

function mustFaults(principal: TargetPrincipal): string[] {
  const faults = principal.uri.trim() === '' ? ['Unexpected empty URI, expected one'] : [];
  for (const field of ['uri', 'name', 'displayName', 'company', 'email', 'userPrincipalName'] as const) {
    const units = principal[field]?.length ?? 0;
    if (units > TEXT_UNITS) faults.push(tooLong(field, units, TEXT_UNITS));
  }
  const units = principal.adPath?.length ?? 0;
  if (units > PATH_UNITS) faults.push(tooLong('adPath', units, PATH_UNITS));
  return faults;
}

function shouldFaults(principal: TargetPrincipal): string[] {
  const { principalKind, uri, adPath, disabled, id } = principal;
  const faults: string[] = [];
  const isUser = principalKind === 'user';
  if (isUser && uri.trim() !== '' && !/^sip:\S/i.test(uri)) {
    faults.push(`Unexpected URI of user ${id}, expected sip: and an address`);
  }
  if (!isUser && principalKind !== 'system') {
    for (const field of ['displayName', 'company', 'email', 'userPrincipalName'] as const) {
      if (principal[field] !== null)
        faults.push(`Unexpected ${field} of ${principalKind} ${id}, expected none`);
    }
  }
  // A path that is too long has its own finding.
  const namesDomain = adPath !== null && (adPath.length > PATH_UNITS || domainOf(adPath) !== null);
  if (principalKind !== 'system' && disabled === 0 && !namesDomain) {
    faults.push(`Unexpected ${principalKind} ${id} without an AD path that names a domain`);
  }
  return faults;
}

function tooLong(field: string, units: number, limit: number): string {
  return `Unexpected ${field} of ${units} UTF-16 units, expected at most ${limit}`;
}
