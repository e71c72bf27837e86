import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { SigningKey } from '../seal/signing-key.js';

/** What an entry says. The order of the fields is that of the file. */
export interface CustodyStatement {
  /** From 1. */
  readonly sequence: number;
  /** When, UTC: `2026-11-26T16:05:00Z`. */
  readonly at: string;
  readonly by: string;
  readonly note: string;
  /** SHA-256 (hex) of tagmanifest-sha256.txt, which stands for every byte of the handoff. */
  readonly tagmanifest: string;
  /** SHA-256 (hex) of the line of the entry before, with its line feed; null in the first entry. */
  readonly previous: string | null;
  /** Fingerprint of the key that signed the entry; null when nobody did. */
  readonly key: string | null;
}

export interface CustodyEntry extends CustodyStatement {
  /** SHA-256 (hex) of the statement: the line as it is without this field and the signature. */
  readonly sha256: string;
  /** Ed25519 over the bytes of the statement, base64; null when `key` is. */
  readonly signature: string | null;
}

/** The bytes that are hashed and signed. */
export function statementBytes(statement: CustodyStatement): Buffer {
  return Buffer.from(JSON.stringify(ordered(statement)));
}

/** An entry as its line of custody.ndjson, line feed included. */
export function entryLine(entry: CustodyEntry): string {
  const { sha256, signature } = entry;
  return `${JSON.stringify({ ...ordered(entry), sha256, ...(signature === null ? {} : { signature }) })}\n`;
}

/** What the next entry calls `previous`, and what `chatferry seal` tells: `tail -n 1 custody.ndjson | sha256sum`. */
export function lineHash(line: string): string {
  return createHash('sha256').update(line).digest('hex');
}

export function sealStatement(said: Omit<CustodyStatement, 'key'>, key: SigningKey | null): CustodyEntry {
  const statement = { ...said, key: key?.fingerprint ?? null };
  const bytes = statementBytes(statement);
  return {
    ...statement,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    signature: key === null ? null : key.sign(bytes).toString('base64'),
  };
}

/**
 * An entry from its line (without line feed), or what is wrong with it as the end of "expected …". Only the very form
 * that `entryLine` writes is one, so that there is one line for each entry and no room for a second meaning.
 */
export function parseEntry(line: string): CustodyEntry | string {
  const value = parseObject(line);
  if (value === null) return 'a JSON object';
  const { sequence, at, by, note, tagmanifest, previous, key, sha256, signature = null } = value;
  if (typeof sequence !== 'number' || !Number.isSafeInteger(sequence)) return 'sequence to be a number';
  if (typeof at !== 'string' || !isInstant(at)) return 'at to be an instant such as 2026-11-26T16:05:00Z';
  if (typeof by !== 'string' || typeof note !== 'string') return 'by and note to be texts';
  if (!isSha256(tagmanifest) || !isSha256(sha256)) return 'tagmanifest and sha256 to be SHA-256 in hex';
  if (previous !== null && !isSha256(previous)) return 'previous to be a SHA-256 in hex, or null';
  if (key !== null && !isFingerprint(key)) return 'key to be a fingerprint, or null';
  if ((key === null) !== (signature === null)) return 'a signature wherever a key is named, and only there';
  if (signature !== null && (typeof signature !== 'string' || !/^[A-Za-z0-9+/]{86}==$/.test(signature))) {
    return 'signature to be 64 bytes in base64';
  }
  const entry = { sequence, at, by, note, tagmanifest, previous, key, sha256, signature };
  return entryLine(entry) === `${line}\n`
    ? entry
    : 'the fields of an entry and no others, in their order and form';
}

/** `2026-11-26T16:05:00Z`, and a day that there is. */
export function isInstant(text: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/.test(text)) return false;
  const milliseconds = Date.parse(text);
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === text.replace('Z', '.000Z');
}

function ordered({ sequence, at, by, note, tagmanifest, previous, key }: CustodyStatement): CustodyStatement {
  return { sequence, at, by, note, tagmanifest, previous, key };
}

function parseObject(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function isSha256(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function isFingerprint(value: unknown): value is string {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}
