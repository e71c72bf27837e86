import { Buffer } from 'node:buffer';
import type { Finding } from '../finding.js';
import { STREAMING_RECIPE } from './recipes.js';

/**
 * What sqlcmd, bcp or a query window put around and into the XML, as offsets of the UTF-8 form in bytes.
 * FOR XML arrives as rows of 2033 UTF-16 units (2034 from SQL Server 2012 tools), each written as a line.
 */
export interface ConsoleArtefacts {
  /** After the column header and its dashes; 0 when there is none. */
  readonly bodyStart: number;
  /** Before the row count and closing blank lines. */
  readonly bodyEnd: number;
  /** Bytes of each line break to remove from the body: 2 for CR LF, 1 for LF, 0 when the breaks are left alone. */
  readonly breakLength: 0 | 1 | 2;
  readonly lineUnits: number;
  readonly breaks: number;
  readonly hasTrailer: boolean;
}

interface LineShape {
  readonly units: number;
  readonly breakLength: 1 | 2;
}

const CR = 0x0d;
const LF = 0x0a;
const ROW_UNITS: readonly number[] = [2033, 2034];
/** Bytes at the end of a document among which the trailer is looked for. */
const TRAILER_BYTES = 512;

const HEADER =
  /^(?:[ \t]*\r?\n|Changed database context to '[^'\r\n]*'\.\r?\n)*XML_F52E2B61-18A1-11d1-B105-00805F49916B[ \t]*\r?\n-+[ \t]*\r?\n/i;
const TRAILER = /(?:\s*\(\d+ (?:rows?|row\(s\)) affected\))?(?:\s*Completion time: [\dT:.+-]+)?\s*$/;

/** Bytes of the console header at the beginning of a text in UTF-8 form; 0 when there is none. */
export function consoleHeaderLength(start: Buffer): number {
  const header = HEADER.exec(start.toString('utf8', 0, 16 * 1024))?.[0] ?? '';
  return Buffer.byteLength(header);
}

/**
 * Looks for console artefacts. `start` holds the first bytes of the UTF-8 form (all of them when `isWhole`); only when
 * they show a header, a break after the first 2033 or 2034 units, or (if whole) a trailer, the document is read once
 * through `open`. Null when there is nothing to remove. Line breaks are removed only if every line but the last is
 * exactly that long. Memory held: one chunk.
 */
export async function findConsoleArtefacts(
  start: Buffer,
  isWhole: boolean,
  open: () => AsyncIterable<Buffer>,
): Promise<ConsoleArtefacts | null> {
  const bodyStart = consoleHeaderLength(start);
  const shape = firstLineShape(start, bodyStart);
  const mayHaveTrailer = isWhole && trailerOf(start).includes('(');
  if (bodyStart === 0 && shape === null && !mayHaveTrailer) return null;
  const lines = new LineCheck(bodyStart, shape);
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of open()) {
    lines.read(chunk);
    tail = Buffer.from(Buffer.concat([tail, chunk.subarray(-TRAILER_BYTES)]).subarray(-TRAILER_BYTES));
    if (bodyStart === 0 && !mayHaveTrailer && lines.isHopeless) return null;
  }
  const trailer = trailerOf(tail);
  const bodyEnd = lines.length - trailer.length;
  const breaks = lines.breaksWithin(bodyEnd);
  const hasTrailer = trailer.trim() !== '';
  if (bodyStart === 0 && breaks === 0 && !hasTrailer) return null;
  return {
    bodyStart,
    bodyEnd,
    breakLength: breaks > 0 && shape !== null ? shape.breakLength : 0,
    lineUnits: shape?.units ?? 0,
    breaks,
    hasTrailer,
  };
}

/** The warning that tells what was removed. */
export function artefactFinding(file: string, artefacts: ConsoleArtefacts): Finding {
  const { bodyStart, breaks, lineUnits, hasTrailer } = artefacts;
  const removed = [
    bodyStart > 0 ? 'the column header' : '',
    breaks > 0 ? `${breaks} line break${breaks === 1 ? '' : 's'} after every ${lineUnits} characters` : '',
    hasTrailer ? 'the row count' : '',
  ].filter((part) => part !== '');
  return {
    rule: 'console-artefact-repaired',
    severity: 'warning',
    place: { file, line: 1, column: 1, record: null },
    message: `Unexpected output of a console tool around the XML, expected the XML alone; removed ${removed.join(', ')}.`,
    seen: removed.join(', '),
    expected: 'the XML alone',
    did: 'removed; lines and columns count what remains',
    remedy: STREAMING_RECIPE,
  };
}

