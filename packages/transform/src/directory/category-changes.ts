import type { CategoryChange } from '@chatferry/import';
import { type CategoryDraft, type DirectoryDraft, isCarried, pathToRoot } from './draft.js';

/** Lowest levels of a legacy path that reports show; an ellipsis stands for those above. */
const LEVELS_SHOWN = 8;

/** Rooms that stood in no category, so that the rooms of all lines add up. */
const BELOW_ROOT = {
  legacyPath: ['(directly below the root)'],
  name: '(no category)',
  roomsWritten: 0,
} as const;

/**
 * The categories before and after, in the order of node ids, for the reports; last the rooms of none, if there are any.
 */
export function categoryChanges(draft: DirectoryDraft): CategoryChange[] {
  const rooms = [...draft.rooms.values()];
  const written = countBy(rooms.filter((room) => isCarried(draft, room.source)).map((room) => room.category));
  const read = countBy(rooms.map((room) => room.parent));
  const belowRoot = [...read].reduce(
    (sum, [parent, count]) => (parent === draft.root ? sum + count : sum),
    0,
  );
  const changes = [...draft.categories.values()]
    .filter((category) => category !== draft.root)
    .map((category) => ({
      legacyPath: category.source === null ? [] : legacyPath(category),
      name: category.source === null || isCarried(draft, category.source) ? category.name : null,
      roomsRead: read.get(category) ?? 0,
      roomsWritten: written.get(category) ?? 0,
    }));
  return belowRoot === 0 ? changes : [...changes, { ...BELOW_ROOT, roomsRead: belowRoot }];
}

function legacyPath(category: CategoryDraft): string[] {
  const nodes = pathToRoot(category).slice(0, -1);
  const names = nodes
    .slice(0, LEVELS_SHOWN)
    .map((node) => node.source?.nodeName ?? node.name)
    .reverse();
  return nodes.length > LEVELS_SHOWN ? ['\u2026', ...names] : names;
}

function countBy(categories: readonly CategoryDraft[]): Map<CategoryDraft, number> {
  const counts = new Map<CategoryDraft, number>();
  for (const category of categories) counts.set(category, (counts.get(category) ?? 0) + 1);
  return counts;
}
