/** A TypeScript file as the house test looks at it; positions and lines stay those of the file. */
export interface SourceCode {
  /** Path below the repository, with `/`. */
  readonly path: string;
  readonly text: string;
  /** The text with comments, strings, templates' literal parts and regular expressions blanked out. */
  readonly code: string;
  /** Module specifiers of imports and re-exports. */
  readonly imports: readonly string[];
}

/** After these a slash begins a regular expression, not a division. */
const BEFORE_REGEXP = /(?:^|[(,=:[!&|?{};<>+*%~^-]|\breturn|\btypeof|\bcase)\s*$/;
const TOKENS =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*|[`{}]/g;
const IMPORTS = /(?<![.\w])(?:from\s*|import\s*\(?\s*)(?=['"])/g;

/** Reads what the house test needs from a file's text. */
export function sourceCode(path: string, text: string): SourceCode {
  const code = blankLiterals(text);
  const imports = [...code.matchAll(IMPORTS)].map((match) => {
    const start = match.index + match[0].length;
    return text.slice(start + 1, text.indexOf(text.charAt(start), start + 1));
  });
  return { path, text, code, imports };
}

/** The 1-based line of a position. */
export function lineAt(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}

/** Quotes stay, what stands between them becomes blanks; `${…}` in a template stays code. */
function blankLiterals(text: string): string {
  let code = '';
  let at = 0;
  /** One entry per open `${` or template; the number counts braces opened inside it. */
  const braces: number[] = [];
  const tokens = new RegExp(TOKENS);
  for (let match = tokens.exec(text); match !== null; match = tokens.exec(text)) {
    const [token] = match;
    code += text.slice(at, match.index);
    at = match.index;
    let end = at + token.length;
    if (token === '{' && braces.length > 0) braces.push((braces.pop() ?? 0) + 1);
    const closes = token === '}' && braces.at(-1) === 0;
    if (token === '}' && !closes && braces.length > 0) braces.push((braces.pop() ?? 0) - 1);
    if (token === '`' || closes) {
      if (closes) braces.pop();
      end = templateEnd(text, at + 1);
      if (text.startsWith('${', end - 2) && !text.startsWith('\\', end - 3)) braces.push(0);
      code += blank(text.slice(at, end));
    } else if (token === '{' || token === '}') {
      code += token;
    } else if (
      token.startsWith('/') &&
      !token.startsWith('//') &&
      !token.startsWith('/*') &&
      !BEFORE_REGEXP.test(code)
    ) {
      end = at + 1;
      code += '/';
    } else {
      code += /^['"]/.test(token)
        ? token.charAt(0) + blank(token.slice(1, -1)) + token.charAt(0)
        : blank(token);
    }
    at = end;
    tokens.lastIndex = end;
  }
  return code + text.slice(at);
}

/** Just behind the next backtick or `${` of a template. */
function templateEnd(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '`') return at + 1;
    else if (text.startsWith('${', at)) return at + 2;
  }
  return text.length;
}

function blank(literal: string): string {
  return literal.replace(/[^\n]/g, ' ');
}
