/** Byte and code point classes of XML 1.0 (fifth edition), as tables for the scanner's loops. */

export const LT = 0x3c;
export const GT = 0x3e;
export const AMP = 0x26;
export const SLASH = 0x2f;
export const BANG = 0x21;
export const QUESTION = 0x3f;
export const EQUALS = 0x3d;
export const QUOTE = 0x22;
export const APOSTROPHE = 0x27;
const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const DASH = 0x2d;

/** What a byte means inside text or an attribute value. Everything but `PLAIN` stops the fast loop. */
export const PLAIN = 0;
export const MARKUP = 1;
export const REFERENCE = 2;
export const RETURN = 3;
export const CONTROL = 4;
export const MULTIBYTE = 5;
export const BRACKET_END = 6;
export const GREATER = 7;
export const QUOTES = 8;
export const BLANKED = 9;

export const TEXT_CLASS = textClasses();
export const ATTRIBUTE_CLASS = attributeClasses();
/** Bytes below 0x80 that may begin a name (1), continue one (2), or both (3); 0 else. Bytes above are decoded. */
export const NAME_CLASS = nameClasses();

function textClasses(): Uint8Array {
  const table = new Uint8Array(256);
  table.fill(CONTROL, 0, 0x20);
  table.fill(MULTIBYTE, 0x80);
  table[0x09] = PLAIN;
  table[0x0a] = PLAIN;
  table[0x0d] = RETURN;
  table[LT] = MARKUP;
  table[AMP] = REFERENCE;
  table[CLOSE_BRACKET] = BRACKET_END;
  table[GT] = GREATER;
  return table;
}

function attributeClasses(): Uint8Array {
  const table = textClasses();
  table[0x09] = BLANKED;
  table[0x0a] = BLANKED;
  table[CLOSE_BRACKET] = PLAIN;
  table[QUOTE] = QUOTES;
  table[APOSTROPHE] = QUOTES;
  return table;
}

function nameClasses(): Uint8Array {
  const table = new Uint8Array(256);
  table.fill(3, 0x41, 0x5b);
  table.fill(3, 0x61, 0x7b);
  table[0x5f] = 3;
  table[COLON] = 3;
  table.fill(2, 0x30, 0x3a);
  table[DASH] = 2;
  table[0x2e] = 2;
  table.fill(3, 0x80);
  return table;
}

/** Section 2.3, NameStartChar, for code points from U+0080. */
export function isNameStart(code: number): boolean {
  return (
    (code >= 0xc0 && code <= 0x2ff && code !== 0xd7 && code !== 0xf7) ||
    (code >= 0x370 && code <= 0x1fff && code !== 0x37e) ||
    code === 0x200c ||
    code === 0x200d ||
    (code >= 0x2070 && code <= 0x218f) ||
    (code >= 0x2c00 && code <= 0x2fef) ||
    (code >= 0x3001 && code <= 0xd7ff) ||
    (code >= 0xf900 && code <= 0xfdcf) ||
    (code >= 0xfdf0 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0xeffff)
  );
}

/** Section 2.3, NameChar, for code points from U+0080. */
export function isNameCharacter(code: number): boolean {
  return (
    isNameStart(code) ||
    code === 0xb7 ||
    (code >= 0x300 && code <= 0x36f) ||
    code === 0x203f ||
    code === 0x2040
  );
}

/** Section 2.2, Char: what XML 1.0 can hold. */
export function isXmlCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}

export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
