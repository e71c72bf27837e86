import type { TransformOptions } from '../options.js';
import type { Voice } from '../rule.js';
import { type CategoryDraft, type DirectoryDraft, isCarried, type RoleEntry } from './draft.js';
import { countOf, labelNode } from './label.js';
import { type Reach, roleReach } from './role-reach.js';

/**
 * Reports how far the entries of a role on each category reach, and takes those out that reach nothing: the
 * role row of an inherited entry is carried as long as it takes effect somewhere in the target.
 */
export function settleInheritedEntries(
  draft: DirectoryDraft,
  role: 'Member' | 'Manager',
  options: TransformOptions,
  voice: Voice,
): void {
  const reachOf = roleReach(draft, role, options);
  const onCategories = new Map<CategoryDraft, RoleEntry[]>();
  const kept: RoleEntry[] = [];
  for (const entry of draft.roles) {
    const category = entry.role === role ? draft.categories.get(entry.nodeId) : undefined;
    if (category !== undefined) {
      const entries = onCategories.get(category);
      if (entries === undefined) onCategories.set(category, [entry]);
      else entries.push(entry);
    }
    if (category === undefined || isEffective(reachOf(category.id))) kept.push(entry);
  }
  draft.roles = kept;
  for (const [category, entries] of onCategories) {
    const reach = reachOf(category.id);
    if (!isEffective(reach)) dropIdle(draft, category, entries, voice);
    sayReach({ category, role, entries: entries.length, reach }, draft, voice);
  }
}

function isEffective(reach: Reach): boolean {
  return reach.rooms > 0 || reach.creators > 0;
}

/** Entries of a category that stays behind share its fate. */
function dropIdle(
  draft: DirectoryDraft,
  category: CategoryDraft,
  entries: readonly RoleEntry[],
  voice: Voice,
): void {
  const fate = category.source === null ? null : draft.fates.of(category.source);
  for (const { row } of entries) {
    if (fate?.state === 'excluded' && fate.rule !== null) draft.fates.settle(row, 'excluded', fate.rule);
    else voice.excluded(row);
  }
}

interface Reached {
  readonly category: CategoryDraft;
  readonly role: string;
  readonly entries: number;
  readonly reach: Reach;
}

function sayReach({ category, role, entries, reach }: Reached, draft: DirectoryDraft, voice: Voice): void {
  const source = category.source;
  if (source === null || (!isEffective(reach) && !isCarried(draft, source))) return;
  const holders = countOf(entries, role.toLowerCase());
  const place =
    reach.rooms > 0
      ? `wrote them to ${countOf(reach.rooms, 'room')} below`
      : 'wrote them to no room, because none below takes them';
  const did = isEffective(reach) ? place : 'left them behind: no room or category of the package takes them';
  voice.say(source.place, {
    message: `Unexpected ${holders} of ${labelNode(category)}, expected them on rooms; ${did}.`,
    seen: holders,
    expected: `${role} entries on rooms only`,
    did,
  });
}
