import type { Buffer } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { RunFailure } from '@chatferry/export';

/** What `ledger.ndjson` says of a message. */
export const LISTED = {
  /** Lives on, but not as it was. */
  CHANGED: 1,
  /** Excluded or refused: not in the package. */
  GONE: 2,
  /** Every row of this key but the first in the order of the export is gone. */
  REPEATED: 4,
  /** Set by the reader of the export: the first row of a repeated key has been met. */
  MET: 8,
  /** With CHANGED, which fields may differ; everything else must be as it was. */
  AUTHOR: 16,
  CONTENT: 32,
  RTF: 64,
  /** Gone by its date. */
  DATED: 128,
} as const;

/** Not in the package, whatever the reason; a repeated key may be. */
export const LEFT_BEHIND = LISTED.GONE | LISTED.DATED;

/** What a line may list as `fields`. */
const FIELDS: Readonly<Record<string, number>> = {
  author: LISTED.AUTHOR,
  content: LISTED.CONTENT,
  rtf: LISTED.RTF,
};

const PAGE_BITS = 11n;
/** A byte for each of 2,048 ids. */
const PAGE_BYTES = 2048;
const LINE_LIMIT = 256 * 1024;
/** The rule by which a plan puts one principal in the place of another. */
const REMAPPED = 'principal-remapped';
/** The rule that leaves a message behind because its room is. */
const ROOM_GONE = 'message-room-excluded';
/** The one rule whose id says which of several rows of a key it means. */
const SECOND_ROW = 'message-id-duplicate';
/** The rules that leave a message behind because of its date. */
const CUTOFFS: readonly unknown[] = ['message-before-cutoff', 'message-after-cutoff'];

/** How many records of a table are listed, by state. */
export interface ListedCounts {
  changed: number;
  excluded: number;
  refused: number;
}

/** What only a decision can change. */
export interface AllowedChanges {
  /**
   * Whether rich text is left behind; else only what XML cannot hold may differ. Null when nobody can tell: then it may
   * be otherwise too.
   */
  readonly dropsRtf: boolean | null;
  /** Whether a plan can have put one principal in the place of another. */
  readonly remapsPrincipals: boolean;
  /** Whether a message may have got an author whose userId is that of no principal. */
  readonly namesAuthors: boolean;
  /** Whether U+FFFD stands for what XML cannot hold; else that may be gone as well. */
  readonly replacesCharacters: boolean;
}

/**
 * The exceptions of a ledger: which messages were not simply carried. Memory: a byte for each id of a page of 2,048 ids
 * in which an exception lies, so at most a byte a message, however many are listed; and the keys of all other records
 * that are listed.
 */
export class ListedExceptions {
  readonly counts = new Map<string, ListedCounts>();
  /** Principals whose messages and rights a plan has given to others. */
  readonly remappedPrincipals = new Set<number>();
  /** Rooms of which messages are listed as gone with them. */
  readonly goneRooms = new Set<number>();
  /** Reasons for which messages are excluded although no rule does so, with the first message and how many. */
  readonly strangeReasons = new Map<string, { readonly first: string; messages: number }>();
  /** The state of every record but messages, by table and key. */
  readonly #records = new Map<string, keyof ListedCounts>();
  readonly #rooms = new Map<number, Map<bigint, Uint8Array>>();

  readonly #allowed: AllowedChanges;

  constructor(
    allowed: AllowedChanges = {
      dropsRtf: false,
      remapsPrincipals: false,
      namesAuthors: false,
      replacesCharacters: true,
    },
  ) {
    this.#allowed = allowed;
  }

  get dropsRtf(): boolean | null {
    return this.#allowed.dropsRtf;
  }

  get namesAuthors(): boolean {
    return this.#allowed.namesAuthors;
  }

