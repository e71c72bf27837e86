import type { RoomChange, SettingChange } from '@chatferry/import';
import { type Access, missingFrom, type RoleHolders } from './access.js';
import { CATEGORY_FLAGS, roomFlag } from './category-flags.js';
import { carriedRooms, type DirectoryDraft, pathToRoot, type RoomDraft } from './draft.js';
import { quoteName } from './label.js';
import type { People } from './people.js';

/** Levels of a legacy path that reports show. */
const LEVELS_SHOWN = 8;
/** UTF-16 units of a name that stands as it is. */
const LONGEST_NAME = 80;
/** People whom a change of rights names on each side. */
const NAMES_SHOWN = 3;
/** What would be taken for the words around a name. */
const AMBIGUOUS = /[",;()\\]|^\s|\s$/;
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
 * The rooms of the package whose settings are not what they were, in the order of their ids, made one by one while they
 * are asked for, again for each who asks. Descriptions and topics are told by their lengths; managers, members and
 * presenters as they applied on both sides, by their numbers and the names of some who were lost or are new. Memory
 * held: none beside `access`.
 */
export function roomChanges(draft: DirectoryDraft, access: Access): Iterable<RoomChange> {
  return {
    *[Symbol.iterator]() {
      for (const room of carriedRooms(draft)) {
        const settings = [...changesOf(room, draft), ...rightsOf(room, access)];
        if (settings.length > 0) yield { guid: room.guid, name: room.name, settings };
      }
    },
  };
}

function changesOf(room: RoomDraft, draft: DirectoryDraft): SettingChange[] {
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
  ].flatMap(([setting, before, after, isChanged = before !== after]) =>
    isChanged ? [{ setting, before, after } as SettingChange] : [],
  );
}

function rightsOf(room: RoomDraft, { ofRoom, people }: Access): SettingChange[] {
  return ofRoom(room).flatMap((holders) => rightChange(holders, people) ?? []);
}

/** null when the same people hold the role. */
function rightChange({ after, before, role }: RoleHolders, people: People): SettingChange | null {
  const lost = missingFrom(before, after);
  const added = missingFrom(after, before);
  if (lost.length === 0 && added.length === 0) return null;
  const sides = [
    { sign: '\u2212', ids: lost, word: 'lost' },
    { sign: '+', ids: added, word: 'new' },
  ].filter(({ ids }) => ids.length > 0);
  const counts = sides.map(({ ids, sign }) => `${sign}${ids.length}`).join(' ');
  const names = sides.map(({ ids, word }) => `${namesOf(ids, people)} ${word}`).join('; ');
  return {
    setting: `${role[0]?.toUpperCase()}${role.slice(1)}s`,
    before: String(before.size),
    after: `${after.size} (${counts}: ${names})`,
  };
}

function namesOf(ids: readonly number[], { nameOf }: People): string {
  const shown = ids.slice(0, NAMES_SHOWN).map((id) => asOneName(nameOf(id)));
  const more = ids.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/**
 * So that nobody can be named like somebody else, or like two: a name that holds our punctuation stands in quotation
 * marks.
 */
function asOneName(name: string): string {
  if (!AMBIGUOUS.test(name) && name.length <= LONGEST_NAME) return name;
  return quoteName(name.replace(/["\\]/g, '\\$&'));
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
