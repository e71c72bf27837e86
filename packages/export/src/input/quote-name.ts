const LONGEST = 200;

/**
 * A name from outside, in double quotes and safe to print: control, format (bidirectional overrides) and
 * unassigned characters as `\u{…}`, clipped to 200 characters.
 */
export function quoteName(name: string): string {
  const printable = name.replace(
    /[\p{C}\u2028\u2029]/gu,
    (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`,
  );
  return printable.length > LONGEST ? `"${printable.slice(0, LONGEST)}…"` : `"${printable}"`;
}
