import type { Check } from '../check.js';
import type { Audit } from '../target-record.js';
import { LAST_TICK } from '../ticks.js';

/**
 * # audit-legal
 *
 * **Must hold.** Who made and who last changed a category or room is a principal of the package, and when is in ticks
 * (100 ns since 0001-01-01 UTC) of years 1 to 9999.
 *
 * **Basis.** Database schema, tblNode (nodeAddedBy, nodeAddedOn, nodeUpdatedBy, nodeUpdatedOn); .NET DateTime. No
 * foreign key is documented.
 *
 * **Severity.** warning
 *
 * **Remedy.** Nothing must be done: no room is lost, but a cmdlet that shows these columns may stumble over them.
 *
 * **Memory.** Nothing beyond the directory.
 */
export const auditLegal: Check = {
  id: 'audit-legal',
  severities: ['warning'],
  needs: ['principal'],
  sees: ['category', 'room'],
  begin: ({ directory }) => ({
    directory(say) {
      for (const node of [...directory.categories, ...directory.rooms]) {
        const place = directory.placeOf(node);
        for (const field of ['addedBy', 'updatedBy'] as const) {
          const id = node[field];
          if (id === null || directory.principalById.has(id)) continue;
          say({ place, message: `Unexpected ${field} ${id}, expected a principal of the package` });
        }
        for (const message of dateFaults(node)) say({ place, message });
      }
    },
  }),
};

function dateFaults(audit: Audit): string[] {
  return (['addedOn', 'updatedOn'] as const).flatMap((field) => {
    const ticks = audit[field];
    if (ticks === null || (ticks >= 0n && ticks <= LAST_TICK)) return [];
    return [`Unexpected ${field} of ${ticks} ticks, expected 0 to ${LAST_TICK}`];
  });
}
