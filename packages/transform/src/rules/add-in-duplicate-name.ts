import type { AddInDraft } from '../directory/draft.js';
import { labelRow } from '../directory/label.js';
import { nameKey } from '../directory/name-equality.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # add-in-duplicate-name
 *
 * **Condition.** Two add-ins have equal names (by simple Unicode case folding, trailing blanks ignored).
 *
 * **Action.** An error for each but the first (in export order); all are carried as they are, because the names are
 * what people see and the links work by GUID.
 *
 * **Option.** None.
 *
 * **Basis.** S: New-CsPersistentChatAddin: names are unique in a pool.
 *
 * **Severity.** error
 *
 * **Remedy.** Rename one of the add-ins at the source.
 *
 * **Example.** Add-ins `Tickets` and `tickets` -> error at the second
 */
export const addInDuplicateName: DirectoryRule = {
  id: 'add-in-duplicate-name',
  severities: ['error'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    const firsts = new Map<string, AddInDraft>();
    for (const addIn of draft.addIns.values()) {
      const key = nameKey(addIn.name);
      const first = firsts.get(key);
      if (first === undefined) {
        firsts.set(key, addIn);
        continue;
      }
      voice.say(addIn.source.place, {
        message: `Unexpected ${labelRow(addIn.source)} with the name of ${labelRow(first.source)}, expected a name of its own; left both as they are.`,
        seen: labelRow(first.source),
        expected: 'a name of its own',
        did: 'left both as they are',
        remedy: 'Rename one of the add-ins at the source.',
      });
    }
  },
};
