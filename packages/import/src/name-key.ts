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

const HIRAGANA = /[\u3041-\u3096]/g;
const TO_KATAKANA = 0x60;
const IGNORABLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;

/**
 * What two names share that some collation of SQL Server could take for one: `nameKey` over their compatibility
 * composition (Unicode NFKC: width, ligatures, composed letters), with hiragana as katakana and without invisible
 * characters.
 */
export function looseNameKey(name: string): string {
  if (isAscii(name)) return nameKey(name);
  const composed = name.normalize('NFKC').replace(IGNORABLE, '');
  return nameKey(composed.replace(HIRAGANA, (kana) => String.fromCharCode(kana.charCodeAt(0) + TO_KATAKANA)));
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
