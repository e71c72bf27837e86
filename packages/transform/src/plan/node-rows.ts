import type { Buffer } from 'node:buffer';
import type { Place } from '@chatferry/export';
import { LONGEST_TEXT } from '../directory/final-names.js';
import { quoteName } from '../directory/label.js';
import { nameKey } from '../directory/name-equality.js';
import type { NodeDecision } from './decisions.js';
import { isUsableName } from './option-facts.js';
import { planFailure } from './plan-failure.js';
import { CATEGORIES_TABLE, ROOMS_TABLE } from './plan-tables.js';
import { type CsvRow, readPlanCsv } from './read-csv.js';
import { checkedAction, checkedGuid } from './row-checks.js';

/** A row of categories.csv or rooms.csv. */
export interface PlannedNode {
  /** Of the key. */
  readonly place: Place;
  /** For comparing with the export; spreadsheets may have altered it. */
  readonly presentName: string;
  readonly messages: string;
  /** As it stands in the row, whoever wrote it; for whoever reads the plan later. */
  readonly reason: string;
  /** null keeps the node as the rules have it. */
  readonly decision: NodeDecision | null;
}

/** By GUID, lower case, in the order of the file. */
export type PlannedNodes = ReadonlyMap<string, PlannedNode>;

type CategoryColumn = (typeof CATEGORIES_TABLE)['columns'][number];
type RoomColumn = (typeof ROOMS_TABLE)['columns'][number];

/** @throws RunFailure `plan-unusable` with line and column. Memory held: one record a row. */
export function readCategories(bytes: Buffer): PlannedNodes {
  const nodes = new Map<string, PlannedNode>();
  readPlanCsv(bytes, CATEGORIES_TABLE, (row: CsvRow<CategoryColumn>) => {
    const action = checkedAction(row, CATEGORIES_TABLE.actions);
    const decision = {
      place: row.at('action'),
      excludes: action === 'exclude',
      name: newName(row, action),
      category: null,
    };
    add(nodes, checkedGuid(row, 'categoryGuid'), { row, decision: action === 'keep' ? null : decision });
  });
  return nodes;
}

/** @throws RunFailure `plan-unusable` with line and column. Memory held: one record a row. */
export function readRooms(bytes: Buffer): PlannedNodes {
  const nodes = new Map<string, PlannedNode>();
  readPlanCsv(bytes, ROOMS_TABLE, (row: CsvRow<RoomColumn>) => {
    const action = checkedAction(row, ROOMS_TABLE.actions);
    const moves = action === 'move';
    if (!moves && action !== 'exclude' && row.text('newCategory').trim() !== '') {
      throw planFailure(row.at('newCategory'), {
        what: `newCategory is filled, but the action is ${action}`,
        remedy: 'Set the action to move, or clear newCategory.',
      });
    }
    const decision = {
      place: row.at(moves ? 'newCategory' : 'action'),
      excludes: action === 'exclude',
      name: newName(row, action),
      category: moves ? checkedGuid(row, 'newCategory') : null,
    };
    add(nodes, checkedGuid(row, 'roomGuid'), { row, decision: action === 'keep' ? null : decision });
  });
  return nodes;
}

/** Two rows that give one name contradict each other whatever the export holds. */
export function checkNewNames(tables: readonly PlannedNodes[]): void {
  const givers = new Map<string, Place>();
  for (const { decision } of tables.flatMap((nodes) => [...nodes.values()])) {
    if (decision === null || decision.name === null) continue;
    const key = nameKey(decision.name);
    const giver = givers.get(key);
    if (giver !== undefined) {
      throw planFailure(decision.place, {
        what: `newName ${quoteName(decision.name)} is given in ${giver.file}:${giver.line} too, and names must differ`,
        remedy: 'Give one of the two another name.',
      });
    }
    givers.set(key, decision.place);
  }
}

/** The name that a row gives; a leftover proposal of an excluded row does not count. */
function newName(row: CsvRow<'newName'>, action: string): string | null {
  const name = row.text('newName');
  if (action === 'exclude' || (action === 'move' && name === '')) return null;
  if (action === 'keep') {
    if (name === '') return null;
    throw planFailure(row.at('newName'), {
      what: `newName ${quoteName(name)} is filled, but the action is keep`,
      remedy: 'Set the action to rename, or clear newName.',
    });
  }
  if (isUsableName(name)) return name;
  throw planFailure(row.at('newName'), {
    what: `Unexpected newName ${quoteName(name)}, expected a name of 1 to ${LONGEST_TEXT} UTF-16 units without backslash, control characters and blanks at its ends`,
    remedy: 'Give a name that the target can use, or set the action to keep.',
  });
}

interface Taken {
  readonly row: CsvRow<'presentName' | 'messages' | 'action' | 'reason'>;
  readonly decision: NodeDecision | null;
}

function add(nodes: Map<string, PlannedNode>, guid: string, { row, decision }: Taken): void {
  const place = { ...row.at('action'), column: 1 };
  const first = nodes.get(guid);
  if (first !== undefined) {
    throw planFailure(place, {
      what: `Unexpected second row for ${guid}, expected one; the first stands in line ${first.place.line}`,
      remedy: 'Remove one of the two rows.',
    });
  }
  const [presentName, messages, reason] = [row.text('presentName'), row.text('messages'), row.text('reason')];
  nodes.set(guid, { place, presentName, messages, reason, decision });
}
