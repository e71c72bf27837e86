import type { CategoryDraft, RoomDraft } from '../directory/draft.js';
import {
  type ResolvedSettings,
  resolveSettings,
  type Setting,
  storedSetting,
} from '../directory/effective-settings.js';
import { carriedNodes } from '../directory/final-names.js';
import { labelNode } from '../directory/label.js';
import type { DirectoryRule } from '../rule.js';

/** What a node must have for itself in the target; a room's invitations may go on being inherited. */
const NEEDED: Readonly<Record<'category' | 'room', readonly Setting[]>> = {
  category: ['invite', 'logged', 'filePost', 'restrictChildCreate'],
  room: ['visibility'],
};

/**
 * # setting-inherited
 *
 * **Condition.** A category stores NULL for invite, logged, filePost or restrictChildCreate, or a room for visibility.
 *
 * **Action.** The value in force is written: the first stored one on the way up to the root (of an ancestor that forces
 * its settings, see setting-forced-by-category, that ancestor's). When all are NULL: Closed, invitations off, history
 * on, upload off, creation allowed. Rooms keep a NULL invite as Inherit; their history and upload are the category's.
 *
 * **Option.** None.
 *
 * **Basis.** L: SDK, InheritedChatRoomProperty: the effective value is that of the nearest node that sets it. O: the
 * values when nobody sets one, the installation's and the target's defaults.
 *
 * **Severity.** note
 *
 * **Remedy.** None needed; check the values when the export lacks a whole column (column-not-exported).
 *
 * **Example.** Category 7 with logged NULL below category 5 with logged 1 -> history on, from node 5
 */
export const settingInherited: DirectoryRule = {
  id: 'setting-inherited',
  severities: ['note'],
  basis: ['L', 'O'],
  option: null,
  apply(draft, options, voice) {
    const resolved = resolveSettings(draft, options.forcedSettings);
    for (const [node, { values }] of resolved) node.settings = { ...values };
    for (const category of draft.categories.values()) adoptFlags(category);
    for (const node of carriedNodes(draft)) {
      const missing = inheritedSettings(node);
      if (node.source === null || missing.length === 0) continue;
      const did = missing.map((name) => origin(name, resolved.get(node) as ResolvedSettings)).join(', ');
      voice.changed(node.source);
      voice.say(node.source.place, {
        message: `Unexpected NULL in ${missing.join(', ')} of ${labelNode(node)}, expected a value; wrote ${did}.`,
        seen: 'NULL',
        expected: 'a value',
        did: `wrote ${did}`,
      });
    }
  },
};

function adoptFlags(category: CategoryDraft): void {
  category.invitations = category.settings?.invite === true;
  category.chatHistory = category.settings?.logged === true;
  category.fileUpload = category.settings?.filePost === true;
}

function inheritedSettings(node: CategoryDraft | RoomDraft): Setting[] {
  const { source } = node;
  return source === null ? [] : NEEDED[node.kind].filter((name) => storedSetting(source, name) === null);
}

function origin(name: Setting, { values, from }: ResolvedSettings): string {
  const source = from[name] === null ? 'the default' : `node ${from[name]}`;
  return `${name} ${Number(values[name])} from ${source}`;
}
