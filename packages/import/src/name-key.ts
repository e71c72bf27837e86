/**
 * Where simple case folding is not the lower case of the upper case: dotless i folds to itself, and three pairs meet
 * although their upper cases are several characters (CaseFolding.txt, statuses C and S).
 */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ['\u0131', '\u0131'],
  ['\u1fd3', '\u0390'],
  ['\u1fe3', '\u03b0'],
  ['\ufb05', '\ufb06'],
]);

/**
 * What two names share when the target's collation takes them for one: simple case folding (Unicode CaseFolding,
 * statuses C and S) and no trailing blanks. Source: target-model rule N7 (the collation is not documented).
 */
export function nameKey(name: string): string {
  const trimmed = name.replace(/ +$/, '');
  return isAscii(trimmed) ? trimmed.toLowerCase() : Array.from(trimmed, foldCharacter).join('');
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** Mappings to several characters are full folding, which SQL Server's collations do not do. */
function foldCharacter(character: string): string {
  const exception = EXCEPTIONS.get(character);
  if (exception !== undefined) return exception;
  const upper = character.toUpperCase();
  const single = isOneCharacter(upper) ? upper : character;
  const lower = single.toLowerCase();
  return isOneCharacter(lower) ? lower : single;
}

function isOneCharacter(text: string): boolean {
  return text.length === 1 || (text.length === 2 && (text.codePointAt(0) as number) > 0xffff);
}
