import type { Check } from '../check.js';
import type { TargetCategory, TargetRoom } from '../target-record.js';

/**
 * # node-unique
 *
 * **Must hold.** No two categories or rooms share an id or a GUID: they are rows of one table.
 *
 * **Basis.** Database schema, tblNode: nodeID is the primary key, nodeGuid the key of tblFileToken and of room URIs.
 *
 * **Severity.** error
 *
 * **Remedy.** Find the two nodes in the source; one of them was added by hand or by a merge.
 *
 * **Memory.** One entry for each category and room.
 */
export const nodeUnique: Check = {
  id: 'node-unique',
  severities: ['error'],
  needs: [],
  sees: ['category', 'room'],
  overParts: true,
  begin: ({ directory }) => ({
    directory(say) {
      const byKey = new Map<string, TargetCategory | TargetRoom>();
      for (const node of [...directory.categories, ...directory.rooms]) {
        for (const key of [`id ${node.id}`, `GUID ${node.guid}`]) {
          const first = byKey.get(key);
          if (first === undefined) {
            byKey.set(key, node);
            continue;
          }
          say({
            place: directory.placeOf(node),
            message: `Unexpected ${node.kind} with the ${key}, expected it once; ${first.kind} ${first.id} has it`,
          });
        }
      }
    },
  }),
};
