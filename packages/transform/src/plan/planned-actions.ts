import type { NodeRow } from '@chatferry/export';
import type { Decisions } from './decisions.js';
import { givenReason } from './fate-in-words.js';
import type { Plan } from './read-plan.js';

/** What stands in the editable columns of a node's row, and why. */
export interface NodeAction {
  readonly action: 'keep' | 'rename' | 'exclude' | 'move';
  readonly newName: string;
  readonly newCategory: string;
  /** Empty leaves the reason to what the rules did. */
  readonly reason: string;
}

export const KEPT: NodeAction = { action: 'keep', newName: '', newCategory: '', reason: '' };

/** What stands in the editable columns of a principal's row. */
export interface PrincipalAction {
  readonly action: string;
  readonly target: string;
  readonly newUri: string;
  readonly newDisplayName: string;
  /** As for a node. */
  readonly reason: string;
}

/** The editable columns of a plan. */
export interface PlannedActions {
  ofNode(row: NodeRow): NodeAction;
  ofPrincipal(id: number): PrincipalAction;
}

/**
 * The columns that stand for decisions which were applied, with the reasons that the plan gave: they are evidence, so
 * nothing of ours takes their place.
 *
 * @param plan whose decisions they are; null when there was none.
 */
export function appliedActions(
  decisions: Decisions,
  plan: Pick<Plan, 'categories' | 'rooms' | 'principals'> | null,
): PlannedActions {
  return {
    ofNode(row) {
      const decision = (row.nodeType ? decisions.categories : decisions.rooms).get(row.nodeGuid);
      const planned = (row.nodeType ? plan?.categories : plan?.rooms)?.get(row.nodeGuid);
      const reason = givenReason(planned?.reason ?? '');
      if (decision === undefined) return { ...KEPT, reason };
      const { excludes, name, category } = decision;
      return {
        action: excludes ? 'exclude' : category === null ? 'rename' : 'move',
        newName: name ?? '',
        newCategory: category ?? '',
        reason,
      };
    },
    ofPrincipal(id) {
      const decision = decisions.principals.get(id);
      return {
        action: decision?.action ?? 'keep',
        target: decision?.target == null ? '' : String(decision.target),
        newUri: decision?.uri ?? '',
        newDisplayName: decision?.displayName ?? '',
        reason: givenReason(plan?.principals.get(id)?.reason ?? ''),
      };
    },
  };
}

/** The columns of a plan that is proposed: nodes by GUID as given, principals as they are. */
export function proposedActions(nodes: ReadonlyMap<string, NodeAction>): PlannedActions {
  return {
    ofNode: (row) => nodes.get(row.nodeGuid) ?? KEPT,
    ofPrincipal: () => ({ action: 'keep', target: '', newUri: '', newDisplayName: '', reason: '' }),
  };
}
