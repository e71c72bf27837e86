import type { PlainRow } from './plain-rows.js';
import { smallNumber, wholeNumber } from './source-message.js';

/** A row of tblNode, as far as a category or room of the target must be like it. */
export interface SourceNode {
  readonly isRoom: boolean;
  readonly guid: string;
  readonly parentId: number | null;
  readonly name: string;
  readonly description: string;
  /** GUID of its add-in, or empty. */
  readonly siopId: string;
  readonly isDisabled: boolean;
  /** What the node has itself; null: it has that of the node above. Flags are 0 or 1. */
  readonly visibility: number | null;
  readonly behavior: number | null;
  readonly invite: number | null;
  readonly logged: number | null;
  readonly filePost: number | null;
  /** In spite of its name: 1 lets the members of a category create rooms in it, 0 only its managers. */
  readonly restrictChildCreate: number | null;
  /** Whether its list of members starts anew, without those from above. */
  readonly restartsMembers: boolean;
  /** The node whose scope is in force here (scopeDefinerId). */
  readonly scopeDefiner: number | null;
  /** Whether it forces its settings on what lies below (column `inheritance`). */
  readonly forces: boolean;
}

/** What a role row gives on its node. */
export type SourceRole = 'member' | 'manager' | 'voiced';

/** A row of tblPrincipal; texts that are NULL are empty. */
export interface SourcePrincipal {
  readonly guid: string;
  readonly typeId: number | null;
  readonly disabled: number | null;
  readonly texts: Readonly<Record<PrincipalText, string>>;
}

/** Columns of tblPrincipal by the field of the target that must be the same. */
export const PRINCIPAL_TEXTS = {
  uri: 'prinuri',
  name: 'prinname',
  displayName: 'prindisplayname',
  company: 'princompanyname',
  email: 'prinemail',
  adPath: 'prinadpath',
  userPrincipalName: 'prinaduserprincipalname',
} as const;

type PrincipalText = keyof typeof PRINCIPAL_TEXTS;

/** Ids of principals by node. */
type IdsByNode = Map<number, Set<number>>;

/**
 * What the second reader keeps of an export beside its messages: the first row of each key. Memory: all rows but
 * messages.
 */
export class SourceDirectory {
  /** Rows by physical table name. */
  readonly tables = new Map<string, number>();
  readonly nodes = new Map<number, SourceNode>();
  readonly principals = new Map<number, SourcePrincipal>();
  /** By GUID. */
  readonly addIns = new Map<string, { readonly name: string; readonly url: string }>();
  readonly #roleTypes = new Map<number, SourceRole | null>();
  /** By prinRoleTypeID, then by node. */
  readonly #roles = new Map<number, IdsByNode>();
  readonly scopes: IdsByNode = new Map();
  /** Groups by principal. */
  readonly affiliations: IdsByNode = new Map();
  /** By room. */
  readonly lastChatIds = new Map<number, bigint>();

