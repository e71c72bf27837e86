import { type Directory, RunFailure } from '@chatferry/export';
import type { PackageDirectory } from '../read-package/package-directory.js';
import { visible } from '../reports/wording.js';
import type { NodeLeft } from './spool-exceptions.js';

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A room as the pages show it. */
export interface ViewedRoom {
  readonly id: number;
  readonly guid: string | null;
  readonly name: string;
  /** Where the export has it under another name; null also when nobody has read the export. */
  readonly nameInExport: string | null;
  readonly category: string | null;
  readonly isInPackage: boolean;
  /** Name of its folder: made of its GUID or id, never of its name. */
  readonly folder: string;
}

/** A name or GUID of `--room` that is no room's, as far as the package and the export tell. */
export class UnknownRoom extends RunFailure {
  readonly asked: string;

  constructor(asked: string) {
    super(
      'arguments',
      `--room ${visible(JSON.stringify(asked))} names no room.`,
      'Give the name exactly as the report shows it, or the GUID. A room that is only in the export needs --source, and so does the name that a room has there.',
    );
    this.asked = asked;
  }
}

/** The rooms and people of both sides. Memory held: one entry for each. */
export class ViewedRooms {
  readonly #byId = new Map<number, ViewedRoom>();
  readonly #byGuid = new Map<string, ViewedRoom>();
  readonly #folders = new Set<string>();
  readonly #authors = { package: new Map<number, string>(), export: new Map<number, string>() };
  readonly #left = new Map<number, NodeLeft>();
  #wanted: ReadonlySet<number> | null = null;

  constructor(directory: PackageDirectory, source: Pick<Directory, 'nodes' | 'principals'> | null) {
    const exported = new Map(source?.nodes.map(({ nodeID, nodeName }) => [nodeID, nodeName]));
    for (const room of directory.rooms) {
      const category = directory.categoryById.get(room.categoryId)?.name ?? null;
      const before = exported.get(room.id) ?? room.name;
      const nameInExport = before === room.name ? null : before;
      this.#add({ id: room.id, guid: room.guid, name: room.name, nameInExport, category, isInPackage: true });
    }
    for (const node of source?.nodes ?? []) {
      if (node.nodeType) continue;
      this.#add({
        id: node.nodeID,
        guid: node.nodeGuid,
        name: node.nodeName,
        nameInExport: null,
        category: null,
        isInPackage: false,
      });
    }
    for (const { id, displayName, name, uri } of directory.principals) {
      this.#author('package', id, displayName ?? name ?? uri);
    }
    for (const { prinID, prinDisplayName, prinName, prinUri } of source?.principals ?? []) {
      this.#author('export', prinID, prinDisplayName ?? prinName ?? prinUri);
    }
  }

  /**
   * Keeps those of these names, on either side, or GUIDs; all when there are none.
   * @throws UnknownRoom for one that names no room.
   */
  choose(asked: readonly string[]): void {
    if (asked.length === 0) return;
    const wanted = new Set<number>();
    for (const text of asked) {
      const found = [...this.#byId.values()].filter(
        ({ guid, name, nameInExport }) =>
          name === text || nameInExport === text || (guid !== null && guid === text.toLowerCase()),
      );
      if (found.length === 0) throw new UnknownRoom(text);
      for (const { id } of found) wanted.add(id);
    }
    this.#wanted = wanted;
  }

  /** The ledger knows of rooms that neither side describes. */
  readonly nodeLeft = (id: number, left: NodeLeft): void => {
    this.#left.set(id, left);
  };

  isWanted(id: number): boolean {
    return this.#wanted === null || this.#wanted.has(id);
  }

  /** Those that are wanted, ascending by id; `spooled` may name rooms that neither side describes. */
  list(spooled: Iterable<number>): readonly ViewedRoom[] {
    for (const id of spooled) {
      if (!this.#byId.has(id)) {
        const left = this.#left.get(id);
        const name =
          left === undefined
            ? `(no room has the id ${id})`
            : `(room ${id}, ${left.state === 'excluded' ? 'left behind' : left.state} by ${left.rule})`;
        this.#add({ id, guid: null, name, nameInExport: null, category: null, isInPackage: false });
      }
    }
    return [...this.#byId.values()].filter(({ id }) => this.isWanted(id)).sort((a, b) => a.id - b.id);
  }

  readonly nameOf = (guid: string): string => {
    const room = this.#byGuid.get(guid);
    return room === undefined ? 'no room that is known here' : `room ${room.name}`;
  };

  readonly authorOf = (message: { readonly side: 'package' | 'export'; readonly userId: number }): string =>
    this.#authors[message.side].get(message.userId) ?? `principal ${message.userId} (unknown)`;

  #add(room: Omit<ViewedRoom, 'folder'>): void {
    if (this.#byId.has(room.id)) return;
    const guid = room.guid !== null && GUID.test(room.guid.toLowerCase()) ? room.guid.toLowerCase() : null;
    const own = guid === null ? null : `room-${guid}`;
    const folder = own === null || this.#folders.has(own) ? `room-id-${room.id}` : own;
    const viewed = { ...room, guid, folder };
    this.#folders.add(folder);
    this.#byId.set(room.id, viewed);
    if (guid !== null && !this.#byGuid.has(guid)) this.#byGuid.set(guid, viewed);
  }

  #author(side: 'package' | 'export', id: number, name: string): void {
    const authors = this.#authors[side];
    if (!authors.has(id)) authors.set(id, `${name} (principal ${id})`);
  }
}
