import type { FaultReport } from '../check.js';
import type { TargetCategory, TargetRoom } from '../target-record.js';
import type { Directories } from './compare-directory.js';

/** Roles of rows, on the node or above it, from which a list of the target may come. */
const ORIGINS = {
  managers: ['manager'],
  // The target takes only members as presenters.
  members: ['member', 'voiced'],
  presenters: ['voiced'],
  creators: ['member', 'manager'],
} as const;

const REMEDY =
  'Look whether an option or the plan has given these rights (report.html, section on the decisions); if not, do not import.';

/**
 * Doubts rights that nobody had: whoever is on a list of a room or category must have a row of his own in the export, on that node
 * or above it, or stand for a principal that was merged into him. An upper bound only, because lists were inherited by rules that
 * are not known here; it holds whatever the ledger says. One finding for each list. Memory: nothing beyond both directories.
 */
export function doubtRights(directories: Directories, fault: FaultReport): void {
  const { target } = directories;
  for (const room of target.rooms) {
    for (const list of ['managers', 'members', 'presenters'] as const) {
      doubtList(directories, { node: room, list, ids: room[list], fault });
    }
  }
  for (const category of target.categories) {
    for (const list of ['creators', 'allowed', 'denied'] as const) {
      doubtList(directories, { node: category, list, ids: category[list], fault });
    }
  }
}

interface Doubted {
  readonly node: TargetRoom | TargetCategory;
  readonly list: keyof typeof ORIGINS | 'allowed' | 'denied';
  readonly ids: readonly number[];
  readonly fault: FaultReport;
}

function doubtList(directories: Directories, { node, list, ids, fault }: Doubted): void {
  if (ids.length === 0) return;
  const origins = originsOf(directories, node.id, list);
  const strangers = ids.filter((id) => !origins.some((origin) => origin.has(id)));
  const [first] = strangers;
  if (first === undefined || hasStandIn(directories, origins)) return;
  const others = strangers.length === 1 ? '' : `, the first of ${strangers.length} so`;
  fault({
    kind: 'source-doubt',
    place: null,
    message: `Unexpected principal ${first} among ${list} of ${node.kind} ${node.id}, expected a row in the export on that node or above it${others}`,
    remedy: REMEDY,
  });
}

function originsOf({ source }: Directories, nodeId: number, list: Doubted['list']): ReadonlySet<number>[] {
  // The old server had no such list.
  if (list === 'denied') return [];
  const tables =
    list === 'allowed'
      ? [source.scopes]
      : ORIGINS[list].flatMap((role) => [...source.rolesOf(role)].map(({ byNode }) => byNode));
  return source
    .upwards(nodeId)
    .flatMap((id) => tables.map((table) => table.get(id)))
    .filter((ids) => ids !== undefined);
}

/** Whether somebody who is not in the package any more had the right: it may have gone to whom he was merged into. */
function hasStandIn({ listed }: Directories, origins: readonly ReadonlySet<number>[]): boolean {
  return origins.some((ids) => [...ids].some((id) => listed.gonePrincipals.has(id)));
}
