/** A PowerShell script as a static test looks at it. */
export interface PowershellCode {
  /** The text with comments and the literal parts of strings blanked out; variables in expandable strings stay. */
  readonly code: string;
  /** What stands between the quotes of each string, in order. */
  readonly strings: readonly string[];
  readonly comments: readonly string[];
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const VARIABLE = /\$(?:\{\w+\}|\w+(?::\w+)?)/y;

/**
 * Takes a script apart: comments, strings with their doubled quotes and backticks, `$( )` inside strings, brackets.
 * Here-strings are not known. Throws `Error` with the line of a bracket, string or comment that is not closed, or
 * closes nothing.
 */
export function powershellCode(text: string): PowershellCode {
  const reading: Reading = { text, at: 0, kept: [], strings: [], comments: [] };
  readCode(reading, '');
  let code = '';
  for (const [start, end] of reading.kept) {
    code += blank(text.slice(code.length, start)) + text.slice(start, end);
  }
  return {
    code: code + blank(text.slice(code.length)),
    strings: reading.strings,
    comments: reading.comments,
  };
}

interface Reading {
  readonly text: string;
  at: number;
  /** Ranges of the text that are code, in order. */
  readonly kept: [number, number][];
  readonly strings: string[];
  readonly comments: string[];
}

/** Reads up to the bracket that closes, or the end of the text when `closing` is empty. */
function readCode(reading: Reading, closing: string): void {
  const { text } = reading;
  const start = reading.at;
  while (reading.at < text.length) {
    const character = text.charAt(reading.at);
    if (text.startsWith('<#', reading.at)) readComment(reading, '#>');
    else if (character === '#') readComment(reading, '\n');
    else if (character === "'") readLiteral(reading);
    else if (character === '"') readExpandable(reading);
    else {
      keep(reading, character === '`' ? 2 : 1);
      if (CLOSING[character] !== undefined) readCode(reading, CLOSING[character]);
      else if (character === closing) return;
      else if (/[)\]}]/.test(character)) throw unbalanced(text, reading.at - 1, character);
    }
  }
  if (closing !== '') throw unbalanced(text, start - 1, `no ${closing}`);
}

function readComment(reading: Reading, end: string): void {
  const close = reading.text.indexOf(end, reading.at);
  if (close === -1) throw unbalanced(reading.text, reading.at, `no ${end}`);
  reading.comments.push(reading.text.slice(reading.at, close));
  reading.at = end === '\n' ? close : close + end.length;
}

function readLiteral(reading: Reading): void {
  const match = /'((?:[^'\r\n]|'')*)'/y;
  match.lastIndex = reading.at;
  const found = match.exec(reading.text);
  if (found === null) throw unbalanced(reading.text, reading.at, "no '");
  reading.strings.push((found[1] ?? '').replaceAll("''", "'"));
  reading.at = match.lastIndex;
}

function readExpandable(reading: Reading): void {
  const { text } = reading;
  const start = reading.at;
  reading.at += 1;
  while (reading.at < text.length) {
    const character = text.charAt(reading.at);
    if (character === '\n') break;
    if (character === '"') {
      reading.strings.push(text.slice(start + 1, reading.at));
      reading.at += 1;
      return;
    }
    VARIABLE.lastIndex = reading.at;
    if (text.startsWith('$(', reading.at)) {
      keep(reading, 2);
      readCode(reading, ')');
    } else if (VARIABLE.test(text)) {
      keep(reading, VARIABLE.lastIndex - reading.at);
    } else reading.at += character === '`' ? 2 : 1;
  }
  throw unbalanced(text, start, 'no "');
}

function keep(reading: Reading, length: number): void {
  reading.kept.push([reading.at, reading.at + length]);
  reading.at += length;
}

function unbalanced(text: string, at: number, what: string): Error {
  return new Error(`line ${text.slice(0, at).split('\n').length}: ${what}`);
}

function blank(text: string): string {
  return text.replace(/[^\r\n]/g, ' ');
}
