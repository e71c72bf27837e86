import type { NodeRow, PrincipalRow } from '@chatferry/export';
import type { DirectoryDraft } from '../directory/draft.js';

/** What `fateInWords` makes. */
const FATE = /^(?:excluded|refused|changed) by [a-z]+(?:-[a-z]+)*$/;

/** `excluded by room-disabled`; empty for what is carried. */
export function fateInWords(draft: DirectoryDraft, row: NodeRow | PrincipalRow): string {
  const { state, rule } = draft.fates.of(row);
  const isTold =
    state === 'excluded' || state === 'refused' || (state === 'changed' && row.kind === 'principal');
  return isTold ? `${state} by ${rule}` : '';
}

/** A reason that somebody gave; empty when a plan has it from `fateInWords`, because another run may do otherwise. */
export function givenReason(reason: string): string {
  return FATE.test(reason) ? '' : reason;
}
