import { type Check, sayFaults } from '../check.js';

/**
 * # setting-legal
 *
 * **Must hold.** A category's invitations, history and upload are on or off. A room's invitations are off or inherited,
 * never on; its type is Normal or Auditorium, its privacy Secret, Closed or Open; it has no history or upload setting
 * of its own.
 *
 * **Basis.** Database schema, tblNode (invite, logged, filePost, behavior, visibility) and
 * tblEnumValue.
 *
 * **Severity.** error
 *
 * **Remedy.** Write the package again; do not edit settings in it by hand.
 *
 * **Memory.** Nothing.
 */
export const settingLegal: Check = {
  id: 'setting-legal',
  severities: ['error'],
  needs: [],
  sees: ['category', 'room'],
  begin: () => sayFaults('setting'),
};
