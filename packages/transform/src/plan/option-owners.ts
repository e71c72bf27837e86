import type { TransformOptions } from '../options.js';

/** Whose decision something is; reports print it beside each decision. */
export type Owner = 'Migration administrator' | 'Owner of access rights' | 'Owner of the records';

/**
 * Who may change which option. Our decision, because Microsoft names nobody: names and order are the administrator's;
 * who may see and do what is decided by whoever answers for access; which messages arrive, and in which words, by
 * whoever answers for the records.
 */
export const OPTION_OWNERS: { readonly [Name in keyof TransformOptions]: Owner } = {
  disabledPrincipals: 'Owner of access rights',
  forest: 'Owner of access rights',
  disabledRooms: 'Owner of the records',
  separator: 'Migration administrator',
  roomNames: 'Migration administrator',
  rootRoomsCategory: 'Migration administrator',
  emptyCategories: 'Migration administrator',
  longNames: 'Migration administrator',
  duplicateNames: 'Migration administrator',
  targetClashes: 'Migration administrator',
  missingUsers: 'Owner of access rights',
  topics: 'Owner of the records',
  forcedSettings: 'Owner of access rights',
  categorySettings: 'Owner of access rights',
  rootManagers: 'Owner of access rights',
  creators: 'Owner of access rights',
  outOfScope: 'Owner of access rights',
  missingAuthors: 'Owner of the records',
  forbiddenCharacters: 'Owner of the records',
  rtf: 'Owner of the records',
  since: 'Owner of the records',
  until: 'Owner of the records',
  asOf: 'Migration administrator',
};

/** Of the files of a plan. */
export const TABLE_OWNERS = {
  categories: 'Migration administrator',
  rooms: 'Owner of the records',
  principals: 'Owner of access rights',
} as const satisfies Readonly<Record<string, Owner>>;
