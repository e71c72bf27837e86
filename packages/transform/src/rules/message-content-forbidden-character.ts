import type { MessageRule } from '../messages/message-rule.js';
import { repairRun } from '../messages/repair-run.js';

/**
 * # message-content-forbidden-character
 *
 * **Condition.** The content (or rtf) of a message holds code points that XML 1.0 cannot hold: U+0000 to
 * U+001F but TAB, LF and CR, or U+FFFE, U+FFFF.
 *
 * **Action.** Each is replaced by U+FFFD, so that everybody sees that something stood there; the finding
 * names the original code points. The message counts as changed.
 *
 * **Option.** `forbiddenCharacters` (default `replace`): `replace` writes U+FFFD, `remove` leaves the
 * characters out, `refuse` refuses the message.
 *
 * **Basis.** O: XML 1.0 section 2.2 (production Char) forbids them even as references; the database allows
 * them, and neither the guide nor the schema says what becomes of them.
 *
 * **Severity.** warning; error when the message is refused
 *
 * **Remedy.** None is needed when the characters are leftovers of pasting. Else mend the text in the source.
 *
 * **Example.** U+000B (a line break of a word processor) between two words: U+FFFD stands there afterwards.
 */
export const messageContentForbiddenCharacter: MessageRule = {
  id: 'message-content-forbidden-character',
  severities: ['warning', 'error'],
  basis: ['O'],
  option: 'forbiddenCharacters',
  begin(context, voice) {
    return repairRun(context, voice, {
      unwanted: 'control',
      expected: 'characters that XML 1.0 allows',
    });
  },
};
