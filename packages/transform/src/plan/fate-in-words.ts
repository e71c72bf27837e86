import type { NodeRow, PrincipalRow } from '@chatferry/export';
import type { DirectoryDraft } from '../directory/draft.js';
import { DIRECTORY_RULES } from '../rules/index.js';

/** Beside the action `keep`, `excluded` would read as a contradiction: it is the rules that leave the record behind. */
const FATES = { excluded: 'left behind', refused: 'refused', changed: 'changed' } as const;
/** What `fateInWords` makes. */
const FATE = /^(?:left behind|refused|changed) by the rule [a-z]+(?:-[a-z]+)*(?: \(option [A-Za-z]+\))?$/;

/** `left behind by the rule room-disabled (option disabledRooms)`; empty for what is carried. */
export function fateInWords(draft: DirectoryDraft, row: NodeRow | PrincipalRow): string {
  const { state, rule } = draft.fates.of(row);
  if (state === 'carried' || (state === 'changed' && row.kind !== 'principal')) return '';
  const option = DIRECTORY_RULES.find(({ id }) => id === rule)?.option ?? null;
  return `${FATES[state]} by the rule ${rule}${option === null ? '' : ` (option ${option})`}`;
}

/** A reason that somebody gave; empty when a plan has it from `fateInWords`, because another run may do otherwise. */
export function givenReason(reason: string): string {
  return FATE.test(reason) ? '' : reason;
}
