import { carriedRooms } from '../directory/draft.js';
import { labelNode } from '../directory/label.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # auditorium-without-presenter
 *
 * **Condition.** An auditorium (behavior 5) has no presenter, so that nobody may post in it.
 *
 * **Action.** It is carried as it is: its members read, nobody writes. It may have been so before, or its presenters
 * were disabled, federated or out of scope.
 *
 * **Option.** None.
 *
 * **Basis.** O: no rule is documented.
 *
 * **Severity.** warning
 *
 * **Remedy.** Name presenters in the source, or with Set-CsPersistentChatRoom after the import.
 *
 * **Example.** Auditorium 7 whose only presenter is a federated user -> auditorium 7 without presenters.
 */
export const auditoriumWithoutPresenter: DirectoryRule = {
  id: 'auditorium-without-presenter',
  severities: ['warning'],
  basis: ['O'],
  option: null,
  apply(draft, _options, voice) {
    for (const room of carriedRooms(draft)) {
      if (room.type !== 'Auditorium' || room.presenters.size > 0) continue;
      voice.say(room.source.place, {
        message: `Unexpected absence of presenters in auditorium ${labelNode(room)}, expected one at least; carried it so.`,
        seen: 'no presenter',
        expected: 'one presenter at least',
        did: 'carried it without one',
        remedy: 'Name presenters with Set-CsPersistentChatRoom after the import.',
      });
    }
  },
};
