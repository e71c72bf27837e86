/** One CSV file of a plan. */
export interface PlanTable {
  readonly file: 'categories.csv' | 'rooms.csv' | 'principals.csv';
  /** In the order in which they are written; the first is the key. */
  readonly columns: readonly string[];
  readonly actions: readonly string[];
  /** The first row: which columns may be edited. No commas, semicolons or quotes, so that no dialect quotes it. */
  readonly comment: string;
}

const NOT_READ =
  'A reason decides nothing and is kept for the auditor. The other columns inform and are not read. Keep all rows and save as CSV UTF-8.';
const COUNTS = ['messages', 'textBytes', 'lastMessage'] as const;

/** Columns of free text, whose cells are protected from spreadsheets. */
export const TEXT_COLUMNS: ReadonlySet<string> = new Set([
  'legacyPath',
  'category',
  'presentName',
  'targetName',
  'newName',
  'presentUri',
  'newUri',
  'newDisplayName',
  'reason',
]);

export const CATEGORIES_TABLE = {
  file: 'categories.csv',
  columns: [
    'categoryGuid',
    'legacyPath',
    'presentName',
    'targetName',
    'action',
    'newName',
    'reason',
    'rooms',
    ...COUNTS,
  ],
  actions: ['keep', 'rename', 'exclude'],
  comment: `# Edit only action (keep: leave it to the rules - rename - exclude) and newName. ${NOT_READ}`,
} as const satisfies PlanTable;

export const ROOMS_TABLE = {
  file: 'rooms.csv',
  columns: [
    'roomGuid',
    'category',
    'presentName',
    'targetName',
    'action',
    'newName',
    'newCategory',
    'reason',
    ...COUNTS,
  ],
  actions: ['keep', 'rename', 'exclude', 'move'],
  comment: `# Edit only action (keep: leave it to the rules - rename - exclude - move) and newName and newCategory (a categoryGuid). ${NOT_READ}`,
} as const satisfies PlanTable;

export const PRINCIPALS_TABLE = {
  file: 'principals.csv',
  columns: [
    'prinID',
    'prinGuid',
    'presentUri',
    'presentName',
    'type',
    'action',
    'target',
    'newUri',
    'newDisplayName',
    'reason',
    ...COUNTS,
  ],
  actions: ['keep', 'map', 'merge', 'rename', 'drop-rights'],
  comment: `# Edit only action (keep: leave it to the rules - map - merge - rename - drop-rights) and target (prinGuid or prinID of another row) and newUri and newDisplayName. ${NOT_READ}`,
} as const satisfies PlanTable;

export const PLAN_DOCUMENT = 'plan.json';
