/**
 * Every decision the administrator may take, with the default that applies when nobody takes it. Names and
 * values are those of the plan file; the design's rules.md gives the reasons. Dates are ticks (100 ns since 0001-01-01
 * UTC).
 */
export interface TransformOptions {
  /** What becomes of roles and scope entries of disabled principals. */
  readonly disabledPrincipals: 'drop-roles' | 'keep-roles';
  /** DN of the forest root, such as `DC=contoso,DC=example`; null derives it from the export. */
  readonly forest: string | null;
  readonly disabledRooms: 'exclude' | 'carry';
  /** Joins the names of parents and child when categories are flattened. */
  readonly separator: string;
  readonly roomNames: 'prefix-nested' | 'prefix-on-conflict' | 'keep';
  /** Name of the category that receives the rooms found directly under the root. */
  readonly rootRoomsCategory: string;
  readonly emptyCategories: 'carry' | 'drop';
  readonly longNames: 'block' | 'shorten';
  readonly duplicateNames: 'block' | 'suffix';
  readonly targetClashes: 'block' | 'overwrite';
  /** What becomes of users with rights that the list of users from Active Directory does not show as active. */
  readonly missingUsers: 'keep' | 'disable';
  readonly topics: 'drop' | 'append';
  readonly forcedSettings: 'ancestor' | 'own';
  /** Chat history and file upload of a category: its own value, or on when any / all of its rooms have it on. */
  readonly categorySettings: 'own' | 'any' | 'all';
  readonly rootManagers: 'all-rooms' | 'drop';
  readonly creators: 'legacy' | 'managers' | 'none';
  readonly outOfScope: 'block' | 'drop' | 'widen-scope';
  /** Author for messages whose userId is no principal: `block` refuses them, a number is a principal id. */
  readonly missingAuthors: 'block' | number;
  readonly forbiddenCharacters: 'replace' | 'remove' | 'refuse';
  readonly rtf: 'carry' | 'drop';
  /** Messages before this instant stay behind; null for no limit. */
  readonly since: bigint | null;
  /** Messages at or after this instant stay behind; null for no limit. */
  readonly until: bigint | null;
  /** The export's date: later messages are suspect; null when unknown. */
  readonly asOf: bigint | null;
}

export const DEFAULT_OPTIONS: TransformOptions = {
  disabledPrincipals: 'drop-roles',
  forest: null,
  disabledRooms: 'exclude',
  separator: '_',
  roomNames: 'prefix-nested',
  rootRoomsCategory: 'General',
  emptyCategories: 'carry',
  longNames: 'block',
  duplicateNames: 'block',
  targetClashes: 'block',
  missingUsers: 'keep',
  topics: 'drop',
  forcedSettings: 'ancestor',
  categorySettings: 'own',
  rootManagers: 'all-rooms',
  creators: 'legacy',
  outOfScope: 'block',
  missingAuthors: 'block',
  forbiddenCharacters: 'replace',
  rtf: 'carry',
  since: null,
  until: null,
  asOf: null,
};
