import type { RoomChange, SettingChange } from '@chatferry/import';
import { CATEGORY_FLAGS, roomFlag } from './category-flags.js';
import { carriedRooms, type DirectoryDraft, pathToRoot, type RoomDraft } from './draft.js';
import { quoteName } from './label.js';
import { roleMeaning } from './role-meaning.js';

/** Levels of a legacy path that reports show. */
const LEVELS_SHOWN = 8;
/** What the numbers in tblNode mean, in the words of Group Chat. */
const VISIBILITY_WORDS: ReadonlyMap<number, string> = new Map([
  [2, 'private'],
  [3, 'scope'],
  [6, 'open'],
]);
const VISIBILITY_OF_PRIVACY = { Secret: 'private', Closed: 'scope', Open: 'open' } as const;
const BEHAVIOR_WORDS: ReadonlyMap<number, string> = new Map([
  [4, 'Normal'],
  [5, 'Auditorium'],
]);

/**
 * The rooms of the package whose settings are not what they were, in the order of their ids, made one by one while they are asked for,
 * again for each who asks. Descriptions and topics are told by their lengths. Memory held: how many explicit roles each room had.
 */
export function roomChanges(draft: DirectoryDraft): Iterable<RoomChange> {
  return {
    *[Symbol.iterator]() {
      const roles = explicitRoles(draft);
      for (const room of carriedRooms(draft)) {
        const settings = changesOf(room, draft, roles.get(room.id) ?? NO_ROLES);
        if (settings.length > 0) yield { guid: room.guid, name: room.name, settings };
      }
    },
  };
}

type Roles = Record<'members' | 'managers' | 'presenters', number>;

const NO_ROLES: Readonly<Roles> = { members: 0, managers: 0, presenters: 0 };
const ROLE_FIELDS = { Member: 'members', Manager: 'managers', Voiced: 'presenters' } as const;

/** As the export has them, whatever became of them. */
function explicitRoles(draft: DirectoryDraft): ReadonlyMap<number, Roles> {
  const meanings = new Map(draft.source.roleTypes.map((row) => [row.rtypeID, roleMeaning(row)?.role]));
  const roles = new Map<number, Roles>();
  for (const row of draft.source.principalRoles) {
    const role = meanings.get(row.prinRoleTypeID);
    if (role === undefined) continue;
    const field = ROLE_FIELDS[role];
    let counts = roles.get(row.prinRoleNodeID);
    if (counts === undefined) {
      counts = { ...NO_ROLES };
      roles.set(row.prinRoleNodeID, counts);
    }
    counts[field] += 1;
  }
  return roles;
}

function changesOf(room: RoomDraft, draft: DirectoryDraft, roles: Readonly<Roles>): SettingChange[] {
  const { source } = room;
  return [
    ['Name', withBlanks(source.nodeName), withBlanks(room.name)],
    ['Category', legacyPath(room), withBlanks(room.category.name)],
    [
      'Description',
      lengthOf(source.nodeDesc),
      lengthOf(room.description),
      (source.nodeDesc ?? '') !== room.description,
    ],
    ['Topic', lengthOf(source.topic), 'none'],
    [
      'Privacy',
      visibilityWord(room),
      room.privacy,
      visibilityWord(room) !== VISIBILITY_OF_PRIVACY[room.privacy],
    ],
    ['Type', BEHAVIOR_WORDS.get(source.behavior) ?? `behavior ${source.behavior}`, room.type],
    ['Invitations', inviteWord(source.invite), room.invitations === 'Inherit' ? 'inherited' : 'off'],
    ['Disabled', yesNo(source.disabled), yesNo(room.disabled)],
    ['Add-in', addInName(source.siopID, draft), addInName(room.addInId, draft)],
    ...CATEGORY_FLAGS.map(
      (flag) =>
        [
          `${flag.title[0]?.toUpperCase()}${flag.title.slice(1)}`,
          onOff(roomFlag(room, flag)),
          onOff(room.category[flag.flag]),
        ] as const,
    ),
    ...(['managers', 'members', 'presenters'] as const).map(
      (role) =>
        [`${role[0]?.toUpperCase()}${role.slice(1)}`, String(roles[role]), String(room[role].size)] as const,
    ),
  ].flatMap(([setting, before, after, isChanged = before !== after]) =>
    isChanged ? [{ setting, before, after } as SettingChange] : [],
  );
}

/** From below the root down to the category; what is deeper than eight levels begins with an ellipsis. */
function legacyPath(room: RoomDraft): string {
  const names = pathToRoot(room.parent)
    .slice(0, -1)
    .map((node) => node.source?.nodeName ?? node.name);
  if (names.length === 0) return 'the root';
  const shown = names.slice(0, LEVELS_SHOWN).map(withBlanks).reverse();
  return [...(names.length > LEVELS_SHOWN ? ['…'] : []), ...shown].join(' › ');
}

/** In quotation marks when blanks stand at its ends, where nobody would see them. */
function withBlanks(name: string): string {
  return name === name.trim() ? name : `"${name}"`;
}

/** In force, its own or inherited. Another word for the same setting is no change. */
function visibilityWord({ settings, source }: RoomDraft): string {
  const visibility = settings?.visibility ?? source.visibility;
  return visibility === null ? 'none' : (VISIBILITY_WORDS.get(visibility) ?? `visibility ${visibility}`);
}

function inviteWord(invite: boolean | null): string {
  if (invite === null) return 'inherited';
  return onOff(invite);
}

function addInName(id: string | null, draft: DirectoryDraft): string {
  if (id === null) return 'none';
  const name = draft.addIns.get(id)?.name;
  return name === undefined ? id : quoteName(name);
}

function lengthOf(text: string | null): string {
  return text === null || text === '' ? 'none' : `${text.length} UTF-16 units`;
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

function onOff(value: boolean): string {
  return value ? 'on' : 'off';
}
