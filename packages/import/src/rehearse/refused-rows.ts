import type { TableRow } from './record-rows.js';
import type { FilledTable } from './target-tables.js';

/** Primary keys to which foreign keys lead. */
const KEYS: Readonly<Partial<Record<FilledTable, string>>> = {
  tblPrincipal: 'prinID',
  tblSiopWhiteList: 'siopID',
  tblNode: 'nodeID',
};

/** Foreign keys of the target (`TARGET_TABLES`), column by column. */
const REFERENCES: Readonly<Partial<Record<FilledTable, Readonly<Record<string, FilledTable>>>>> = {
  tblPrincipalAffiliations: { principalID: 'tblPrincipal', affiliationID: 'tblPrincipal' },
  tblNode: { parentID: 'tblNode', siopID: 'tblSiopWhiteList' },
  tblScopePrincipal: { scopeNodeID: 'tblNode', scopePrinID: 'tblPrincipal' },
  tblPrincipalRole: { prinRoleNodeID: 'tblNode', prinRolePrinID: 'tblPrincipal' },
  tblLastChatId: { nodeID: 'tblNode' },
};

/**
 * Rows that the rehearsal's database has refused, so that one fault stays one finding: a row that refers to a refused
 * one is refused with it, and says nothing new. Memory: the keys of refused principals, nodes and add-ins.
 */
export class RefusedRows {
  /** All of them, and those that only follow from another. */
  count = 0;
  followed = 0;
  readonly #keys = new Set<string>();

  /** Takes a refused row. True: it was refused for nothing but that it refers to an earlier one. */
  add({ table, values }: TableRow, refusal: string): boolean {
    const key = KEYS[table];
    const isFollowing = /FOREIGN KEY/i.test(refusal) && this.#refersTo(table, values);
    if (key !== undefined) this.#keys.add(`${table} ${values[key]}`);
    this.count += 1;
    if (isFollowing) this.followed += 1;
    return isFollowing;
  }

  #refersTo(table: FilledTable, values: TableRow['values']): boolean {
    return Object.entries(REFERENCES[table] ?? {}).some(([column, parent]) =>
      this.#keys.has(`${parent} ${values[column]}`),
    );
  }
}
