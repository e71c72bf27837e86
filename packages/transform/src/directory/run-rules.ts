import type { DirectoryRow, Report } from '@chatferry/export';
import type { TransformOptions } from '../options.js';
import type { DirectoryRule, Said, Voice } from '../rule.js';
import type { DirectoryDraft } from './draft.js';

/** Runs the rules in order over the draft; stamps rule id and severity on all they say. */
export function runDirectoryRules(
  rules: readonly DirectoryRule[],
  draft: DirectoryDraft,
  options: TransformOptions,
  report: Report,
): void {
  for (const rule of rules) rule.apply(draft, options, voiceOf(rule, draft, report));
}

function voiceOf(rule: DirectoryRule, draft: DirectoryDraft, report: Report): Voice {
  return {
    say(place, said) {
      report({ rule: rule.id, place, ...said, severity: severityOf(rule, said) });
    },
    changed: (row: DirectoryRow) => draft.fates.settle(row, 'changed', rule.id),
    excluded: (row: DirectoryRow) => draft.fates.settle(row, 'excluded', rule.id),
    refused: (row: DirectoryRow) => draft.fates.settle(row, 'refused', rule.id),
  };
}

function severityOf(rule: DirectoryRule, said: Said): (typeof rule.severities)[number] {
  const severity = said.severity ?? rule.severities[0];
  if (!rule.severities.includes(severity)) {
    throw new Error(`rule ${rule.id} said ${severity} but declares ${rule.severities.join(', ')}`);
  }
  return severity;
}
