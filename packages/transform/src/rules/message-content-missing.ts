import type { MessageRule } from '../messages/message-rule.js';

/**
 * # message-content-missing
 *
 * **Condition.** The column content of a message is absent, or does not decode.
 *
 * **Action.** The message is refused: an empty text in its place would be an invention. An empty content is
 * a text and is carried.
 *
 * **Option.** None.
 *
 * **Basis.** S: Chat table (Lync Server 2010, gg615031): content is nvarchar(max) NOT NULL; the same in
 * tblChat of the target.
 *
 * **Severity.** error
 *
 * **Remedy.** Export the table again with the column content.
 *
 * **Example.** `<tblChat channelID="40" chatID="7" …/>` without content: refused. `content=""`: carried.
 */
export const messageContentMissing: MessageRule = {
  id: 'message-content-missing',
  severities: ['error'],
  basis: ['S'],
  option: null,
  begin(_context, voice) {
    return {
      ordinary: {},
      apply({ row }) {
        if (row.content !== null) return undefined;
        const defect = row.defects.find(({ column }) => column === 'content');
        const isUnreadable = defect !== undefined && defect.seen !== null;
        const seen = isUnreadable ? 'content that does not decode' : 'message without content';
        voice.say(row.place, {
          message: `Unexpected ${seen}, expected text, be it empty; refused the message.`,
          seen,
          expected: isUnreadable ? defect.expected : 'content that is not NULL',
          did: 'refused the message',
          remedy: 'Look the message up in the database, and export the table again with the column content.',
        });
        return 'refused';
      },
    };
  },
};
