import type { TextValue } from '@chatferry/export';
import type { Check } from '../check.js';

/**
 * # rich-text-ascii
 *
 * **Must hold.** Rich text consists of ASCII characters.
 *
 * **Basis.** Database schema, tblChat.rtf is varchar(max): what the code page of its collation does not have becomes a
 * question mark. RTF 1.9.1 writes every other character as an escape.
 *
 * **Severity.** warning
 *
 * **Remedy.** Leave rich text behind (option `rtf`), or import one such message first and look at it.
 *
 * **Memory.** The rich text of one message.
 */
export const richTextAscii: Check = {
  id: 'rich-text-ascii',
  severities: ['warning'],
  needs: [],
  begin: () => ({
    message({ rtf }, say) {
      // What XML forbids has its own finding.
      if (rtf === null || rtf.isForbidden || isAscii(rtf)) return;
      say({ message: 'Unexpected character beyond ASCII in the rich text, expected an escape' });
    },
  }),
};

function isAscii(text: TextValue): boolean {
  if (!text.isPlain) return !/[^\0-\x7f]/.test(text.toString());
  for (let i = text.start; i < text.end; i++) if ((text.bytes[i] as number) > 0x7f) return false;
  return true;
}