  /** Takes a row of any table; nothing of a damaged one is believed but that it is there. */
  row({ table, columns, damage }: PlainRow): void {
    this.tables.set(table, (this.tables.get(table) ?? 0) + 1);
    if (damage !== null) return;
    const text = (column: string): string => columns.get(column) ?? '';
    const number = (column: string): number | null => smallNumber(columns.get(column) ?? null);
    switch (table) {
      case 'tblNode':
        keepFirst(this.nodes, number('nodeid'), {
          isRoom: bit(text('nodetype')) !== 1,
          guid: plainGuid(text('nodeguid')),
          parentId: number('parentid'),
          name: text('nodename'),
          description: text('nodedesc'),
          siopId: plainGuid(text('siopid')),
          isDisabled: bit(text('disabled')) === 1,
          visibility: number('visibility'),
          behavior: number('behavior'),
          invite: bit(text('invite')),
          logged: bit(text('logged')),
          filePost: bit(text('filepost')),
          restrictChildCreate: bit(text('restrictchildcreate')),
          restartsMembers: bit(text('overridemember')) === 1,
          scopeDefiner: number('scopedefinerid'),
          forces: bit(text('inheritance')) === 1,
        });
        break;
      case 'tblPrincipal':
        keepFirst(this.principals, number('prinid'), {
          guid: plainGuid(text('pringuid')),
          typeId: number('printypeid'),
          disabled: number('prindisabled'),
          texts: mapped(PRINCIPAL_TEXTS, text),
        });
        break;
      case 'tblSiopWhiteList':
        keepFirst(this.addIns, plainGuid(text('siopid')), { name: text('siopname'), url: text('siopurl') });
        break;
      case 'tblPrincipalRole': {
        const type = number('prinroletypeid');
        if (type === null) break;
        const byNode: IdsByNode = this.#roles.get(type) ?? new Map();
        this.#roles.set(type, byNode);
        addTo(byNode, number('prinrolenodeid'), number('prinroleprinid'));
        break;
      }
      case 'tblRoleType':
        keepFirst(this.#roleTypes, number('rtypeid'), roleOf(text('rtypedesc'), text('rtypeallowedpermset')));
        break;
      case 'tblScopePrincipal':
        addTo(this.scopes, number('scopenodeid'), number('scopeprinid'));
        break;
      case 'tblPrincipalAffiliations':
        addTo(this.affiliations, number('principalid'), number('affiliationid'));
        break;
      case 'tblLastChatId':
        keepFirst(this.lastChatIds, number('nodeid'), wholeNumber(text('lastchatid')) ?? 0n);
        break;
    }
  }

  /** The types of role rows that mean a role, with their principals by node. */
  *rolesOf(role: SourceRole): Generator<{ readonly type: number; readonly byNode: IdsByNode }> {
    for (const [type, byNode] of this.#roles) if (this.#roleTypes.get(type) === role) yield { type, byNode };
  }

  /** A node and those above it, the nearest first. A node that is not in the export is taken for one below the root. */
  upwards(nodeId: number): number[] {
    const path = new Set<number>();
    let at: number | null = this.nodes.has(nodeId) ? nodeId : ROOT;
    while (at !== null && !path.has(at) && path.size < DEEPEST) {
      path.add(at);
      at = this.nodes.get(at)?.parentId ?? null;
    }
    return [...path];
  }

  /**
   * The lowest id of those that are one object of the directory, by GUID and type, for each that has a lower one: the
   * server had recorded it twice. Principals of `apart` are left out.
   */
  sameAs(apart: ReadonlySet<number>): ReadonlyMap<number, number> {
    const lowest = new Map<string, number>();
    const same = new Map<number, number>();
    for (const [id, { guid, typeId }] of [...this.principals].sort(([one], [other]) => one - other)) {
      if (apart.has(id)) continue;
      const first = lowest.get(`${guid} ${typeId}`);
      if (first === undefined) lowest.set(`${guid} ${typeId}`, id);
      else same.set(id, first);
    }
    return same;
  }
}

/** Levels of a tree that was not made to keep a reader busy. */
const DEEPEST = 1000;
/** The root category of every database. */
export const ROOT = 1;

/** What the old server took where no node up to the root has a setting. 3: only those in the scope see a room. */
const DEFAULTS = { visibility: 3, invite: 0, logged: 1, filePost: 0, restrictChildCreate: 1 } as const;

/**
 * What may be in force of a setting at the first of some nodes, each below the next: what it has by itself or from
 * above, and what each node above that forces its settings has.
 */
export function inForce(nodes: readonly SourceNode[], setting: keyof typeof DEFAULTS): number[] {
  const forced: number[] = [];
  let value: number = DEFAULTS[setting];
  for (const node of nodes.toReversed()) {
    value = node[setting] ?? value;
    if (node.forces) forced.push(value);
  }
  return [value, ...forced];
}

function bit(text: string): number | null {
  const word = text.trim().toLowerCase();
  if (word === '1' || word === 'true') return 1;
  return word === '0' || word === 'false' ? 0 : null;
}

/** In lower case, without braces. */
function plainGuid(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/^\{(.*)\}$/, '$1');
}

/**
 * Bits of rtypeAllowedPermSet that tell the roles apart (Lync Server 2010, "RoleType table"), the first that is set.
 */
const ROLE_BITS: readonly (readonly [bit: bigint, role: SourceRole])[] = [
  [2n, 'manager'],
  [12n, 'voiced'],
  [8n, 'member'],
];

/**
 * By the description, else by the permissions; null when neither tells. The numbers of the types are not documented.
 */
function roleOf(description: string, permissions: string): SourceRole | null {
  const named = ROLE_BITS.find(([, role]) => role === description.trim().toLowerCase());
  const bits = wholeNumber(permissions) ?? 0n;
  return (named ?? ROLE_BITS.find(([bit]) => ((bits >> bit) & 1n) === 1n))?.[1] ?? null;
}

function keepFirst<K, V>(map: Map<K, V>, key: K | null, value: V): void {
  if (key !== null && !map.has(key)) map.set(key, value);
}

function addTo(map: IdsByNode, key: number | null, id: number | null): void {
  if (key === null || id === null) return;
  const ids = map.get(key);
  if (ids === undefined) map.set(key, new Set([id]));
  else ids.add(id);
}

function mapped<K extends string>(
  columns: Readonly<Record<K, string>>,
  text: (column: string) => string,
): Record<K, string> {
  const entries = Object.entries<string>(columns).map(([field, column]) => [field, text(column)]);
  return Object.fromEntries(entries) as Record<K, string>;
}
