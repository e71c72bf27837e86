import type { RecordState, RuleShare } from '@chatferry/import';

/** A state that only a rule can give. */
export type SettledState = Exclude<RecordState, 'carried'>;

const STATE_ORDER: readonly SettledState[] = ['changed', 'excluded', 'refused'];

interface Share {
  readonly rule: string;
  readonly state: SettledState;
  records: number;
  textBytes: number;
}

/**
 * What rules did to the records of one table or room. Memory held: one entry a rule and state; a list, because
 * a room sees a handful of rules and there may be 50,000 rooms.
 */
export class RuleShares {
  readonly #shares: Share[] = [];

  add(rule: string, state: SettledState, records: number, textBytes: number): void {
    if (records === 0) return;
    for (const share of this.#shares) {
      if (share.rule === rule && share.state === state) {
        share.records += records;
        share.textBytes += textBytes;
        return;
      }
    }
    this.#shares.push({ rule, state, records, textBytes });
  }

  addAll(other: RuleShares): void {
    for (const share of other.#shares) this.add(share.rule, share.state, share.records, share.textBytes);
  }

  records(state: SettledState): number {
    return this.#sum(state, 'records');
  }

  textBytes(state: SettledState): number {
    return this.#sum(state, 'textBytes');
  }

  clear(): void {
    this.#shares.length = 0;
  }

  /** Rule ids in code unit order, a rule's shares in the order changed, excluded, refused. */
  toDocument(): Record<string, RuleShare[]> {
    const byRule: Record<string, RuleShare[]> = {};
    const sorted = this.#shares.toSorted(
      (a, b) =>
        (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0) ||
        STATE_ORDER.indexOf(a.state) - STATE_ORDER.indexOf(b.state),
    );
    for (const { rule, state, records, textBytes } of sorted) {
      byRule[rule] ??= [];
      byRule[rule].push({ state, records, textBytes });
    }
    return byRule;
  }

  #sum(state: SettledState, field: 'records' | 'textBytes'): number {
    let sum = 0;
    for (const share of this.#shares) if (share.state === state) sum += share[field];
    return sum;
  }
}
