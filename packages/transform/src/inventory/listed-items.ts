import type { RunFailure } from '@chatferry/export';
import { quoteName } from '../directory/label.js';
import { damagedInventory, notAnInventory } from './inventory-failure.js';
import type { ListedRecord } from './listed-record.js';
import type { TargetItem, TargetRoom, TargetUser } from './target-inventory.js';

const GUID = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i;
const TRUTH: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** The category of a record. Throws `RunFailure` 'arguments' when it has no name. */
export function itemOf(record: ListedRecord): TargetItem {
  const identity = identityOf(record);
  const name = text(record, 'name') ?? text(record, 'identity.name') ?? withoutPool(identity);
  if (name === null) throw damagedInventory(record.place, 'item without a name', 'a Name');
  return { name, identity, place: record.place, mayHoldReplaced: false };
}

/** The room of a record. Throws `RunFailure` 'arguments' when it has no name. */
export function roomOf(record: ListedRecord): TargetRoom {
  const category = text(record, 'category') ?? text(record, 'category.name') ?? pathOf(record, 'category');
  return { ...itemOf(record), category: withoutPool(category) };
}

/** The user of a record. Throws `RunFailure` 'arguments' when nothing of it can be compared. */
export function userOf(record: ListedRecord): TargetUser {
  const { place } = record;
  const guid = text(record, 'guid') ?? text(record, 'objectguid');
  const address = text(record, 'sipaddress') ?? text(record, 'msrtcsip-primaryuseraddress');
  if (guid === null && address === null)
    throw damagedInventory(place, 'user without a key', 'a Guid or a SipAddress');
  const enabled = text(record, 'enabled');
  return {
    guid: guid === null ? null : guidOf(guid, record),
    sipUri: address === null ? null : sipUriOf(address),
    enabled: enabled === null ? null : truthOf(enabled, record),
    place,
  };
}

/** A SIP address as the inventory keys it: lower case, with its scheme. */
export function sipUriOf(address: string): string {
  const lower = address.trim().toLowerCase();
  return lower.startsWith('sip:') ? lower : `sip:${lower}`;
}

/** The failure for a record whose properties fit no kind. */
export function unknownRecord({ place, names }: ListedRecord): RunFailure {
  if (names.length === 0) return notAnInventory(place, 'object without properties');
  return notAnInventory(place, `properties ${names.map(quoteName).join(', ')}`);
}

function identityOf(record: ListedRecord): string | null {
  return text(record, 'identity') ?? pathOf(record, 'identity') ?? text(record, 'identity.name');
}

/** The first text within an object that reads `pool\name`. */
function pathOf(record: ListedRecord, outer: string): string | null {
  for (const [key, value] of record.properties) {
    if (key.startsWith(`${outer}.`) && value?.includes('\\') === true) return value;
  }
  return null;
}

function withoutPool(identity: string | null): string | null {
  return identity === null ? null : identity.slice(identity.lastIndexOf('\\') + 1);
}

/** A text that is there and not empty. */
function text(record: ListedRecord, name: string): string | null {
  return record.properties.get(name) || null;
}

function guidOf(value: string, { place }: ListedRecord): string {
  const guid = GUID.exec(value.trim())?.[1];
  if (guid === undefined)
    throw damagedInventory(place, `Guid ${quoteName(value)}`, '32 hex digits in five groups');
  return guid.toLowerCase();
}

function truthOf(value: string, { place }: ListedRecord): boolean {
  const truth = TRUTH.get(value.trim().toLowerCase());
  if (truth === undefined) throw damagedInventory(place, `Enabled ${quoteName(value)}`, 'True or False');
  return truth;
}
