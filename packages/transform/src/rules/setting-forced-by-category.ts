import type { CategoryDraft, EffectiveSettings, RoomDraft } from '../directory/draft.js';
import { resolveSettings, type Setting, storedSetting } from '../directory/effective-settings.js';
import { carriedNodes } from '../directory/final-names.js';
import { labelNode } from '../directory/label.js';
import type { DirectoryRule } from '../rule.js';

/** The settings that say something at such a node; whether rooms below may be created concerns categories alone. */
const MEANT: Readonly<Record<'category' | 'room', readonly Setting[]>> = {
  category: ['visibility', 'invite', 'logged', 'filePost', 'restrictChildCreate'],
  room: ['visibility', 'invite', 'logged', 'filePost'],
};

/**
 * # setting-forced-by-category
 *
 * **Condition.** An ancestor has inheritance = 1 (its children must take its settings) and a node below stores another
 * value.
 *
 * **Action.** The ancestor's value wins, as it did in Group Chat, where the stored one had no effect; of several such
 * ancestors the topmost. With `own` the stored value is written, which may change what people in the room can do.
 *
 * **Option.** `forcedSettings` (default `ancestor`): `ancestor` or `own`.
 *
 * **Basis.** L: SDK, ChildrenMustInheritProperties: the children's properties are read-only. O: what a contradicting
 * value that is stored nevertheless means.
 *
 * **Severity.** warning
 *
 * **Remedy.** Choose `own`, or set the value at the source.
 *
 * **Example.** Category 5 with inheritance 1 and logged 0, room 12 below with logged 1 -> 0
 */
export const settingForcedByCategory: DirectoryRule = {
  id: 'setting-forced-by-category',
  severities: ['warning'],
  basis: ['L', 'O'],
  option: 'forcedSettings',
  apply(draft, options, voice) {
    const resolved = resolveSettings(draft, 'ancestor');
    for (const node of carriedNodes(draft)) {
      const inForce = resolved.get(node);
      if (node.source === null || inForce === undefined || inForce.forcedBy === null) continue;
      const names = contradicting(node, inForce.values);
      if (names.length === 0) continue;
      const { source } = node;
      const seen = names.map((name) => `${name} ${Number(storedSetting(source, name))}`).join(', ');
      const expected = names.map((name) => `${name} ${Number(inForce.values[name])}`).join(', ');
      const did = options.forcedSettings === 'ancestor' ? `took ${expected}` : `kept ${seen}`;
      if (options.forcedSettings === 'ancestor') voice.changed(source);
      voice.say(source.place, {
        message: `Unexpected ${seen} of ${labelNode(node)}, expected ${expected} as forced by category ${inForce.forcedBy.id}; ${did}.`,
        seen,
        expected,
        did,
        remedy: 'Choose forcedSettings: own to keep stored values, or set the value at the source.',
      });
    }
  },
};

function contradicting(node: CategoryDraft | RoomDraft, values: Readonly<EffectiveSettings>): Setting[] {
  return MEANT[node.kind].filter((name) => {
    const stored = node.source === null ? null : storedSetting(node.source, name);
    return stored !== null && stored !== values[name];
  });
}
