import type { Check } from '../check.js';

/**
 * # room-without-category
 *
 * **Must hold.** Every room names exactly one category, and that category is in the package.
 *
 * **Basis.** A room directly below the root is illegal (SDK error NodeHierarchyViolation 8;
 * New-CsPersistentChatRoom requires a category).
 *
 * **Severity.** error
 *
 * **Remedy.** Carry the category too, or exclude the room.
 *
 * **Memory.** Nothing beyond the directory.
 */
export const roomWithoutCategory: Check = {
  id: 'room-without-category',
  severities: ['error'],
  needs: ['category'],
  sees: ['room'],
  begin: ({ directory }) => ({
    directory(say) {
      for (const room of directory.rooms) {
        if (directory.categoryById.has(room.categoryId)) continue;
        say({
          place: directory.placeOf(room),
          message: `Unexpected category ${room.categoryId} of room ${room.id}, expected a category of the package`,
        });
      }
    },
  }),
};
