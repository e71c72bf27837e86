import type { FindingGroup, LedgerDocument } from '@chatferry/import';
import type { TransformOptions } from '../options.js';
import { DIRECTORY_RULES } from '../rules/index.js';
import { MESSAGE_RULES } from '../rules/messages.js';

/** What a run has counted. */
export interface RunCounts {
  readonly findings: readonly FindingGroup[];
  readonly ledger: LedgerDocument;
  /** Messages with rich text: their rule says one finding a room. */
  readonly rtf: number;
}

/**
 * How many records of the export an option touches: those that its rules speak of, or settle without a finding each.
 */
export function touchesOf(option: keyof TransformOptions, { findings, ledger, rtf }: RunCounts): number {
  if (option === 'rtf') return rtf;
  return [...DIRECTORY_RULES, ...MESSAGE_RULES]
    .filter((rule) => rule.option === option)
    .reduce((sum, { id }) => sum + Math.max(saidBy(id, findings), settledBy(id, ledger)), 0);
}

function saidBy(rule: string, findings: readonly FindingGroup[]): number {
  return findings.reduce((sum, group) => sum + (group.rule === rule ? group.count : 0), 0);
}

function settledBy(rule: string, { tables }: LedgerDocument): number {
  return Object.values(tables)
    .flatMap(({ byRule }) => byRule[rule] ?? [])
    .reduce((sum, { records }) => sum + records, 0);
}
