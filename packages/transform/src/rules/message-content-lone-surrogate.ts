import type { MessageRule } from '../messages/message-rule.js';
import { repairRun } from '../messages/repair-run.js';

/**
 * # message-content-lone-surrogate
 *
 * **Condition.** The content (or rtf) of a message holds half of a surrogate pair.
 *
 * **Action.** Each is replaced by U+FFFD; the finding names the original code units. The message counts as
 * changed. Two halves that meet are a character and stay.
 *
 * **Option.** `forbiddenCharacters` (default `replace`): `replace` writes U+FFFD, `remove` leaves the
 * characters out, `refuse` refuses the message.
 *
 * **Basis.** O: nvarchar can hold any UTF-16 unit, but neither UTF-8 nor XML 1.0 (section 2.2) can hold half
 * a pair. A text cut at a fixed length is the usual cause.
 *
 * **Severity.** warning; error when the message is refused
 *
 * **Remedy.** None is needed when the characters are leftovers of pasting. Else mend the text in the source.
 *
 * **Example.** A smiley cut in two at the end of a message: U+D83D becomes U+FFFD.
 */
export const messageContentLoneSurrogate: MessageRule = {
  id: 'message-content-lone-surrogate',
  severities: ['warning', 'error'],
  basis: ['O'],
  option: 'forbiddenCharacters',
  begin(context, voice) {
    return repairRun(context, voice, {
      unwanted: 'surrogate',
      expected: 'surrogates in pairs',
    });
  },
};
