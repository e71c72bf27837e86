import type { Buffer } from 'node:buffer';
import { SaxesParser } from 'saxes';

/** Characters that XML 1.0 forbids, which databases hold all the same: chatferry mends them, saxes would end. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are looked for
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]/gu;

/** saxes takes several top elements only without a declaration; a sound one is left out. */
const DECLARATION =
  /^<\?xml\s+version\s*=\s*("1\.\d+"|'1\.\d+')(\s+encoding\s*=\s*("[\w.-]+"|'[\w.-]+'))?(\s+standalone\s*=\s*("(yes|no)"|'(yes|no)'))?\s*\?>/;

/**
 * Messages that a plain parser finds in an export of one document; null: it is not well-formed, not XML, or not text.
 */
export function countMessages(document: Buffer): number | null {
  const text = decoded(document);
  if (text === null) return null;
  let messages = 0;
  let isSound = true;
  const parser = new SaxesParser({ xmlns: true, fragment: true });
  parser.on('error', () => {
    isSound = false;
  });
  // A row may go by another name and still be a message: what has the key of one is one.
  const open: Set<string>[] = [];
  parser.on('opentag', ({ local, attributes }) => {
    open.at(-1)?.add(local.toLowerCase());
    open.push(
      new Set([`<${local.toLowerCase()}`, ...Object.keys(attributes).map((name) => name.toLowerCase())]),
    );
  });
  parser.on('closetag', () => {
    const seen = open.pop();
    if (seen?.has('<tblchat') || (seen?.has('channelid') && seen.has('chatid'))) messages += 1;
  });
  parser.write(withoutForbidden(text.replace(DECLARATION, ''))).close();
  return isSound ? messages : null;
}

function withoutForbidden(text: string): string {
  return text
    .replace(FORBIDDEN, '?')
    .replace(/&#(x[0-9a-fA-F]{1,6}|\d{1,7});/g, (reference, digits: string) => {
      const code = digits.startsWith('x') ? Number.parseInt(digits.slice(1), 16) : Number(digits);
      if (code > 0x10ffff) return reference;
      const isForbidden =
        (code < 32 && ![9, 10, 13].includes(code)) ||
        (code & 0xfffe) === 0xfffe ||
        (code >= 0xd800 && code < 0xe000);
      return isForbidden && code < 0x10000 ? '?' : reference;
    });
}

function decoded(document: Buffer): string | null {
  const [first, second] = document;
  const bom =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null;
  const head = document.toString('latin1', 0, 200);
  const declared = /^(?:\xef\xbb\xbf)?<\?xml[^>]*encoding=["']([^"']+)/.exec(head)?.[1];
  try {
    return new TextDecoder(bom ?? declared ?? guessed(document), { fatal: true }).decode(document);
  } catch {
    return null;
  }
}

function guessed(document: Buffer): string {
  if (document[0] === 0x3c && document[1] === 0) return 'utf-16le';
  return document[0] === 0 && document[1] === 0x3c ? 'utf-16be' : 'utf-8';
}
