/** Joins cells in columns: the first flush left, the others flush right. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    });
  }
  return rows.map((row) =>
    row
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join('  '),
  );
}

/**
 * Breaks a text at blanks so that no line is longer than `width` UTF-16 units; a longer word is cut.
 * @param indent stands before every line and counts.
 */
export function wrapped(text: string, width: number, indent = ''): string[] {
  const room = Math.max(width - indent.length, 1);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((each) => pieces(each, room))) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(indent + line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  if (line !== '') lines.push(indent + line);
  return lines;
}

/** Breaks a line that is longer than `width` UTF-16 units; what goes on stands two blanks further in. */
export function folded(line: string, width: number): string[] {
  if (line.length <= width) return [line];
  const text = line.trimStart();
  const indent = ' '.repeat(line.length - text.length);
  const [first = '', ...rest] = wrapped(text, width - 2, indent);
  return [first, ...rest.map((each) => `  ${each}`)];
}

/** A word in pieces of at most `room` units, never between the halves of a surrogate pair. */
function pieces(word: string, room: number): string[] {
  const parts: string[] = [];
  let part = '';
  for (const character of word) {
    if (part !== '' && part.length + character.length > room) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return [...parts, part];
}
