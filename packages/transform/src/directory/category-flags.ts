import type { TransformOptions } from '../options.js';
import {
  type CategoryDraft,
  carriedCategories,
  carriedRooms,
  type DirectoryDraft,
  type RoomDraft,
} from './draft.js';

/** What the legacy set for each room and the target sets for a whole category. */
export const CATEGORY_FLAGS = [
  { setting: 'logged', flag: 'chatHistory', title: 'chat history' },
  { setting: 'filePost', flag: 'fileUpload', title: 'file upload' },
] as const;

export type CategoryFlag = (typeof CATEGORY_FLAGS)[number];

/** The flags of categories that their rooms would set otherwise: on when any, or when all, of the rooms have it on. */
export function flagsByRooms(
  draft: DirectoryDraft,
  mode: Exclude<TransformOptions['categorySettings'], 'own'>,
): { category: CategoryDraft; flag: CategoryFlag; value: boolean }[] {
  const roomsOf = new Map<CategoryDraft, RoomDraft[]>(
    carriedCategories(draft).map((category) => [category, []]),
  );
  for (const room of carriedRooms(draft)) roomsOf.get(room.category)?.push(room);
  return [...roomsOf]
    .filter(([, rooms]) => rooms.length > 0)
    .flatMap(([category, rooms]) =>
      CATEGORY_FLAGS.map((flag) => {
        const isOn = (room: RoomDraft) => roomFlag(room, flag);
        return { category, flag, value: mode === 'any' ? rooms.some(isOn) : rooms.every(isOn) };
      }),
    )
    .filter(({ category, flag, value }) => category[flag.flag] !== value);
}

/** The value in force at the room in the legacy; `setting-inherited` has run. */
export function roomFlag(room: RoomDraft, { setting }: CategoryFlag): boolean {
  return room.settings?.[setting] === true;
}
