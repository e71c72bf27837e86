import { RunFailure } from '@chatferry/export';
import type { MessageRule } from '../messages/message-rule.js';

/**
 * # message-author-missing
 *
 * **Condition.** The userId of a message is no principal of the export, or one that a directory rule
 * refused.
 *
 * **Action.** The message is refused: nobody may be made the author of words that he did not write, unless
 * the plan says so. With a principal in the plan the message is carried under his name and counts as
 * changed.
 *
 * **Option.** `missingAuthors` (default `block`): `block` refuses such messages; a number is the prinID of a
 * carried principal who becomes their author.
 *
 * **Basis.** O: Chat table (Lync Server 2010, gg615031): userId is a Principal.prinID, but no foreign key is
 * documented and the guide has no rule for orphans.
 *
 * **Severity.** error; warning when the plan names a principal
 *
 * **Remedy.** Export tblPrincipal in full. When the principal is really gone, create one such as *Former
 * user* and name it in the plan.
 *
 * **Example.** userId 99 without a principal 99: refused. With `missingAuthors` 5: carried as written by
 * principal 5.
 */
export const messageAuthorMissing: MessageRule = {
  id: 'message-author-missing',
  severities: ['error', 'warning'],
  basis: ['O'],
  option: 'missingAuthors',
  begin({ options, authors }, voice) {
    const { missingAuthors } = options;
    const substitute = missingAuthors === 'block' ? null : (authors.get(missingAuthors) ?? null);
    if (missingAuthors !== 'block' && substitute === null) {
      throw new RunFailure(
        'plan-unusable',
        `The plan's missingAuthors names principal ${missingAuthors}, which is not carried.`,
        'Name the prinID of a principal that is carried, or "block".',
      );
    }
    return {
      ordinary: {},
      apply(message) {
        if (message.author !== null) return undefined;
        const { row } = message;
        const did =
          substitute === null ? 'refused the message' : `made principal ${substitute.id} its author`;
        voice.say(row.place, {
          message: `Unexpected userId ${row.userId}, expected a principal that is carried; ${did}.`,
          seen: `userId ${row.userId}`,
          expected: 'the prinID of a principal that is carried',
          did,
          remedy: 'Export tblPrincipal in full, or name a principal for such messages in the plan.',
          severity: substitute === null ? 'error' : 'warning',
        });
        if (substitute === null) return 'refused';
        message.author = substitute;
        return 'changed';
      },
    };
  },
};
