import type { Place } from '@chatferry/export';
import type { Check } from '../check.js';
import { counted } from '../reports/wording.js';

interface MissingAuthor {
  readonly place: Place;
  messages: number;
}

/**
 * # message-author-resolves
 *
 * **Must hold.** The author of every message is a principal of the package (error), and a user or a system principal,
 * active or disabled (warning: groups do not write). Said once for each author, with the first place and the count.
 *
 * **Basis.** Database schema, tblChat.userId; no foreign key guards it, so that it must be a user
 * is our reading.
 *
 * **Severity.** error, warning
 *
 * **Remedy.** Map the author in principals.csv, or name a stand-in with the option `missingAuthors`.
 *
 * **Memory.** A place and a count for each author that does not resolve.
 */
export const messageAuthorResolves: Check = {
  id: 'message-author-resolves',
  severities: ['error', 'warning'],
  needs: ['principal'],
  begin: ({ directory }) => {
    const unresolved = new Map<number, MissingAuthor>();
    let resolved = Number.NaN;
    return {
      message(message) {
        const { userId } = message;
        if (userId === resolved) return;
        const kind = directory.principalById.get(userId)?.principalKind;
        if (kind === 'user' || kind === 'system') {
          resolved = userId;
          return;
        }
        const author = unresolved.get(userId);
        if (author === undefined) unresolved.set(userId, { place: message.place(), messages: 1 });
        else author.messages += 1;
      },
      end(say) {
        for (const [id, { place, messages }] of unresolved) {
          const kind = directory.principalById.get(id)?.principalKind;
          const message = `Unexpected author ${id} of ${counted(messages, 'message')}`;
          if (kind === undefined) say({ place, message: `${message}, expected a principal of the package` });
          else say({ place, message: `${message}, a ${kind}, expected a user`, severity: 'warning' });
        }
      },
    };
  },
};
