import type { PackageDirectory, TargetDirectoryRecord } from '@chatferry/import';
import type { DiffRecord, FieldValue, NameLists } from './diff-record.js';

/** Lists of principals in a room or category, and the role that an entry of it gives. */
const ROLE_LISTS = { creators: 'creator', managers: 'manager', members: 'member', presenters: 'presenter' };
const SCOPE_LISTS = { allowed: 'allowed', denied: 'denied' };

/**
 * The directory of a package for comparison. Every entry of a list is a record of its own (`role`, `scope`,
 * `affiliation`), made when it is asked for.
 */
export function packageRecords(
  directory: PackageDirectory,
  lists: NameLists,
): Map<string, Iterable<DiffRecord>> {
  const plainRecord = (key: string, record: TargetDirectoryRecord): DiffRecord =>
    recordWithoutLists(key, record, lists);
  const { categories, rooms, principals, affiliations, addIns, lastChatIds } = directory;
  return new Map<string, Iterable<DiffRecord>>([
    ['category', each(() => categories.map((one) => plainRecord(`category ${one.id}`, one)))],
    ['room', each(() => rooms.map((one) => plainRecord(`room ${one.id}`, one)))],
    ['role', each(() => entriesOf([...categories, ...rooms], ROLE_LISTS, 'role'))],
    ['scope', each(() => entriesOf(categories, SCOPE_LISTS, 'scope'))],
    ['principal', each(() => principals.map((one) => plainRecord(`principal ${one.id}`, one)))],
    ['affiliation', each(() => affiliations.flatMap(affiliationRecords))],
    ['addIn', each(() => addIns.map((one) => plainRecord(`add-in ${one.id}`, one)))],
    [
      'lastChatId',
      each(() => lastChatIds.map((one) => plainRecord(`last chat id of room ${one.roomId}`, one))),
    ],
  ]);
}

function each(records: () => Iterable<DiffRecord>): Iterable<DiffRecord> {
  return { [Symbol.iterator]: () => records()[Symbol.iterator]() };
}

/** All fields but the lists. */
function recordWithoutLists(key: string, record: TargetDirectoryRecord, lists: NameLists): DiffRecord {
  const fields = Object.entries(record).filter(([name, value]) => name !== 'kind' && !Array.isArray(value));
  return {
    key,
    names: lists.of(fields.map(([name]) => name)),
    values: fields.map(([, value]) => plain(value)),
  };
}

function plain(value: unknown): FieldValue {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return value === null ? null : String(value);
}

type Node = PackageDirectory['categories'][number] | PackageDirectory['rooms'][number];

function* entriesOf(
  nodes: readonly Node[],
  lists: Readonly<Record<string, string>>,
  kind: string,
): Generator<DiffRecord> {
  const names = [kind, 'principalId', 'nodeId'];
  for (const node of nodes) {
    for (const [list, entry] of Object.entries(lists)) {
      const ids: unknown = Reflect.get(node, list);
      for (const id of Array.isArray(ids) ? ids : []) {
        const key = `${entry} ${id} of ${node.kind} ${node.id}`;
        yield { key, names, values: [entry, String(id), String(node.id)] };
      }
    }
  }
}

const NAMES_OF_GROUP: readonly string[] = ['principalId', 'groupId', 'index'];
const NAMES_OF_GROUPS: readonly string[] = ['principalId'];

/** One for the element itself, which may name no group, and one for each group. */
function affiliationRecords({
  principalId,
  groupIds,
}: PackageDirectory['affiliations'][number]): DiffRecord[] {
  const id = String(principalId);
  return [
    { key: `affiliations of principal ${id}`, names: NAMES_OF_GROUPS, values: [id] },
    ...groupIds.map((groupId, index) => ({
      key: `affiliation of principal ${id} to ${groupId}`,
      names: NAMES_OF_GROUP,
      values: [id, String(groupId), String(index)],
    })),
  ];
}
