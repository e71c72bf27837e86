/**
 * Where Unicode's simple case folding (CaseFolding.txt, statuses C and S) differs from "lower case of the upper
 * case": dotless i has no folding, and three pairs meet only through mappings to several characters.
 */
const FOLDED: ReadonlyMap<string, string> = new Map([
  ['\u0131', '\u0131'],
  ['\u1fd3', '\u0390'],
  ['\u1fe3', '\u03b0'],
  ['\ufb05', '\ufb06'],
]);
const ASCII = /^\p{ASCII}*$/u;

/**
 * What two names have in common when the target takes them for one: equal by simple Unicode case folding, trailing
 * blanks (U+0020) ignored. Accents, widths and normalisation forms count.
 *
 * Each code point folds alone, so no neighbour matters: the three sigmas are equal, `ß` equals capital `ẞ` but not
 * `ss`, and dotted capital `İ` and dotless `ı` equal only themselves. No locale; the mappings are those of the
 * Unicode version in Node.
 * Source: target-model rule N7. The target's collation is not documented; SQL Server pads with blanks to compare.
 */
export function nameKey(name: string): string {
  let end = name.length;
  while (end > 0 && name.charCodeAt(end - 1) === 0x20) end--;
  const text = name.slice(0, end);
  return ASCII.test(text) ? text.toLowerCase() : Array.from(text, fold).join('');
}

/**
 * The lower case of the upper case, so that all members of a class meet; a mapping to several code points is
 * full folding and is not taken.
 */
function fold(character: string): string {
  const fixed = FOLDED.get(character);
  if (fixed !== undefined) return fixed;
  const upper = oneOr(character.toUpperCase(), character);
  return oneOr(upper.toLowerCase(), upper);
}

function oneOr(mapped: string, character: string): string {
  const isOne = mapped.length === 1 || (mapped.length === 2 && (mapped.codePointAt(0) as number) > 0xffff);
  return isOne ? mapped : character;
}
