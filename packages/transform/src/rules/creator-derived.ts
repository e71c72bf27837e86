import { type CategoryDraft, carriedCategories, type DirectoryDraft } from '../directory/draft.js';
import { inheritedLists, unionOf } from '../directory/inherited-lists.js';
import { countOf, labelNode } from '../directory/label.js';
import { makesCreators, membersMayCreate } from '../directory/role-reach.js';
import type { TransformOptions } from '../options.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # creator-derived
 *
 * **Condition.** A category has managers, or members who may create children: effective restrictChildCreate 1, which in
 * spite of its name *allows* creation. Both lists are the effective ones, from all categories above too.
 *
 * **Action.** They become its Creators, the list by which the target tells who may create rooms there. With
 * restrictChildCreate 0 only the managers do. A category that holds the rooms of the root is treated as the root was.
 *
 * **Option.** `creators` (default `legacy`, as told): `managers` takes the managers only, `none` nobody; rooms are then
 * created by administrators until Creators are set.
 *
 * **Basis.** L: CategoryMembersCanCreateChatRooms of the Group Chat SDK (GG421601): true = members and managers, false
 * = managers. O: that Creators are these people; the migration guide does not say.
 *
 * **Severity.** warning
 *
 * **Remedy.** Review the Creators of each category; large groups among them let many people create rooms.
 *
 * **Example.** Category 5, members {group 30}, manager 12, creation allowed -> Creators {12, group 30}.
 */
export const creatorDerived: DirectoryRule = {
  id: 'creator-derived',
  severities: ['warning'],
  basis: ['L', 'O'],
  option: 'creators',
  apply(draft, options, voice) {
    const candidates = candidatesOf(draft);
    for (const category of carriedCategories(draft)) {
      const { members, managers } = candidates(category);
      const fromMembers = makesCreators(category, 'Member', options) ? members : NOBODY;
      const fromManagers = makesCreators(category, 'Manager', options) ? managers : NOBODY;
      category.creators = unionOf(fromMembers, fromManagers);
      const allowed = membersMayCreate(category) ? unionOf(members, managers).size : managers.size;
      if (allowed === 0) continue;
      const seen = `${countOf(allowed, 'principal')} who may create rooms`;
      const did = didWith(category, options, allowed);
      voice.say(category.source?.place ?? null, {
        message: `Unexpected ${seen} in ${labelNode(category)} by legacy rights, expected Creators; ${did}.`,
        seen,
        expected: 'a list of Creators',
        did,
        remedy: 'Review the Creators of this category.',
      });
    }
  },
};

const NOBODY: ReadonlySet<number> = new Set();

function candidatesOf(draft: DirectoryDraft) {
  const members = inheritedLists(draft, 'Member');
  const managers = inheritedLists(draft, 'Manager');
  return (category: CategoryDraft) => ({
    members: members.ofCategory(category),
    managers: managers.ofCategory(category),
  });
}

function didWith(category: CategoryDraft, options: TransformOptions, allowed: number): string {
  if (options.creators === 'none') return 'made none of them a Creator';
  const made = category.creators.size;
  if (made === allowed) return `made ${countOf(made, 'Creator')}`;
  return made === 1 ? 'made 1 of them a Creator' : `made ${made} of them Creators`;
}
