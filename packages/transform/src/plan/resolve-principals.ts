import type { PrincipalRow } from '@chatferry/export';
import { quoteName } from '../directory/label.js';
import { nameKey } from '../directory/name-equality.js';
import { labelPrincipal, principalTypeMeaning } from '../directory/principals.js';
import type { PrincipalDecision } from './decisions.js';
import { planFailure } from './plan-failure.js';
import type { PlannedPrincipal, PlannedPrincipals } from './principal-rows.js';

type Rows = ReadonlyMap<number, PrincipalRow>;

/**
 * The rows of principals.csv that decide something, their targets followed to the end.
 *
 * @throws RunFailure `plan-unusable` for a target that is missing, ambiguous, refused or of the wrong kind, for
 * circles, and for a URI that another principal has.
 */
export function resolvePrincipals(
  planned: PlannedPrincipals,
  rows: Rows,
): ReadonlyMap<number, PrincipalDecision> {
  const targets = directTargets(planned, rows);
  const decided = new Map<number, PrincipalDecision>();
  for (const [id, row] of planned) {
    const { action, place, uri, displayName } = row;
    if (action === 'keep') continue;
    checkCanFollow(id, row, rows);
    const target = action === 'map' || action === 'merge' ? endOfChain(id, targets, planned) : null;
    if (target !== null) checkKind(target, row, { from: rows.get(id), to: rows.get(target) as PrincipalRow });
    decided.set(id, { place, action, target, uri, displayName });
  }
  checkUris(decided, rows);
  return decided;
}

/** By prinID, the prinID that its row names. */
function directTargets(planned: PlannedPrincipals, rows: Rows): ReadonlyMap<number, number> {
  const byGuid = new Map<string, number[]>();
  for (const [id, { prinGuid }] of rows) byGuid.set(prinGuid, [...(byGuid.get(prinGuid) ?? []), id]);
  const targets = new Map<number, number>();
  for (const [id, { target, targetPlace }] of planned) {
    if (target === null) continue;
    const ids = typeof target === 'number' ? [target].filter((each) => rows.has(each)) : byGuid.get(target);
    const [found] = ids ?? [];
    if (found === undefined) {
      throw planFailure(targetPlace, {
        what: `target ${target} is no principal of the export`,
        remedy: 'Take a prinGuid or prinID of principals.csv that has a row in tblPrincipal.',
      });
    }
    if (ids !== undefined && ids.length > 1) {
      throw planFailure(targetPlace, {
        what: `target ${target} is the prinGuid of principals ${ids.join(', ')}`,
        remedy: 'Write the prinID of the one that is meant.',
      });
    }
    targets.set(id, found);
  }
  return targets;
}

function endOfChain(id: number, targets: ReadonlyMap<number, number>, planned: PlannedPrincipals): number {
  const seen = new Set<number>();
  let at = id;
  for (let next = targets.get(at); next !== undefined; next = targets.get(at)) {
    seen.add(at);
    if (seen.has(next)) {
      const { targetPlace } = planned.get(at) as PlannedPrincipal;
      throw planFailure(targetPlace, {
        what: `target ${next} leads back in a circle: ${[...seen, next].join(' -> ')}`,
        remedy: 'Let one of these principals keep its place.',
      });
    }
    at = next;
  }
  return at;
}

/** Whoever has no row, or one that the rules refuse, can only be mapped. */
function checkCanFollow(id: number, { action, place }: PlannedPrincipal, rows: Rows): void {
  const row = rows.get(id);
  if (action === 'map' || (row !== undefined && isSound(row))) return;
  const what =
    row === undefined
      ? `userId ${id}, which has no row in tblPrincipal`
      : `${labelPrincipal(row)}, whose row is refused`;
  throw planFailure(place, {
    what: `Unexpected action ${action} for ${what}, expected keep or map`,
    remedy: 'Map it to the principal that becomes the author of its messages, or keep it.',
  });
}

function checkKind(
  target: number,
  { action, targetPlace }: PlannedPrincipal,
  { from, to }: { readonly from: PrincipalRow | undefined; readonly to: PrincipalRow },
): void {
  const fail = (what: string, remedy: string): Error =>
    planFailure(targetPlace, { what: `target ${target} ${what}`, remedy });
  if (!isSound(to)) throw fail('is a principal whose row is refused', 'Name another principal.');
  const kind = principalTypeMeaning(to.prinTypeID)?.kind;
  if (action === 'map' && kind !== 'user' && kind !== 'system') {
    throw fail(`is a ${kind} and cannot be an author`, 'Name a user.');
  }
  if (action === 'merge' && from !== undefined && principalTypeMeaning(from.prinTypeID)?.kind !== kind) {
    throw fail(`is a ${kind} and the principal to merge is not`, 'Merge principals of one kind, or map.');
  }
}

/** Whether the rules carry the row, as far as the row itself tells. */
function isSound(row: PrincipalRow): boolean {
  return row.defects.length === 0 && principalTypeMeaning(row.prinTypeID) !== undefined;
}

function checkUris(decided: ReadonlyMap<number, PrincipalDecision>, rows: Rows): void {
  const owners = new Map<string, number>();
  const uriOf = (id: number): string => decided.get(id)?.uri ?? (rows.get(id) as PrincipalRow).prinUri;
  const stays = [...rows.keys()].filter((id) => decided.get(id)?.target == null);
  // Those that keep their URI first, so that the row of the plan is the one that is named.
  const isRenamed = (id: number): boolean => decided.get(id)?.uri != null;
  for (const id of [...stays.filter((each) => !isRenamed(each)), ...stays.filter(isRenamed)]) {
    const key = nameKey(uriOf(id));
    const owner = owners.get(key);
    const decision = decided.get(id);
    if (owner !== undefined && decision?.uri != null) {
      throw planFailure(decision.place, {
        what: `newUri ${quoteName(decision.uri)} is the URI of principal ${owner} too`,
        remedy: 'Merge the two when they are one, or give another URI.',
      });
    }
    if (owner === undefined) owners.set(key, id);
  }
}
