import type { NodeRow } from '@chatferry/export';
import type { TransformOptions } from '../options.js';
import { categoriesTopDown, inheritsFrom } from './category-order.js';
import type { CategoryDraft, DirectoryDraft, EffectiveSettings, RoomDraft } from './draft.js';

export type Setting = keyof EffectiveSettings;

/** What holds when a setting is NULL up to and including the root (rules.md, setting-inherited). 3 is Closed. */
const DEFAULTS: EffectiveSettings = {
  visibility: 3,
  invite: false,
  logged: true,
  filePost: false,
  restrictChildCreate: true,
};
/** Stands for a visibility that did not decode: a number without a meaning, never NULL. */
const UNKNOWN_VISIBILITY = 0;

/** The settings of one node after inheritance, and where each comes from. */
export interface ResolvedSettings {
  readonly values: Readonly<EffectiveSettings>;
  /** The node whose stored value it is; null for the default. */
  readonly from: Readonly<Record<Setting, number | null>>;
  /** The topmost ancestor with inheritance = 1, whose settings all nodes below must take; null when there is none. */
  readonly forcedBy: CategoryDraft | null;
}

/** A node's stored value; null is inherited. */
export function storedSetting<Name extends Setting>(
  row: NodeRow,
  name: Name,
): EffectiveSettings[Name] | null {
  if (name === 'visibility' && row.defects.some((defect) => defect.column === 'visibility')) {
    return UNKNOWN_VISIBILITY as EffectiveSettings[Name];
  }
  return row[name] as EffectiveSettings[Name] | null;
}

/**
 * The settings in force at every node of the draft: the first stored value on the way up to the root, unless an
 * ancestor has inheritance = 1 and the option says that the ancestor wins. A created category has the root's.
 * Linear in the number of nodes. Source: legacy-model 1.2 (InheritedChatRoomProperty, ChildrenMustInheritProperties).
 */
export function resolveSettings(
  draft: DirectoryDraft,
  forced: TransformOptions['forcedSettings'],
): ReadonlyMap<CategoryDraft | RoomDraft, ResolvedSettings> {
  const resolved = new Map<CategoryDraft | RoomDraft, ResolvedSettings>();
  const settle = (node: CategoryDraft | RoomDraft, parent: CategoryDraft | null): void => {
    const above = parent === null ? ABOVE_ROOT : (resolved.get(parent) as ResolvedSettings);
    const forcedBy = above.forcedBy ?? (parent?.source?.inheritance === true ? parent : null);
    const takesAll = node.source === null || (forcedBy !== null && forced === 'ancestor');
    resolved.set(node, takesAll ? { ...above, forcedBy } : { ...resolve(node, above), forcedBy });
  };
  for (const category of categoriesTopDown(draft)) settle(category, inheritsFrom(draft, category));
  for (const room of draft.rooms.values()) settle(room, room.parent);
  return resolved;
}

const ABOVE_ROOT: ResolvedSettings = {
  values: DEFAULTS,
  from: { visibility: null, invite: null, logged: null, filePost: null, restrictChildCreate: null },
  forcedBy: null,
};

function resolve(
  node: CategoryDraft | RoomDraft,
  above: ResolvedSettings,
): Pick<ResolvedSettings, 'values' | 'from'> {
  const row = node.source as NodeRow;
  const values = { ...above.values };
  const from = { ...above.from };
  const take = <Name extends Setting>(name: Name): void => {
    const stored = storedSetting(row, name);
    if (stored === null) return;
    values[name] = stored;
    from[name] = node.id;
  };
  take('visibility');
  take('invite');
  take('logged');
  take('filePost');
  take('restrictChildCreate');
  return { values, from };
}
