import type { ColumnDefect } from '@chatferry/export';
import type { MessageRule } from '../messages/message-rule.js';

/** Columns whose defects have a rule of their own. */
const OTHER_RULES: ReadonlySet<string> = new Set(['chatDate', 'content']);

/**
 * # message-column-undecodable
 *
 * **Condition.** A column of a message that may not be NULL (channelID, chatID, userId, isAlert) is missing,
 * or the text of a column does not decode to the column's type.
 *
 * **Action.** The message is refused, because its key, author or kind would be a guess. A chatDate that does
 * not decode is a matter of `message-date-unusable`, a missing content of `message-content-missing`. When
 * the channelID is unknown the ledger counts the message as unplaced, on channel 0.
 *
 * **Option.** None.
 *
 * **Basis.** S: Chat table (Lync Server 2010, gg615031): the columns are NOT NULL and have the types int,
 * bigint, int and bit.
 *
 * **Severity.** error
 *
 * **Remedy.** Export the table again; a column that was converted to text, rounded or cut is the usual
 * cause.
 *
 * **Example.** `userId="12.0"`: refused, *Unexpected userId "12.0", expected an int.*
 */
export const messageColumnUndecodable: MessageRule = {
  id: 'message-column-undecodable',
  severities: ['error'],
  basis: ['S'],
  option: null,
  begin(_context, voice) {
    return {
      ordinary: {},
      apply({ row }) {
        if (row.defects.length === 0) return undefined;
        const defects = row.defects.filter((defect) => !OTHER_RULES.has(defect.column));
        if (defects.length === 0) return undefined;
        const seen = defects.map(describe).join(', ');
        const expected = defects.map((defect) => defect.expected).join(', ');
        voice.say(row.place, {
          message: `Unexpected ${seen}, expected ${expected}; refused the message.`,
          seen,
          expected,
          did: 'refused the message',
          remedy: 'Export the table again with its columns unconverted; the README names the recipe.',
        });
        return 'refused';
      },
    };
  },
};

function describe({ column, seen }: ColumnDefect): string {
  return seen === null ? `${column} without a value` : `${column} "${seen}"`;
}
