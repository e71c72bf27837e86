import type { Buffer } from 'node:buffer';
import type { Place } from '@chatferry/export';
import { quoteName } from '../directory/label.js';
import { withoutForbidden } from '../directory/principal-text.js';
import type { PrincipalDecision } from './decisions.js';
import { planFailure } from './plan-failure.js';
import { PRINCIPALS_TABLE } from './plan-tables.js';
import { type CsvRow, readPlanCsv } from './read-csv.js';
import { checkedAction, guidOf } from './row-checks.js';

type Row = CsvRow<(typeof PRINCIPALS_TABLE)['columns'][number]>;

/** A row of principals.csv. */
export interface PlannedPrincipal {
  /** Of the key. */
  readonly place: Place;
  readonly presentName: string;
  readonly messages: string;
  /** As it stands in the row, whoever wrote it; for whoever reads the plan later. */
  readonly reason: string;
  readonly action: 'keep' | PrincipalDecision['action'];
  /** What the row maps or merges onto: a prinID, or a GUID in lower case. */
  readonly target: number | string | null;
  readonly targetPlace: Place;
  readonly uri: string | null;
  readonly displayName: string | null;
}

/** By prinID, in the order of the file. */
export type PlannedPrincipals = ReadonlyMap<number, PlannedPrincipal>;

const NUMBER = /^\d{1,15}$/;
/** nvarchar(256) of prinUri and prinDisplayName (database schema, tblPrincipal). */
const LONGEST = 256;

/** @throws RunFailure `plan-unusable` with line and column. Memory held: one record a row. */
export function readPrincipals(bytes: Buffer): PlannedPrincipals {
  const principals = new Map<number, PlannedPrincipal>();
  readPlanCsv(bytes, PRINCIPALS_TABLE, (row: Row) => {
    const id = keyOf(row);
    const first = principals.get(id);
    if (first !== undefined) {
      throw planFailure(row.at('prinID'), {
        what: `Unexpected second row for prinID ${id}, expected one; the first stands in line ${first.place.line}`,
        remedy: 'Remove one of the two rows.',
      });
    }
    const action = checkedAction(row, PRINCIPALS_TABLE.actions);
    principals.set(id, {
      place: row.at('prinID'),
      presentName: row.text('presentName'),
      messages: row.text('messages'),
      reason: row.text('reason'),
      action,
      target: targetOf(row, action),
      targetPlace: row.at('target'),
      ...givenTexts(row, action),
    });
  });
  return principals;
}

function keyOf(row: Row): number {
  const text = row.text('prinID').trim();
  if (NUMBER.test(text)) return Number(text);
  throw planFailure(row.at('prinID'), {
    what: `Unexpected prinID ${quoteName(text)}, expected a number`,
    remedy: 'Take the number from the plan as chatferry plan has written it.',
  });
}

function targetOf(row: Row, action: PlannedPrincipal['action']): number | string | null {
  const text = row.text('target').trim();
  const hasTarget = action === 'map' || action === 'merge';
  if (!hasTarget) {
    if (text === '') return null;
    throw planFailure(row.at('target'), {
      what: `target ${quoteName(text)} is filled, but the action is ${action}`,
      remedy: 'Set the action to map or merge, or clear target.',
    });
  }
  const target = NUMBER.test(text) ? Number(text) : guidOf(text);
  if (target !== null) return target;
  throw planFailure(row.at('target'), {
    what: `Unexpected target ${quoteName(text)}, expected the prinGuid or prinID of another row`,
    remedy: `Name the principal that ${action === 'map' ? 'becomes the author' : 'stays'}.`,
  });
}

function givenTexts(
  row: Row,
  action: PlannedPrincipal['action'],
): Pick<PlannedPrincipal, 'uri' | 'displayName'> {
  const uri = givenText(row, 'newUri');
  const displayName = givenText(row, 'newDisplayName');
  const isGiven = uri !== null || displayName !== null;
  if (isGiven === (action === 'rename')) return { uri, displayName };
  const column = uri === null && isGiven ? 'newDisplayName' : 'newUri';
  throw planFailure(row.at(column), {
    what: isGiven
      ? `${column} is filled, but the action is ${action}`
      : 'newUri and newDisplayName are empty, but the action is rename',
    remedy: isGiven
      ? `Set the action to rename, or clear ${column}.`
      : 'Fill one of the two, or set the action to keep.',
  });
}

function givenText(row: Row, column: 'newUri' | 'newDisplayName'): string | null {
  const text = row.text(column);
  if (text === '') return null;
  const isFit = text.length <= LONGEST && text.trim() === text && withoutForbidden(text) === text;
  if (isFit && !/\p{Cc}/u.test(text)) return text;
  throw planFailure(row.at(column), {
    what: `Unexpected ${column} ${quoteName(text)}, expected at most ${LONGEST} UTF-16 units without control characters and blanks at the ends`,
    remedy: 'Correct it, or clear it and set the action to keep.',
  });
}
