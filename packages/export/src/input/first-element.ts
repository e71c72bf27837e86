/**
 * Local name of the first element of a text that begins with markup (white space, declaration, comments and
 * processing instructions skipped), or of its DOCTYPE; null when none begins within the text.
 */
export function firstElement(text: string): string | null {
  let at = 0;
  while (true) {
    at = skipBlank(text, at);
    if (text[at] !== '<') return null;
    const end = text.startsWith('<?', at)
      ? after(text, '?>', at)
      : text.startsWith('<!--', at)
        ? after(text, '-->', at)
        : -1;
    if (end === -1) break;
    at = end;
  }
  const name = /^<(?:!DOCTYPE\s+)?([^\s/>[<]+)/i.exec(text.slice(at, at + 512))?.[1];
  return name === undefined ? null : name.slice(name.indexOf(':') + 1);
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text[at] as string)) at += 1;
  return at;
}

/** Index after the next `mark`; the end of the text when there is none. */
function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? text.length : found + mark.length;
}
