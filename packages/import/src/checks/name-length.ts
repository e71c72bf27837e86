import { type Check, type Say, shown } from '../check.js';
import type { PackageDirectory } from '../read-package/package-directory.js';

const NAME_UNITS = 256;
const DESCRIPTION_UNITS = 256;
const ADD_IN_NAME_UNITS = 50;

/**
 * # name-length
 *
 * **Must hold.** Names and descriptions of categories and rooms have at most 256 UTF-16 units, the prefix of a
 * flattened category included; names of add-ins at most 50.
 *
 * **Basis.** Database schema, tblNode nvarchar(256) and tblSiopWhiteList nvarchar(50); migration
 * guide: longer names make the import fail.
 *
 * **Severity.** error
 *
 * **Remedy.** Give a shorter name in rooms.csv or categories.csv, or shorten it at the source.
 *
 * **Memory.** Nothing beyond the directory.
 */
export const nameLength: Check = {
  id: 'name-length',
  severities: ['error'],
  needs: [],
  sees: ['category', 'room', 'addIn'],
  begin: ({ directory }) => ({
    directory(say) {
      for (const node of [...directory.categories, ...directory.rooms]) {
        sayTooLong({ directory, say, record: node, what: 'name', text: node.name, limit: NAME_UNITS });
        const text = node.description;
        sayTooLong({ directory, say, record: node, what: 'description', text, limit: DESCRIPTION_UNITS });
      }
      for (const addIn of directory.addIns) {
        sayTooLong({
          directory,
          say,
          record: addIn,
          what: 'name',
          text: addIn.name,
          limit: ADD_IN_NAME_UNITS,
        });
      }
    },
  }),
};

interface Measured {
  readonly directory: PackageDirectory;
  readonly say: Say;
  readonly record:
    | PackageDirectory['categories'][number]
    | PackageDirectory['rooms'][number]
    | PackageDirectory['addIns'][number];
  readonly what: 'name' | 'description';
  readonly text: string;
  readonly limit: number;
}

function sayTooLong({ directory, say, record, what, text, limit }: Measured): void {
  if (text.length <= limit) return;
  say({
    place: directory.placeOf(record),
    message: `Unexpected ${what} of ${text.length} UTF-16 units, expected at most ${limit}`,
    seen: shown(text),
  });
}
