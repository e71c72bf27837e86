import type { Directories } from './compare-directory.js';
import type { SourceRole } from './source-directory.js';

type IdsByNode = ReadonlyMap<number, ReadonlySet<number>>;

/**
 * Who had which right in the export: managers from the node up to the root; members up to the nearest node that starts its list anew;
 * presenters on the room alone; the scope of the definer, or of the nearest node that has one. A principal that was recorded twice is
 * the one with the lower id. Source: Lync Server 2010 Group Chat, "Node table" (TechNet GG615024) and role inheritance (GG398730).
 *
 * Memory: the ids of all rows once more.
 */
export class ExpectedRights {
  readonly #directories: Directories;
  readonly #same: ReadonlyMap<number, number>;
  readonly #rows = new Map<SourceRole, { readonly all: IdsByNode; readonly unlisted: IdsByNode }>();
  readonly #scopes: { readonly all: IdsByNode; readonly unlisted: IdsByNode };

  constructor(directories: Directories) {
    const { source, listed } = directories;
    this.#directories = directories;
    this.#same = source.sameAs(listed.remappedPrincipals);
    for (const role of ['member', 'manager', 'voiced'] as const) this.#rows.set(role, this.#rowsOf(role));
    const isListed = (node: number, id: number): boolean =>
      listed.lists('tblScopePrincipal', `scope of node ${node}: principal ${id}`);
    this.#scopes = {
      all: this.#ids([source.scopes], () => false),
      unlisted: this.#ids([source.scopes], isListed),
    };
  }

  /** The id under which somebody is in the package. */
  idOf(id: number): number {
    return this.#same.get(id) ?? id;
  }

  /** Sets of which one must hold whoever has the role on a node of the target. */
  origins(nodeId: number, role: SourceRole): ReadonlySet<number>[] {
    return this.#along(nodeId, role, 'all');
  }

  /** Who must have the role on a room by rows of the categories above it. */
  inherited(roomId: number, role: 'member' | 'manager'): ReadonlySet<number>[] {
    const own = this.#rows.get(role)?.unlisted.get(roomId);
    return this.#along(roomId, role, 'unlisted').filter((ids) => ids !== own);
  }

  /** Sets of which one must hold whoever is allowed in a category. */
  scope(categoryId: number): ReadonlySet<number>[] {
    const { source } = this.#directories;
    const path = source.upwards(categoryId);
    const definer = source.nodes.get(categoryId)?.scopeDefiner ?? null;
    return [this.#scopes.all, this.#scopes.unlisted].flatMap((scopes) => {
      const nearest = path.find((id) => scopes.has(id));
      const named = definer !== null && path.includes(definer) ? scopes.get(definer) : undefined;
      const inForce = named ?? (nearest === undefined ? undefined : scopes.get(nearest));
      return inForce === undefined ? [] : [inForce];
    });
  }

  #along(nodeId: number, role: SourceRole, which: 'all' | 'unlisted'): ReadonlySet<number>[] {
    const byNode = this.#rows.get(role)?.[which];
    return this.#path(nodeId, role).flatMap((id) => byNode?.get(id) ?? []);
  }

  #path(nodeId: number, role: SourceRole): readonly number[] {
    const { source } = this.#directories;
    const path = source.upwards(nodeId);
    if (role === 'voiced') return path.slice(0, 1);
    if (role === 'manager') return path;
    const cut = path.findIndex((id) => source.nodes.get(id)?.restartsMembers === true);
    return cut < 0 ? path : path.slice(0, cut + 1);
  }

  #rowsOf(role: SourceRole) {
    const { source, listed } = this.#directories;
    const types = [...source.rolesOf(role)];
    const isListed = (node: number, id: number): boolean =>
      types.some(({ type }) =>
        listed.lists('tblPrincipalRole', `role ${type} of principal ${id} on node ${node}`),
      );
    const tables = types.map(({ byNode }) => byNode);
    return { all: this.#ids(tables, () => false), unlisted: this.#ids(tables, isListed) };
  }

  #ids(tables: readonly IdsByNode[], isLeftOut: (node: number, id: number) => boolean): IdsByNode {
    const byNode = new Map<number, Set<number>>();
    for (const table of tables) {
      for (const [node, ids] of table) {
        for (const id of ids) {
          if (isLeftOut(node, id)) continue;
          const kept = byNode.get(node) ?? new Set();
          byNode.set(node, kept);
          kept.add(this.idOf(id));
        }
      }
    }
    return byNode;
  }
}
