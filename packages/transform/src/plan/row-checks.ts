import { quoteName } from '../directory/label.js';
import { nearestIds } from '../explain/nearest-ids.js';
import { planFailure } from './plan-failure.js';
import type { CsvRow } from './read-csv.js';

const GUID = /^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/i;

/** A GUID in lower case without braces; null for any other text. */
export function guidOf(text: string): string | null {
  return GUID.exec(text.trim())?.[1]?.toLowerCase() ?? null;
}

/** The action of a row, whose letter case does not matter. @throws RunFailure `plan-unusable` */
export function checkedAction<Action extends string>(
  row: CsvRow<'action'>,
  actions: readonly Action[],
): Action {
  const text = row.text('action').trim();
  const action = actions.find((each) => each === text.toLowerCase());
  if (action !== undefined) return action;
  const [near] = nearestIds(text, actions);
  throw planFailure(row.at('action'), {
    what: `Unexpected action ${quoteName(text)}, expected ${actions.join(', ')}`,
    remedy: near === undefined ? 'Write one of these.' : `Did you mean ${near}?`,
  });
}

/** @throws RunFailure `plan-unusable` */
export function checkedGuid<Column extends string>(row: CsvRow<Column>, column: Column): string {
  const guid = guidOf(row.text(column));
  if (guid !== null) return guid;
  throw planFailure(row.at(column), {
    what: `Unexpected ${column} ${quoteName(row.text(column))}, expected a GUID`,
    remedy: 'Take the GUID from the plan as chatferry plan has written it.',
  });
}
