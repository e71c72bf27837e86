import { FirstMessage } from '../messages/first-message.js';
import type { MessageRule } from '../messages/message-rule.js';

/**
 * # message-id-duplicate
 *
 * **Condition.** A message has the channelID and chatID of a message before it.
 *
 * **Action.** When all columns are equal the second is excluded: the same row was exported twice. When any
 * differs, the second in file order is refused, because the target keeps one message for each key and a
 * choice would lose the other silently. Every further one is compared with the first. Texts are compared
 * decoded, so that two ways to write one text are equal.
 *
 * **Option.** None.
 *
 * **Basis.** S: Chat table (Lync Server 2010, gg615031): the primary key is (channelID, chatID); the same in
 * tblChat of the target.
 *
 * **Severity.** error; note when the rows are the same
 *
 * **Remedy.** Find out why the export holds the row twice: two overlapping exports in one folder are the
 * usual cause.
 *
 * **Example.** Message 40#7 stands in tblChat-1.xml and, word for word, in tblChat-2.xml: one is carried,
 * one excluded.
 */
export const messageIdDuplicate: MessageRule = {
  id: 'message-id-duplicate',
  severities: ['error', 'note'],
  basis: ['S'],
  option: null,
  begin(_context, voice) {
    const first = new FirstMessage();
    return {
      ordinary: {},
      apply({ row }) {
        if (!first.hasKeyOf(row)) {
          first.keep(row);
          return undefined;
        }
        const differences = first.differencesFrom(row);
        const seen = `second message ${row.chatID} in room ${row.channelID}`;
        if (differences.length === 0) {
          voice.say(row.place, {
            message: `Unexpected ${seen}, the same as the first, expected one; excluded the second.`,
            seen: `${seen}, the same as the first`,
            expected: 'one message for each channelID and chatID',
            did: 'excluded the second',
            severity: 'note',
          });
          return 'excluded';
        }
        voice.say(row.place, {
          message: `Unexpected ${seen}, different in ${differences.join(', ')}, expected one; refused the second.`,
          seen,
          expected: 'one message for each channelID and chatID',
          did: 'refused the second in file order',
          remedy: 'Find out which of the two the database holds and remove the other from the export.',
        });
        return 'refused';
      },
    };
  },
};
