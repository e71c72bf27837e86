import { Buffer } from 'node:buffer';
import { RunFailure } from '@chatferry/export';

/**
 * Stand around a character that XML 1.0 cannot hold, and around themselves, while the text passes through the XML
 * parser.
 */
const OPEN = '\ue000';
const CLOSE = '\ue001';
const MARKED = /\ue000(#?)([0-9a-zA-Z]+);?\ue001/g;
/** What must be marked: references to such characters, and the characters themselves. */
const TO_MARK =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /&#(x[0-9a-fA-F]+|\d+);|[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ue000\ue001]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
/** What may go on in the next chunk: a reference, or half a surrogate pair. */
const UNFINISHED = /(?:&[^;&<]{0,64}|[\ud800-\udbff])$/;
const DECLARATION = /^<\?xml(\s[^>]*?)\?>/;

/** @throws RunFailure `input-encoding`. */
export function encodingFailure(file: string, what: string, cause?: unknown): RunFailure {
  return new RunFailure(
    'input-encoding',
    `The second reader cannot decode ${file}: ${what}.`,
    'Save the export as UTF-8 or UTF-16, or name the export that the package was made from.',
    { cause },
  );
}

/**
 * Bytes of a document as text that a strict XML parser takes, in chunks that end between references. UTF-8, or UTF-16
 * by its byte order mark or its first `<`. Characters that XML 1.0 forbids are marked (`unmarked` gives them back); the
 * XML declaration is checked and blanked out, so that lines stay what they were.
 *
 * Memory: two chunks. @throws RunFailure `input-encoding`.
 */
export async function* plainText(bytes: AsyncIterable<Buffer>, file: string): AsyncGenerator<string> {
  let decode: ((chunk: Buffer | null) => string) | null = null;
  let kept = '';
  let isFirst = true;
  for await (const chunk of withFirstBytes(bytes)) {
    decode ??= decoderOf(chunk, file);
    let text = kept + decode(chunk);
    if (isFirst) text = withoutDeclaration(text, file);
    isFirst = false;
    const unfinished = UNFINISHED.exec(text)?.index ?? text.length;
    kept = text.slice(unfinished);
    yield marked(text.slice(0, unfinished));
  }
  yield marked(kept + (decode?.(null) ?? ''));
}

/** At least four bytes at once, so that a byte order mark is seen whole. */
async function* withFirstBytes(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let first: Buffer | null = Buffer.alloc(0);
  for await (const chunk of bytes) {
    if (first === null) yield chunk;
    else {
      first = Buffer.concat([first, chunk]);
      if (first.length < 256) continue;
      yield first;
      first = null;
    }
  }
  if (first !== null && first.length > 0) yield first;
}

function decoderOf(first: Buffer, file: string): (chunk: Buffer | null) => string {
  const [one, two] = first;
  if ((one === 0xff && two === 0xfe) || (one === 0x3c && two === 0)) return utf16('le', file);
  if ((one === 0xfe && two === 0xff) || (one === 0 && two === 0x3c)) return utf16('be', file);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return (chunk) => {
    try {
      return chunk === null ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (error) {
      throw encodingFailure(file, 'its bytes are not valid UTF-8', error);
    }
  };
}

/** Node's own decoder for UTF-16 keeps half surrogate pairs, which `TextDecoder` refuses or replaces. */
function utf16(order: 'le' | 'be', file: string): (chunk: Buffer | null) => string {
  let odd = Buffer.alloc(0);
  let isFirst = true;
  return (chunk) => {
    if (chunk === null) {
      if (odd.length > 0) throw encodingFailure(file, 'it ends within a character of UTF-16');
      return '';
    }
    const whole = Buffer.concat([odd, chunk]);
    const end = whole.length - (whole.length % 2);
    odd = Buffer.from(whole.subarray(end));
    const units = whole.subarray(0, end);
    if (order === 'be') units.swap16();
    const text = units.toString('utf16le');
    const begin = isFirst && text.startsWith('\ufeff') ? 1 : 0;
    isFirst = false;
    return text.slice(begin);
  };
}

function withoutDeclaration(text: string, file: string): string {
  const [declaration, attributes = ''] = DECLARATION.exec(text) ?? [];
  if (declaration === undefined) return text;
  const encoding = /\sencoding\s*=\s*["']([^"']*)["']/.exec(attributes)?.[1];
  if (encoding !== undefined && !/^utf-?(?:8|16(?:le|be)?)$/i.test(encoding)) {
    throw encodingFailure(file, `it declares the encoding ${JSON.stringify(encoding.slice(0, 40))}`);
  }
  return declaration.replace(/[^\r\n]/g, ' ') + text.slice(declaration.length);
}

function marked(text: string): string {
  return text.replace(TO_MARK, (found, reference: string | undefined) => {
    if (reference === undefined) return `${OPEN}${found.charCodeAt(0).toString(16)}${CLOSE}`;
    return isForbidden(codeOf(reference)) ? `${OPEN}#${reference}${CLOSE}` : found;
  });
}

/** What the parser delivered, with the marked characters again. `isCdata`: a reference there was only text. */
export function unmarked(text: string, isCdata = false): string {
  if (!text.includes(OPEN)) return text;
  return text.replace(MARKED, (_, isReference: string, code: string) => {
    if (isReference === '') return String.fromCharCode(Number.parseInt(code, 16));
    return isCdata ? `&#${code};` : String.fromCharCode(codeOf(code));
  });
}

function codeOf(reference: string): number {
  return reference.startsWith('x') ? Number.parseInt(reference.slice(1), 16) : Number(reference);
}

function isForbidden(code: number): boolean {
  if (code < 0x20) return code !== 9 && code !== 10 && code !== 13;
  return (code >= 0xd800 && code <= 0xe001) || code === 0xfffe || code === 0xffff;
}
