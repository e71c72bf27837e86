import { type Directory, type NodeRow, RunFailure } from '@chatferry/export';
import { nameKey } from '../directory/name-equality.js';
import type { MessageSurvey } from './message-survey.js';
import type { FilterEffect } from './plan-document.js';
import { planKeys } from './plan-keys.js';
import { KEPT, type NodeAction } from './planned-actions.js';
import { guidOf } from './row-checks.js';

/** A filter of the command line: which nodes stay, or which go. */
export interface NodeFilter {
  readonly flag: '--rooms' | '--categories' | '--exclude-rooms' | '--exclude-categories';
  /** GUIDs, or names in which `*` stands for any text and `?` for one character. */
  readonly patterns: readonly string[];
}

/** What filters make of a plan. */
export interface Filtered {
  /** By GUID. */
  readonly actions: ReadonlyMap<string, NodeAction>;
  readonly effects: readonly FilterEffect[];
}

interface Node {
  readonly row: NodeRow;
  /** The node and what it lies below, the root not included. */
  readonly path: readonly NodeRow[];
}

/**
 * Turns filters into rows that exclude. A filter of categories means them with all that lies below in the legacy tree.
 * A node that several filters exclude counts under the first. Memory held: one path a node.
 *
 * @throws RunFailure `arguments` when a pattern fits no node, since it is misspelt then.
 */
export function applyFilters(
  filters: readonly NodeFilter[],
  directory: Directory,
  survey: MessageSurvey,
): Filtered {
  const keys = planKeys(directory);
  const pathOf = pathsIn(keys.categories);
  const nodes: Node[] = [...keys.categories.values(), ...keys.rooms.values()].map((row) => ({
    row,
    path: pathOf(row),
  }));
  const actions = new Map<string, NodeAction>();
  const effects = filters.map((filter) => {
    const filterText = `${filter.flag} ${filter.patterns.join(' ')}`;
    const excluded = nodes.filter(excludedBy(filter, nodes)).filter(({ row }) => !actions.has(row.nodeGuid));
    for (const { row } of excluded) {
      actions.set(row.nodeGuid, { ...KEPT, action: 'exclude', reason: `excluded by ${filterText}` });
    }
    const rooms = excluded.filter(({ row }) => !row.nodeType);
    return {
      filter: filterText,
      categories: excluded.length - rooms.length,
      rooms: rooms.length,
      messages: rooms.reduce((sum, { row }) => sum + survey.ofRoom(row.nodeID).messages, 0),
    };
  });
  return { actions, effects };
}

function excludedBy({ flag, patterns }: NodeFilter, nodes: readonly Node[]): (node: Node) => boolean {
  const isOfRooms = flag === '--rooms' || flag === '--exclude-rooms';
  const candidates = nodes.filter(({ row }) => row.nodeType !== isOfRooms).map(({ row }) => row);
  const matched = new Set(patterns.flatMap((pattern) => matches(pattern, candidates, flag)));
  const isWithin = ({ row, path }: Node): boolean =>
    matched.has(row) || path.some((each) => matched.has(each));
  switch (flag) {
    case '--rooms':
      return ({ row }) => !row.nodeType && !matched.has(row);
    case '--exclude-rooms':
      return ({ row }) => matched.has(row);
    case '--categories':
      return (node) => !isWithin(node);
    case '--exclude-categories':
      return isWithin;
  }
}

function matches(pattern: string, candidates: readonly NodeRow[], flag: string): NodeRow[] {
  const guid = guidOf(pattern);
  const glob = globOf(pattern);
  const found = candidates.filter((row) =>
    guid === null ? glob.test(nameKey(row.nodeName)) : row.nodeGuid === guid,
  );
  if (found.length > 0) return found;
  throw new RunFailure(
    'arguments',
    `${flag} "${pattern}" fits nothing in the export`,
    'Give a GUID or a name as the export has it; * stands for any text, ? for one character, @file for a list of them.',
  );
}

/** Compared as names are: letter case and trailing blanks do not count. */
function globOf(pattern: string): RegExp {
  const source = [...nameKey(pattern)]
    .map((character) => {
      if (character === '*') return '.*';
      return character === '?' ? '.' : character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
    })
    .join('');
  return new RegExp(`^${source}$`, 'su');
}

/** Paths up to the root; they end where the tree is broken. */
function pathsIn(categories: ReadonlyMap<string, NodeRow>): (row: NodeRow) => readonly NodeRow[] {
  const byId = new Map([...categories.values()].map((row) => [row.nodeID, row]));
  return (row) => {
    const path = new Set<NodeRow>();
    for (
      let at = row.parentID === null ? undefined : byId.get(row.parentID);
      at !== undefined && !path.has(at);
      at = at.parentID === null ? undefined : byId.get(at.parentID)
    ) {
      path.add(at);
    }
    return [...path];
  };
}
