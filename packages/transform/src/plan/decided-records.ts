import type { Directory } from '@chatferry/export';
import { DECISIONS_SHOWN, type DecidedRecord, type DecidedRecords } from '@chatferry/import';
import { quoteName } from '../directory/label.js';
import type { Decisions, NodeDecision, PrincipalDecision } from './decisions.js';
import { TABLE_OWNERS } from './option-owners.js';
import { type PlanKeys, planKeys } from './plan-keys.js';
import { appliedActions } from './planned-actions.js';
import type { Plan } from './read-plan.js';

/** What the plan decides about single records, file by file, in the order of their rows as we write them. */
export function decidedRecords(
  decisions: Decisions,
  directory: Directory,
  plan: Plan | null,
): DecidedRecords[] {
  const keys = planKeys(directory);
  const actions = appliedActions(decisions, plan);
  const ofNodes = (table: 'categories' | 'rooms'): DecidedRecord[] => {
    const decided = [...keys[table].values()].filter(({ nodeGuid }) => decisions[table].has(nodeGuid));
    return decided.slice(0, DECISIONS_SHOWN).map((row) => {
      const { action, reason } = actions.ofNode(row);
      const decision = decisions[table].get(row.nodeGuid) as NodeDecision;
      return { action, id: row.nodeGuid, name: row.nodeName, becomes: placeOfNode(decision, keys), reason };
    });
  };
  const ofPrincipals = (): DecidedRecord[] => {
    const decided = [...decisions.principals].sort(([one], [other]) => one - other);
    return decided.slice(0, DECISIONS_SHOWN).map(([id, decision]) => {
      const { action, reason } = actions.ofPrincipal(id);
      const becomes = successor(decision, keys);
      return { action, id: labelOf(id, keys), name: nameOf(id, keys), becomes, reason };
    });
  };
  const tables = [
    { table: 'categories', first: () => ofNodes('categories') },
    { table: 'rooms', first: () => ofNodes('rooms') },
    { table: 'principals', first: ofPrincipals },
  ] as const;
  return tables.flatMap(({ table, first }) => {
    const { size } = decisions[table];
    const decidedBy = TABLE_OWNERS[table];
    return size === 0 ? [] : [{ file: `${table}.csv`, records: size, decidedBy, first: first() }];
  });
}

function placeOfNode({ name, category }: NodeDecision, { categories }: PlanKeys): string {
  return [
    ...(name === null ? [] : [`"${name}"`]),
    ...(category === null
      ? []
      : [`in category ${quoteName(categories.get(category)?.nodeName ?? '')} (${category})`]),
  ].join(', ');
}

function successor({ target, uri, displayName }: PrincipalDecision, keys: PlanKeys): string {
  return [
    ...(target === null ? [] : [`${quoteName(nameOf(target, keys))} (${labelOf(target, keys)})`]),
    ...(uri === null ? [] : [`URI ${quoteName(uri)}`]),
    ...(displayName === null ? [] : [`display name ${quoteName(displayName)}`]),
  ].join(', ');
}

/** Principals may share a GUID, and unknown authors have none. */
function labelOf(id: number, { principals }: PlanKeys): string {
  const guid = principals.get(id)?.prinGuid ?? '';
  return guid === '' ? `prinID ${id}` : `prinID ${id}, ${guid}`;
}

function nameOf(id: number, { principals }: PlanKeys): string {
  const row = principals.get(id);
  if (row === undefined) return 'no row in tblPrincipal';
  return row.prinDisplayName || row.prinName || row.prinUri;
}
