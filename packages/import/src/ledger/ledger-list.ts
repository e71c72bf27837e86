import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Finding, RunFailure } from '@chatferry/export';
import { readListedExceptions } from '../source/listed-exceptions.js';
import type { LedgerDocument } from './ledger.js';
import { ledgerFault } from './ledger-beside.js';

const STATES = ['changed', 'excluded', 'refused'] as const;

/**
 * What keeps `ledger.ndjson` from being the exceptions that `ledger.json` counts, as findings of `ledger-balances`.
 * Beside the ledger of a handoff it must lie; beside any other it may. Memory: what `ListedExceptions` states.
 */
export async function listFaults(
  ledger: LedgerDocument,
  { ledgerPath, isOfHandoff }: { readonly ledgerPath: string; readonly isOfHandoff: boolean },
): Promise<Finding[]> {
  const path = join(dirname(ledgerPath), 'ledger.ndjson');
  if (!isOfHandoff && !existsSync(path)) return [];
  try {
    const { counts } = await readListedExceptions(path);
    const tables = [...new Set([...Object.keys(ledger.tables), ...counts.keys()])].sort();
    return tables.flatMap((table) =>
      STATES.flatMap((state) => {
        const seen = counts.get(table)?.[state] ?? 0;
        const expected = ledger.tables[table]?.[state] ?? 0;
        if (seen === expected) return [];
        return [
          ledgerFault(
            `Unexpected ${seen} ${state} records of ${table} in ledger.ndjson, expected ${expected} as in ledger.json`,
          ),
        ];
      }),
    );
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error;
    return [ledgerFault(`Unexpected list of exceptions: ${error.message}`)];
  }
}
