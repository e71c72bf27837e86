import { isCarried } from '../directory/draft.js';
import { labelNode } from '../directory/label.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # add-in-on-category
 *
 * **Condition.** A category (the root included) has an add-in.
 *
 * **Action.** The link is ignored, because only rooms can have an add-in, in both generations; the rooms' own links
 * stay.
 *
 * **Option.** None.
 *
 * **Basis.** S: database schema, tblNode.siopID: rooms only.
 *
 * **Severity.** warning
 *
 * **Remedy.** Link the add-in to the rooms that should have it, at the source or after the import.
 *
 * **Example.** Category 7 with siopID 3f2504e0-… -> category without add-in
 */
export const addInOnCategory: DirectoryRule = {
  id: 'add-in-on-category',
  severities: ['warning'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    for (const category of draft.categories.values()) {
      const row = category.source;
      if (row === null || row.siopID === null || !isCarried(draft, row)) continue;
      voice.changed(row);
      voice.say(row.place, {
        message: `Unexpected add-in ${row.siopID} on ${labelNode(category)}, expected add-ins on rooms only; ignored the link.`,
        seen: `siopID ${row.siopID}`,
        expected: 'NULL',
        did: 'ignored the link',
        remedy: 'Link the add-in to the rooms that should have it, at the source or after the import.',
      });
    }
  },
};
