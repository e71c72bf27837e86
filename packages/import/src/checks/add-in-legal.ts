import type { Check } from '../check.js';

const URL_UNITS = 255;

/**
 * # add-in-legal
 *
 * **Must hold.** Add-in ids are unique, and an add-in's URL is http or https with at most 255 UTF-16 units.
 *
 * **Basis.** Database schema, tblSiopWhiteList (siopID is the key, siopUrl nvarchar(255)); "Configure add-ins for
 * rooms".
 *
 * **Severity.** error
 *
 * **Remedy.** Correct the add-in at the source and export again, or register it by hand on the target.
 *
 * **Memory.** One entry for each add-in.
 */
export const addInLegal: Check = {
  id: 'add-in-legal',
  severities: ['error'],
  needs: [],
  sees: ['addIn'],
  begin: ({ directory }) => ({
    directory(say) {
      const seen = new Set<string>();
      for (const addIn of directory.addIns) {
        const place = directory.placeOf(addIn);
        if (seen.has(addIn.id)) say({ place, message: `Unexpected second add-in ${addIn.id}, expected one` });
        seen.add(addIn.id);
        if (!/^https?:\/\/[^/\s]/i.test(addIn.url)) {
          say({ place, message: `Unexpected URL of add-in ${addIn.id}, expected http or https` });
        } else if (addIn.url.length > URL_UNITS) {
          say({
            place,
            message: `Unexpected URL of ${addIn.url.length} UTF-16 units, expected at most ${URL_UNITS}`,
          });
        }
      }
    },
  }),
};
