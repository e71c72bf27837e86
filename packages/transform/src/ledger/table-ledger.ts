import type { RecordState, StateCounts } from '@chatferry/import';
import { RuleShares } from './rule-shares.js';

/**
 * The account of one table of the directory. What was read and what became of it are told separately, so that a
 * row which nobody settled shows as an imbalance.
 */
export class TableLedger {
  readonly #shares = new RuleShares();
  #read = 0;
  #carried = 0;

  read(records = 1): void {
    this.#read += records;
  }

  /**
   * Settles `records` rows.
   * @param rule the rule that decided; null for, and only for, `carried`.
   */
  settle(state: RecordState, rule: string | null, records = 1): void {
    if (state === 'carried') {
      if (rule !== null) throw new Error(`rule ${rule} settled a row as carried, which needs no rule`);
      this.#carried += records;
    } else {
      if (rule === null) throw new Error(`a row was settled as ${state} without a rule`);
      this.#shares.add(rule, state, records, 0);
    }
  }

  toDocument(): StateCounts {
    return countsOf(this.#read, this.#carried, this.#shares);
  }
}

/** The counts that every account has. */
export function countsOf(read: number, carried: number, shares: RuleShares): StateCounts {
  const changed = shares.records('changed');
  return {
    read,
    carried,
    changed,
    excluded: shares.records('excluded'),
    refused: shares.records('refused'),
    written: carried + changed,
    byRule: shares.toDocument(),
  };
}