/**
 * What ends a document's text after its XML: white space, row count, completion time. ASCII, so characters are bytes.
 */
function trailerOf(tail: Buffer): string {
  return TRAILER.exec(tail.toString('latin1', Math.max(0, tail.length - TRAILER_BYTES)))?.[0] ?? '';
}

function firstLineShape(start: Buffer, bodyStart: number): LineShape | null {
  const crlf = start.indexOf('\r\n', bodyStart);
  const lf = crlf === -1 ? start.indexOf(LF, bodyStart) : -1;
  for (const [end, breakLength] of [
    [crlf, 2],
    [lf, 1],
  ] as const) {
    if (end === -1) continue;
    const units = countUnits(start, bodyStart, end);
    if (ROW_UNITS.includes(units)) return { units, breakLength };
  }
  return null;
}

/** UTF-16 units of UTF-8 text (surrogates in three-byte form count as one). */
function countUnits(bytes: Buffer, start: number, end: number): number {
  let units = 0;
  for (let i = start; i < end; i++) units += unitsOf(bytes[i] as number);
  return units;
}

/** A lead byte of four stands for a surrogate pair; continuation bytes count nothing. */
function unitsOf(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte < 0xc0) return 0;
  return byte < 0xf0 ? 1 : 2;
}

/** Counts the units of each line from `bodyStart`, up to the first line that is not exactly `shape.units` long. */
class LineCheck {
  /** Bytes read so far. */
  length = 0;
  readonly #bodyStart: number;
  readonly #shape: LineShape | null;
  #units = 0;
  #previous = 0;
  #breaks = 0;
  #lastBreak = -1;
  /** Where the first line that does not fit ends; -1 when it cannot be the last line of the body. */
  #oddLineEnd: number;

  constructor(bodyStart: number, shape: LineShape | null) {
    this.#bodyStart = bodyStart;
    this.#shape = shape;
    this.#oddLineEnd = shape === null ? -1 : Number.POSITIVE_INFINITY;
  }

  read(chunk: Buffer): void {
    if (this.#shape !== null && this.#oddLineEnd === Number.POSITIVE_INFINITY)
      this.#readLines(chunk, this.#shape);
    this.length += chunk.length;
  }

  /** Whether a line that does not fit lies so far back that it cannot be the last. */
  get isHopeless(): boolean {
    return this.length - TRAILER_BYTES > this.#oddLineEnd;
  }

  /** Line breaks to remove before `bodyEnd`; 0 when a line other than the last does not fit. */
  breaksWithin(bodyEnd: number): number {
    if (this.#oddLineEnd < bodyEnd) return 0;
    return this.#lastBreak >= bodyEnd ? this.#breaks - 1 : this.#breaks;
  }

  #readLines(chunk: Buffer, { units: expected, breakLength }: LineShape): void {
    const longest = expected + breakLength - 1;
    for (let i = Math.max(0, this.#bodyStart - this.length); i < chunk.length; i++) {
      const byte = chunk[i] as number;
      if (byte === LF && (breakLength === 1 || this.#previous === CR)) {
        this.#endLine(this.length + i - (breakLength - 1), this.#units === longest);
      } else {
        this.#units += unitsOf(byte);
      }
      this.#previous = byte;
      if (this.#units > longest) this.#oddLineEnd = -1;
      if (this.#oddLineEnd !== Number.POSITIVE_INFINITY) return;
    }
  }

  #endLine(at: number, fits: boolean): void {
    if (fits) {
      this.#breaks += 1;
      this.#lastBreak = at;
      this.#units = 0;
    } else {
      this.#oddLineEnd = at;
    }
  }
}

const CUTS: ReadonlyMap<number, string> = new Map([
  [2033, '2,033 characters: a client took only the first row of the result'],
  [2034, '2,034 characters: a client took only the first row of the result'],
  [4000, '4,000 characters: Invoke-Sqlcmd cuts there (MaxCharLength)'],
  [65_535, '65,535 characters: the result grid of SSMS cuts text there'],
  [2_097_152, '2,097,152 characters (2 MB): the result grid of SSMS cuts XML there'],
]);

/**
 * A sentence for the error of a document that ends too early, when it ends where a known tool cuts; else null.
 * `totalCharacters` counts the document in UTF-16 units.
 */
export function truncationHint(totalCharacters: number): string | null {
  const cut = CUTS.get(totalCharacters);
  return cut === undefined ? null : `The document ends at exactly ${cut}. ${STREAMING_RECIPE}`;
}
