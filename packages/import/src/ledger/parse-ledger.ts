import {
  DIRECTORY_TABLES,
  type DirectoryAccount,
  type LedgerDocument,
  type RoomAccount,
  type RuleShare,
  type StateCounts,
} from './ledger.js';

/** What a ledger.json is, or where it stops being one. */
export type ParsedLedger =
  | { readonly ledger: LedgerDocument; readonly fault: null }
  | { readonly ledger: null; readonly fault: string };

const COUNTS = ['read', 'carried', 'changed', 'excluded', 'refused', 'written'] as const;
const TEXT_COUNTS = ['textBytesRead', 'textBytesWritten', 'textBytesExcluded', 'textBytesRefused'] as const;
const DECIMALS = ['firstDate', 'lastDate', 'lowestId', 'highestId'] as const;
const STATES: readonly unknown[] = ['changed', 'excluded', 'refused'];

/** Thrown and caught in this file only. */
class Misfit extends Error {}

/**
 * Reads ledger.json strictly: every key of the type, no other, each of its kind. Sums are not checked here.
 * Memory: the document, a few hundred bytes a room.
 */
export function parseLedger(json: string): ParsedLedger {
  try {
    const top = objectAt(JSON.parse(json), 'the top', [
      'version',
      'directory',
      'tables',
      'rooms',
      'unplaced',
    ]);
    if (top.version !== 1) throw new Misfit('Unexpected version, expected 1');
    const directory = objectAt(top.directory, 'directory', DIRECTORY_TABLES);
    mapAt(directory, 'directory', checkDirectoryAccount);
    mapAt(top.tables, 'tables', (value, at) => checkCounts(objectAt(value, at, [...COUNTS, 'byRule']), at));
    for (const part of ['rooms', 'unplaced']) mapAt(top[part], part, checkAccount);
    return { ledger: top as unknown as LedgerDocument, fault: null };
  } catch (error) {
    if (error instanceof Misfit) return { ledger: null, fault: error.message };
    if (error instanceof SyntaxError) return { ledger: null, fault: 'Unexpected text, expected JSON' };
    throw error;
  }
}

function checkAccount(value: unknown, at: string): void {
  const keys: (keyof RoomAccount)[] = ['name', ...COUNTS, ...TEXT_COUNTS, 'textBytesAltered', ...DECIMALS];
  const account = objectAt(value, at, [...keys, 'sha256', 'byRule']);
  checkCounts(account, at);
  for (const key of TEXT_COUNTS) checkCount(account[key], `${at}.${key}`);
  checkInteger(account.textBytesAltered, `${at}.textBytesAltered`);
  if (typeof account.name !== 'string') throw new Misfit(`Unexpected ${at}.name, expected a text`);
  for (const key of DECIMALS) {
    const decimal = account[key];
    if (decimal !== null && !(typeof decimal === 'string' && /^(?:0|-?[1-9]\d{0,18})$/.test(decimal))) {
      throw new Misfit(`Unexpected ${at}.${key}, expected decimal digits or null`);
    }
  }
  checkHash(account.sha256, `${at}.sha256`);
}

function checkDirectoryAccount(value: unknown, at: string): void {
  const keys: readonly (keyof DirectoryAccount)[] = ['rows', 'sha256'];
  const account = objectAt(value, at, keys);
  checkCount(account.rows, `${at}.rows`);
  checkHash(account.sha256, `${at}.sha256`);
}

function checkHash(value: unknown, at: string): void {
  if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return;
  throw new Misfit(`Unexpected ${at}, expected 64 hexadecimal digits`);
}

function checkCounts(counts: Record<string, unknown>, at: string): void {
  const keys: readonly (keyof StateCounts)[] = COUNTS;
  for (const key of keys) checkCount(counts[key], `${at}.${key}`);
  mapAt(counts.byRule, `${at}.byRule`, (shares, rule) => {
    if (!Array.isArray(shares)) throw new Misfit(`Unexpected ${rule}, expected a list`);
    shares.forEach((share: unknown, index) => {
      checkShare(share, `${rule}[${index}]`);
    });
  });
}

function checkShare(value: unknown, at: string): void {
  const keys: readonly (keyof RuleShare)[] = ['state', 'records', 'textBytes'];
  const share = objectAt(value, at, keys);
  if (!STATES.includes(share.state))
    throw new Misfit(`Unexpected ${at}.state, expected ${STATES.join(', ')}`);
  checkCount(share.records, `${at}.records`);
  checkInteger(share.textBytes, `${at}.textBytes`);
}

function checkCount(value: unknown, at: string): void {
  checkInteger(value, at);
  if ((value as number) < 0) throw new Misfit(`Unexpected ${at}, expected 0 or more`);
}

function checkInteger(value: unknown, at: string): void {
  if (!Number.isSafeInteger(value)) throw new Misfit(`Unexpected ${at}, expected a whole number`);
}

function mapAt(value: unknown, at: string, check: (value: unknown, at: string) => void): void {
  for (const [key, item] of Object.entries(objectAt(value, at, null))) check(item, `${at}.${key}`);
}

/** With `keys` null any keys will do. */
function objectAt(value: unknown, at: string, keys: readonly string[] | null): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Misfit(`Unexpected ${at}, expected an object`);
  }
  const object = value as Record<string, unknown>;
  const missing = keys?.find((key) => !Object.hasOwn(object, key));
  if (missing !== undefined) throw new Misfit(`Unexpected absence of ${missing} in ${at}`);
  const unknown = keys === null ? undefined : Object.keys(object).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw new Misfit(`Unexpected key ${JSON.stringify(unknown)} in ${at}`);
  return object;
}
