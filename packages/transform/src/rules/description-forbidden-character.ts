import { carriedNodes, markChanged, placeOf } from '../directory/final-names.js';
import { codePoints, labelNode } from '../directory/label.js';
import type { DirectoryRule } from '../rule.js';

/** Whatever is outside XML 1.0, production Char. */
const FORBIDDEN = /(?![\t\n\r\u007f-\u009f])[\p{Cc}\p{Cs}\ufffe\uffff]/gu;

/**
 * # description-forbidden-character
 *
 * **Condition.** A description holds a character that XML 1.0 cannot hold: a control character other than TAB, LF and
 * CR, an unpaired surrogate, U+FFFE or U+FFFF.
 *
 * **Action.** Each is replaced by U+FFFD; the finding names the original code points.
 *
 * **Option.** None.
 *
 * **Basis.** S: XML 1.0, production Char. O: the replacement, as for messages by default.
 *
 * **Severity.** warning
 *
 * **Remedy.** Correct the description at the source.
 *
 * **Example.** `Desk` U+000B `Night` -> `Desk` U+FFFD `Night`
 */
export const descriptionForbiddenCharacter: DirectoryRule = {
  id: 'description-forbidden-character',
  severities: ['warning'],
  basis: ['S', 'O'],
  option: null,
  apply(draft, _options, voice) {
    for (const node of carriedNodes(draft)) {
      const forbidden = node.description.match(FORBIDDEN);
      if (forbidden === null) continue;
      const seen = codePoints(forbidden);
      const did = 'replaced each by U+FFFD';
      voice.say(placeOf(node), {
        message: `Unexpected ${seen} in the description of ${labelNode(node)}, expected characters of XML 1.0; ${did}.`,
        seen,
        expected: 'characters of XML 1.0',
        did,
        remedy: 'Correct the description at the source.',
      });
      node.description = node.description.replace(FORBIDDEN, '\ufffd');
      markChanged(voice, node);
    }
  },
};