  /** A text as it may be in a package of which the list says that it was changed; of one there, itself. */
  carriable(text: string): string {
    if (this.#allowed.replacesCharacters) return withReplacements(text);
    return text.replace(FORBIDDEN, '').replaceAll(REPLACEMENT, '');
  }

  has(roomId: number): boolean {
    return this.#rooms.has(roomId);
  }

  /** Whether a record that is no message is listed, in whatever state. */
  lists(table: string, key: string): boolean {
    return this.#records.has(`${table} ${key}`);
  }

  /** What is said of a record that is no message; null when nothing is. */
  stateOf(table: string, key: string): keyof ListedCounts | null {
    return this.#records.get(`${table} ${key}`) ?? null;
  }

  /** The flags of `LISTED`; 0 for a message that was simply carried. */
  of(roomId: number, id: bigint): number {
    const page = this.#rooms.get(roomId)?.get(id >> PAGE_BITS);
    if (page === undefined) return 0;
    return page[indexOf(id)] as number;
  }

  mark(roomId: number, id: bigint, flag: number): void {
    const pages = this.#rooms.get(roomId) ?? new Map<bigint, Uint8Array>();
    this.#rooms.set(roomId, pages);
    const number = id >> PAGE_BITS;
    const page = pages.get(number) ?? new Uint8Array(PAGE_BYTES);
    pages.set(number, page);
    const index = indexOf(id);
    page[index] = (page[index] as number) | flag;
  }

  /** Takes a flag back. */
  unmark(roomId: number, id: bigint, flag: number): void {
    const page = this.#rooms.get(roomId)?.get(id >> PAGE_BITS);
    if (page !== undefined) page[indexOf(id)] = (page[indexOf(id)] as number) & ~flag;
  }

  /** Before the export is read another time. */
  forgetMet(): void {
    for (const pages of this.#rooms.values()) {
      for (const page of pages.values())
        for (let i = 0; i < page.length; i++) page[i] = (page[i] as number) & ~LISTED.MET;
    }
  }

  add(line: unknown): boolean {
    if (typeof line !== 'object' || line === null) return false;
    const { table, key, state, rule } = line as Record<string, unknown>;
    if (typeof table !== 'string' || typeof key !== 'string') return false;
    if (state !== 'changed' && state !== 'excluded' && state !== 'refused') return false;
    const counts = this.counts.get(table) ?? { changed: 0, excluded: 0, refused: 0 };
    this.counts.set(table, counts);
    counts[state] += 1;
    if (table !== 'tblChat') this.#records.set(`${table} ${key}`, state);
    else if (state === 'excluded') this.#judgeReason(rule, key);
    const [, before, after] = /^(?:principal |node |)(-?\d{1,20})(?:#(-?\d{1,20}))?$/.exec(key) ?? [];
    if (before === undefined) return true;
    if (table === 'tblPrincipal' && rule === REMAPPED && this.#allowed.remapsPrincipals)
      this.remappedPrincipals.add(Number(before));
    if (table !== 'tblChat' || after === undefined) return true;
    const mayDiffer = state === 'changed' ? fieldFlags((line as Record<string, unknown>).fields) : 0;
    if (mayDiffer === null) return false;
    if (rule === ROOM_GONE) this.goneRooms.add(Number(before));
    this.mark(Number(before), BigInt(after), state === 'changed' ? LISTED.CHANGED | mayDiffer : goneBy(rule));
    return true;
  }

  #judgeReason(rule: unknown, key: string): void {
    if (rule === ROOM_GONE || rule === SECOND_ROW || CUTOFFS.includes(rule)) return;
    const reason = String(rule);
    const known = this.strangeReasons.get(reason);
    if (known === undefined) this.strangeReasons.set(reason, { first: key, messages: 1 });
    else known.messages += 1;
  }
}

const REPLACEMENT = '\ufffd';
/** What no XML document can hold (XML 1.0, production Char). */
const FORBIDDEN = /(?![\t\n\r\x7f-\x9f])\p{Cc}|[\ufffe\uffff]|\p{Cs}/gu;

/** U+FFFD in the place of each character that no XML document can hold. */
export function withReplacements(text: string): string {
  return text.replace(FORBIDDEN, REPLACEMENT);
}

function goneBy(rule: unknown): number {
  if (rule === SECOND_ROW) return LISTED.REPEATED;
  return CUTOFFS.includes(rule) ? LISTED.DATED : LISTED.GONE;
}

function indexOf(id: bigint): number {
  return Number(BigInt.asUintN(Number(PAGE_BITS), id));
}

/** null for what is no list of fields. */
function fieldFlags(fields: unknown): number | null {
  if (!Array.isArray(fields)) return null;
  let flags = 0;
  for (const field of fields) {
    const flag = typeof field === 'string' && Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
    if (flag === undefined) return null;
    flags |= flag;
  }
  return flags;
}

/**
 * Reads `ledger.ndjson`, a line at a time.
 *
 * @throws RunFailure `input-missing`, `input-unreadable`: without the list of exceptions nothing can be compared.
 */
export async function readListedExceptions(
  path: string,
  allowed?: AllowedChanges,
): Promise<ListedExceptions> {
  const listed = new ListedExceptions(allowed);
  let number = 0;
  for await (const line of linesOf(path)) {
    number += 1;
    if (line === '') continue;
    if (!listed.add(parsed(line))) {
      throw unusable(path, `line ${number} is no line of a ledger`, 'input-unreadable');
    }
  }
  return listed;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

async function* linesOf(path: string): AsyncGenerator<string> {
  let kept = '';
  try {
    for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 16 })) {
      const lines = (kept + (chunk as Buffer | string)).split('\n');
      kept = lines.pop() as string;
      if (kept.length > LINE_LIMIT) throw unusable(path, 'a line is too long', 'input-unreadable');
      yield* lines;
    }
    yield kept;
  } catch (cause) {
    if (cause instanceof RunFailure) throw cause;
    const isMissing = cause instanceof Error && Reflect.get(cause, 'code') === 'ENOENT';
    if (isMissing) throw unusable(path, 'it does not exist', 'input-missing', cause);
    throw unusable(path, cause instanceof Error ? cause.message : String(cause), 'input-unreadable', cause);
  }
}

function unusable(
  path: string,
  why: string,
  code: 'input-missing' | 'input-unreadable',
  cause?: unknown,
): RunFailure {
  return new RunFailure(
    code,
    `The exceptions ${path} cannot be read: ${why}.`,
    'With --source, ledger.ndjson must lie beside ledger.json. Copy the handoff again.',
    { cause },
  );
}
