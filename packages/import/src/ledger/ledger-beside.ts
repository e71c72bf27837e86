import { readFile, stat } from 'node:fs/promises';
import { type Finding, RunFailure } from '@chatferry/export';
import type { ValidateOptions } from '../validate/validate-package.js';
import type { LedgerDocument } from './ledger.js';
import { parseLedger } from './parse-ledger.js';

/** Held whole, and once more as objects; a room takes some 700 bytes. */
const MOST_BYTES = 256 * 2 ** 20;

export type LedgerRead = { readonly ledger: LedgerDocument | null; readonly fault: string | null };

/** A bare ZIP may come without a ledger, a handoff may not. */
export async function readLedger({
  ledgerPath: path,
  handoffPath,
}: Pick<ValidateOptions, 'ledgerPath' | 'handoffPath'>): Promise<LedgerRead> {
  if (path === null) {
    return { ledger: null, fault: handoffPath === null ? null : 'Unexpected handoff without ledger.json' };
  }
  try {
    if ((await stat(path)).size > MOST_BYTES) throw new Error(`more than ${MOST_BYTES} bytes`);
    return parseLedger(await readFile(path, 'utf8'));
  } catch (cause) {
    const isMissing = cause instanceof Error && Reflect.get(cause, 'code') === 'ENOENT';
    throw new RunFailure(
      isMissing ? 'input-missing' : 'input-unreadable',
      `The ledger ${path} ${isMissing ? 'does not exist' : 'cannot be read'}.`,
      'Name the ledger.json of the handoff, or leave it out.',
      { cause },
    );
  }
}

export const LEDGER_REMEDY =
  'Do not import this copy. Copy the handoff again; if it stays so, run the transform again.';

export function ledgerFault(message: string): Finding {
  return {
    rule: 'ledger-balances',
    severity: 'error',
    place: { file: 'ledger.json', line: 1, column: 1, record: null },
    message,
    remedy: LEDGER_REMEDY,
  };
}
