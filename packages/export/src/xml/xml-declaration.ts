const VERSION = String.raw`[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"(1\.[0-9]+)"|'(1\.[0-9]+)')`;
const ENCODING = String.raw`(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?`;
const STANDALONE = String.raw`(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?`;
const XML_DECLARATION = new RegExp(`^${VERSION}${ENCODING}${STANDALONE}[ \\t\\r\\n]*$`);

/**
 * What is wrong with the text between `<?xml` and `?>` (XML 1.0 section 2.8, XMLDecl), or null. Only version 1.0 will
 * do.
 */
export function declarationFault(text: string): string | null {
  const match = XML_DECLARATION.exec(text);
  if (match === null) return 'Unexpected XML declaration, expected version, encoding, standalone';
  return (match[1] ?? match[2]) === '1.0' ? null : 'Unexpected XML version, expected 1.0';
}
