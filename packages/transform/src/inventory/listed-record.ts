import type { Place } from '@chatferry/export';

/** One object of a JSON list, or one row of a CSV table: the properties that the inventory can use. */
export interface ListedRecord {
  readonly place: Place;
  /**
   * Text by lower-case property name, of objects within as `identity.name`. null stands for null, and for lists and
   * objects, of which only the presence counts.
   */
  readonly properties: ReadonlyMap<string, string | null>;
  /** The first property names as they stand, for messages. */
  readonly names: readonly string[];
}

/** Longest text kept, in UTF-16 units; no name or address of the target is as long. */
export const LONGEST_VALUE = 2048;
/** How many property names a message tells. */
const NAMES_TOLD = 8;

const KEPT: ReadonlySet<string> = new Set([
  'name',
  'identity',
  'category',
  'privacy',
  'type',
  'disabled',
  'invitations',
  'invites',
  'addin',
  'members',
  'managers',
  'presenters',
  'allowedmembers',
  'deniedmembers',
  'creators',
  'chathistory',
  'fileupload',
  'guid',
  'objectguid',
  'sipaddress',
  'msrtcsip-primaryuseraddress',
  'userprincipalname',
  'distinguishedname',
  'enabled',
]);
/** Properties that may be objects whose own texts matter. */
const KEPT_OBJECTS: ReadonlySet<string> = new Set(['identity', 'category']);
const MOST_INNER = 32;

/** Gathers one record; keeps no more than the inventory can use, whatever the file holds. */
export class RecordDraft {
  readonly #properties = new Map<string, string | null>();
  readonly #names: string[] = [];
  #inner = 0;

  /** Notes a property of the record; the first of two equal names counts. */
  set(name: string, value: string | null): void {
    if (this.#names.length < NAMES_TOLD) this.#names.push(name);
    this.#keep(name.toLowerCase(), value, KEPT);
  }

  /** Notes a text of an object that is itself a property. */
  setInner(outer: string, name: string, value: string): void {
    const key = outer.toLowerCase();
    if (!KEPT_OBJECTS.has(key) || this.#inner >= MOST_INNER) return;
    this.#inner += 1;
    this.#keep(`${key}.${name.toLowerCase()}`, value, null);
  }

  finish(place: Place): ListedRecord {
    return { place, properties: this.#properties, names: this.#names };
  }

  #keep(key: string, value: string | null, kept: ReadonlySet<string> | null): void {
    if ((kept?.has(key) ?? true) && !this.#properties.has(key)) {
      this.#properties.set(key, value?.slice(0, LONGEST_VALUE) ?? null);
    }
  }
}
