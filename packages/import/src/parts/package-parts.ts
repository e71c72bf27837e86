import { canonicalJson } from '../reports/canonical-json.js';

/** One of the ZIPs of a package in several parts. Each imports alone; `order` says which is imported when. */
export interface PackagePart {
  /** From 1. */
  readonly order: number;
  /** File name beside PARTS.json. */
  readonly name: string;
  readonly bytes: number;
  /** Hex, of the ZIP. */
  readonly sha256: string;
  readonly rooms: number;
  /** Ids, ascending from part to part; null for a part without rooms. */
  readonly firstRoomId: number | null;
  readonly lastRoomId: number | null;
  readonly messages: number;
}

/** The order file in `data/` of a handoff whose package is in several parts. */
export const PARTS_NAME = 'PARTS.json';

const PART_NAME = /^PersistentChatData-part-([0-9]{4,9})(?:\.NOT-READY)?\.zip$/;
const SHA_256 = /^[0-9a-f]{64}$/;

/** `PersistentChatData-part-0002.zip`; not ready, `PersistentChatData-part-0002.NOT-READY.zip`. */
export function partName(order: number, isReady = true): string {
  return `PersistentChatData-part-${String(order).padStart(4, '0')}${isReady ? '' : '.NOT-READY'}.zip`;
}

/** The number in the name of a part; null for any other file. */
export function partOrder(name: string): number | null {
  const [, digits] = PART_NAME.exec(name) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** PARTS.json: the parts in the order of the import. */
export function partsJson(parts: readonly PackagePart[]): string {
  return canonicalJson({ version: 1, parts: parts.map(fieldsOf) });
}

function fieldsOf(part: PackagePart): PackagePart {
  const { order, name, bytes, sha256, rooms, firstRoomId, lastRoomId, messages } = part;
  return { order, name, bytes, sha256, rooms, firstRoomId, lastRoomId, messages };
}

export interface ParsedParts {
  /** null when there is a fault. */
  readonly parts: readonly PackagePart[] | null;
  readonly fault: string | null;
}

/** Reads PARTS.json as a stranger would: names must be those of parts in their order, so that none leads elsewhere. */
export function parseParts(text: string): ParsedParts {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { parts: null, fault: 'Unexpected text, expected JSON' };
  }
  const parts: unknown = isObject(value) && value.version === 1 ? value.parts : undefined;
  if (!Array.isArray(parts) || parts.length === 0) {
    return { parts: null, fault: 'Unexpected content, expected version 1 and a list of parts' };
  }
  const wrong = parts.findIndex((part, index) => !isPart(part, index + 1));
  if (wrong >= 0) return { parts: null, fault: `Unexpected form of part ${wrong + 1}` };
  const early = parts.findIndex((part, index) => index > 0 && !isBehind(part, parts.slice(0, index)));
  if (early >= 0)
    return { parts: null, fault: `Unexpected rooms of part ${early + 1} before those of an earlier one` };
  return { parts, fault: null };
}

/** Whether a part's rooms come after all earlier ones. */
function isBehind({ firstRoomId }: PackagePart, earlier: readonly PackagePart[]): boolean {
  const last = earlier.findLast((part) => part.lastRoomId !== null)?.lastRoomId ?? null;
  return firstRoomId === null || last === null || firstRoomId > last;
}

function isPart(part: unknown, order: number): part is PackagePart {
  return (
    isObject(part) &&
    part.order === order &&
    typeof part.name === 'string' &&
    partOrder(part.name) === order &&
    typeof part.sha256 === 'string' &&
    SHA_256.test(part.sha256) &&
    [part.bytes, part.rooms, part.messages].every((count) => Number.isSafeInteger(count)) &&
    [part.firstRoomId, part.lastRoomId].every((id) => id === null || Number.isSafeInteger(id))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
