import { shown } from '../check.js';
import type { TargetCategory, TargetRoom } from '../target-record.js';
import type { Directories } from './compare-directory.js';
import type { Doubt } from './decisions.js';
import { ExpectedRights } from './expected-rights.js';
import { inForce, type SourceDirectory, type SourceRole } from './source-directory.js';

/** Roles of rows from which a list of the target may come. */
const ORIGINS = {
  managers: ['manager'],
  // The target takes only members as presenters.
  members: ['member', 'voiced'],
  presenters: ['voiced'],
  creators: ['manager'],
} as const;

type List = keyof typeof ORIGINS | 'allowed' | 'denied';

/**
 * Who may enter, manage, present and create, against what the export says: nobody must be on a list who had no row
 * there or where the list was inherited from, and nobody be missing whom a row above gave the right. What single rows
 * say is compared by `compareDirectory`. It holds whatever the ledger lists, but for principals whom a plan has
 * replaced. One finding for each list. Memory: what `ExpectedRights` states.
 */
export function compareRights(directories: Directories, doubt: Doubt): void {
  const rights = new ExpectedRights(directories);
  const { target } = directories;
  for (const room of target.rooms) {
    for (const list of ['managers', 'members', 'presenters'] as const) {
      sayStrangers(directories, { rights, node: room, list, ids: room[list], doubt });
    }
    const missing = (list: 'managers' | 'members' | 'presenters', role: SourceRole): void =>
      sayMissing(directories, { node: room, list, ids: room[list], due: rights.due(room.id, role), doubt });
    missing('managers', 'manager');
    missing('members', 'member');
    if (room.type === 'Auditorium') missing('presenters', 'voiced');
  }
  for (const category of target.categories) {
    for (const list of ['creators', 'allowed', 'denied'] as const) {
      sayStrangers(directories, { rights, node: category, list, ids: category[list], doubt });
    }
    const missing = (list: 'allowed' | 'creators', due: readonly ReadonlySet<number>[]): void =>
      sayMissing(directories, { node: category, list, ids: category[list], due, doubt });
    missing('allowed', rights.scopeDue(category.id));
    missing('creators', dueCreators(directories, rights, category));
  }
}

interface Listed {
  readonly rights: ExpectedRights;
  readonly node: TargetRoom | TargetCategory;
  readonly list: List;
  readonly ids: readonly number[];
  readonly doubt: Doubt;
}

function sayStrangers(directories: Directories, { rights, node, list, ids, doubt }: Listed): void {
  if (ids.length === 0) return;
  const origins = originsOf(directories, rights, { nodeId: node.id, list });
  const strangers = ids.filter((id) => !origins.some((origin) => origin.has(id)));
  const [first] = strangers;
  if (first === undefined || strangers.length <= replaced(directories, origins)) return;
  const others = strangers.length === 1 ? '' : `, the first of ${strangers.length} so`;
  doubt(
    'list',
    `Unexpected ${person(directories, first)} among ${list} of ${node.kind} ${node.id} ${shown(node.name)}, expected a row in the export that gives it there or from above${others}`,
  );
}

function originsOf(
  { source, decisions }: Directories,
  rights: ExpectedRights,
  { nodeId, list }: { readonly nodeId: number; readonly list: List },
): ReadonlySet<number>[] {
  // The old server had no such list.
  if (list === 'denied') return [];
  if (list === 'allowed') return rights.scope(nodeId);
  const decided = list === 'creators' ? decisions.options?.get('creators') : undefined;
  if (decided === 'none') return [];
  const origins = ORIGINS[list].flatMap((role) => rights.origins(nodeId, role));
  const mayMembers =
    list === 'creators' && decided !== 'managers' && creationSettings(source, nodeId).includes(1);
  return mayMembers ? [...origins, ...rights.origins(nodeId, 'member')] : origins;
}

/** Whether members may create rooms in a category, by any setting that may be in force there. */
function creationSettings(source: SourceDirectory, nodeId: number): number[] {
  const nodes = source.upwards(nodeId).flatMap((id) => source.nodes.get(id) ?? []);
  return inForce(nodes, 'restrictChildCreate');
}

/** How many may have the right from somebody whom a plan has replaced: each was replaced by one. */
function replaced({ listed }: Directories, origins: readonly ReadonlySet<number>[]): number {
  const gone = origins.flatMap((ids) => [...ids].filter((id) => listed.remappedPrincipals.has(id)));
  return new Set(gone).size;
}

/**
 * Managers may create; members too where that is in force, whichever of the settings is; unless the option `creators`
 * decides.
 */
function dueCreators(
  { source, decisions }: Directories,
  rights: ExpectedRights,
  { id }: TargetCategory,
): ReadonlySet<number>[] {
  const decided = decisions.options?.get('creators');
  if (decided === 'none') return [];
  const doMembersCreate =
    decided !== 'managers' && creationSettings(source, id).every((value) => value === 1);
  return [...rights.due(id, 'manager'), ...(doMembersCreate ? rights.due(id, 'member') : [])];
}

interface Due extends Pick<Listed, 'node' | 'list' | 'ids' | 'doubt'> {
  readonly due: readonly ReadonlySet<number>[];
}

function sayMissing(directories: Directories, { node, list, ids: listed, due, doubt }: Due): void {
  const has = new Set(listed);
  const missing = new Set<number>();
  for (const ids of due) for (const id of ids) if (!has.has(id) && isActive(directories, id)) missing.add(id);
  const [first] = missing;
  if (first === undefined) return;
  const others = missing.size === 1 ? '' : `, the first of ${missing.size} so`;
  doubt(
    'list',
    `Unexpected absence of ${person(directories, first)} among ${list} of ${node.kind} ${node.id} ${shown(node.name)}, expected what a row in the export gives there or from above${others}`,
  );
}

/** Who is disabled in the package has no roles there; whether he may be is compared apart. */
function isActive({ target }: Directories, id: number): boolean {
  return target.principalById.get(id)?.disabled === 0;
}

function person({ target }: Directories, id: number): string {
  const principal = target.principalById.get(id);
  const name = principal?.displayName ?? principal?.name ?? principal?.uri;
  return name === undefined ? `principal ${id}` : `principal ${id} ${shown(name)}`;
}
