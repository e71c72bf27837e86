import { codePoints } from '../directory/label.js';
import { forbiddenIn, PRINCIPAL_TEXTS } from '../directory/principal-text.js';
import { labelPrincipal } from '../directory/principals.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # principal-forbidden-character
 *
 * **Condition.** A text column of a principal holds a character that XML 1.0 cannot hold: a control character other
 * than TAB, LF and CR, an unpaired surrogate, U+FFFE or U+FFFF.
 *
 * **Action.** Each is replaced by U+FFFD; the finding names columns and code points. The server renews these columns
 * from the directory by GUID.
 *
 * **Option.** None.
 *
 * **Basis.** S: XML 1.0, production Char. O: the replacement, as for messages by default.
 *
 * **Severity.** warning
 *
 * **Remedy.** Correct the name in Active Directory.
 *
 * **Example.** prinDisplayName `Ann` U+000B `Example` -> `Ann` U+FFFD `Example`
 */
export const principalForbiddenCharacter: DirectoryRule = {
  id: 'principal-forbidden-character',
  severities: ['warning'],
  basis: ['S', 'O'],
  option: null,
  apply(draft, _options, voice) {
    for (const { source, mergedInto } of draft.principals.values()) {
      const columns = PRINCIPAL_TEXTS.filter((column) => forbiddenIn(source[column]).length > 0);
      if (columns.length === 0 || mergedInto !== null) continue;
      const seen = codePoints(columns.flatMap((column) => forbiddenIn(source[column])));
      const where = `${columns.join(', ')} of ${labelPrincipal(source)}`;
      voice.say(source.place, {
        message: `Unexpected ${seen} in ${where}, expected characters of XML 1.0; replaced each by U+FFFD.`,
        seen,
        expected: 'characters of XML 1.0',
        did: 'replaced each by U+FFFD',
        remedy: 'Correct the name in Active Directory.',
      });
      voice.changed(source);
    }
  },
};
