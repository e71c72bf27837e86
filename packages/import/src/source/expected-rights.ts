import { type Directories, isActiveRow } from './compare-directory.js';
import { ROOT, type SourceRole } from './source-directory.js';

type IdsByNode = ReadonlyMap<number, ReadonlySet<number>>;

/** The principals of rows by node, under the ids of the package. */
interface Rows {
  readonly all: IdsByNode;
  /**
   * Those whom a list of the package must have, by active records; rows that are compared one by one are left out.
   */
  readonly due: IdsByNode;
}

/**
 * Who had which right in the export: managers from the node up to the root; members up to the nearest node that starts
 * its list anew; presenters on the room alone; the scope of the definer, or of the nearest node that has one. A
 * principal that was recorded twice is the one with the lower id. Source: Lync Server 2010 Group Chat, "Node table"
 * (TechNet GG615024) and role inheritance (GG398730).
 *
 * Memory: the ids of all rows once more, and a second time those of categories.
 */
export class ExpectedRights {
  readonly #directories: Directories;
  readonly #same: ReadonlyMap<number, number>;
  readonly #rows = new Map<SourceRole, Rows>();
  readonly #scopes: Rows & { readonly active: IdsByNode; readonly listed: IdsByNode };

  constructor(directories: Directories) {
    const { source, listed } = directories;
    this.#directories = directories;
    this.#same = source.sameAs(listed.remappedPrincipals);
    for (const role of ['member', 'manager', 'voiced'] as const) this.#rows.set(role, this.#rowsOf(role));
    const stateOf = (node: number, id: number) =>
      listed.stateOf('tblScopePrincipal', `scope of node ${node}: principal ${id}`);
    this.#scopes = {
      all: this.#ids([source.scopes], () => false),
      active: this.#ids([source.scopes], (_node, id) => !this.#isActive(id)),
      due: this.#ids([source.scopes], (node, id) => stateOf(node, id) === 'refused' || !this.#isActive(id)),
      listed: this.#ids(
        [source.scopes],
        (node, id) => (stateOf(node, id) ?? 'refused') === 'refused' || !this.#isActive(id),
      ),
    };
  }

  /** Whether this very record is: the rights of a disabled one are gone, even when the same person has another. */
  #isActive(id: number): boolean {
    const row = this.#directories.source.principals.get(id);
    return row !== undefined && isActiveRow(row);
  }

  /** The id under which somebody is in the package. */
  idOf(id: number): number {
    return this.#same.get(id) ?? id;
  }

  /** Sets of which one must hold whoever has the role on a node of the target. */
  origins(nodeId: number, role: SourceRole): ReadonlySet<number>[] {
    return this.#along(nodeId, role, 'all').filter(this.#withoutRoot(role, 'all'));
  }

  /** Without the managers of the root, where an option leaves them out. */
  #withoutRoot(role: SourceRole, which: keyof Rows): (ids: ReadonlySet<number>) => boolean {
    const { decisions } = this.#directories;
    const isRootLeftOut = role === 'manager' && decisions.options?.get('rootManagers') === 'drop';
    const ofRoot = isRootLeftOut ? this.#rows.get(role)?.[which].get(ROOT) : undefined;
    return (ids) => ids !== ofRoot;
  }

  /**
   * Who must have the role on a node of the target, unless they have left: whatever a ledger says of their rows, no
   * rule takes a right from an active principal where nothing was decided. Of a room's own rows only those that are
   * listed.
   */
  due(nodeId: number, role: SourceRole): ReadonlySet<number>[] {
    return this.#along(nodeId, role, 'due').filter(this.#withoutRoot(role, 'due'));
  }

  /** Sets of which one must hold whoever is allowed in a category. */
  scope(categoryId: number): ReadonlySet<number>[] {
    return [this.#scopes.all, this.#scopes.active].flatMap((scopes) => this.#inForce(categoryId, scopes));
  }

  /** Who must be allowed in a category, unless they have left. Of its own rows only those that are listed. */
  scopeDue(categoryId: number): ReadonlySet<number>[] {
    const inForce = this.#inForce(categoryId, this.#scopes.due);
    const own = this.#scopes.due.get(categoryId);
    return inForce.map((ids) => (ids === own ? (this.#scopes.listed.get(categoryId) ?? new Set()) : ids));
  }

  #inForce(categoryId: number, scopes: IdsByNode): ReadonlySet<number>[] {
    const { source } = this.#directories;
    const path = source.upwards(categoryId);
    const definer = source.nodes.get(categoryId)?.scopeDefiner ?? null;
    const nearest = path.find((id) => scopes.has(id));
    const named = definer !== null && path.includes(definer) ? scopes.get(definer) : undefined;
    const inForce = named ?? (nearest === undefined ? undefined : scopes.get(nearest));
    return inForce === undefined ? [] : [inForce];
  }

  #along(nodeId: number, role: SourceRole, which: keyof Rows): ReadonlySet<number>[] {
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

  #rowsOf(role: SourceRole): Rows {
    const { source, listed } = this.#directories;
    const types = [...source.rolesOf(role)];
    const tables = types.map(({ byNode }) => byNode);
    const stateOf = (node: number, id: number) => {
      for (const { type } of types) {
        const state = listed.stateOf('tblPrincipalRole', `role ${type} of principal ${id} on node ${node}`);
        if (state !== null) return state;
      }
      return null;
    };
    return {
      all: this.#ids(tables, () => false),
      due: this.#ids(tables, (node, id) => {
        const state = stateOf(node, id);
        if (state === 'refused' || !this.#isActive(id)) return true;
        return state === null && source.nodes.get(node)?.isRoom !== false;
      }),
    };
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
