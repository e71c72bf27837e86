import { type Buffer, isUtf8 } from 'node:buffer';
import type { Place } from '@chatferry/export';
import type { InputFile } from '@chatferry/import';
import { nearestIds } from '../explain/nearest-ids.js';
import { DEFAULT_OPTIONS, type TransformOptions } from '../options.js';
import { type JsonMember, type JsonNode, parseJsonText } from './json-text.js';
import { OPTION_FACTS, OPTION_NAMES, type OptionFacts, type PlanValue } from './option-facts.js';
import type { FilterEffect } from './plan-document.js';
import { planFailure } from './plan-failure.js';
import { PLAN_DOCUMENT } from './plan-tables.js';

/** What plan.json says. */
export interface PlanSettings {
  readonly inputs: readonly InputFile[];
  readonly options: TransformOptions;
  readonly filters: readonly FilterEffect[];
  readonly authorsWithoutPrincipal: readonly number[];
}

/** The beginning of the file, for faults of the whole. */
const PLAN_JSON_PLACE: Place = { file: PLAN_DOCUMENT, line: 1, column: 1, record: null };

const ANEW = 'Write the plan anew with chatferry plan, or restore plan.json.';
const TOP = ['version', 'tool', 'inputs', 'options', 'filters', 'authorsWithoutPrincipal'];
const OF_OPTION = ['value', 'default', 'allowed', 'explanation', 'touches', 'planned'];
const OF_FILTER = ['filter', 'categories', 'rooms', 'messages'];
const HASH = /^[0-9a-f]{64}$/;

/**
 * Reads plan.json. Of an option only `value` counts; unknown keys anywhere are faults, because a misspelt decision
 * would be lost. Memory held: the tree of the file.
 *
 * @throws RunFailure `plan-unusable` with line and column.
 */
export function readPlanJson(bytes: Buffer): PlanSettings {
  if (!isUtf8(bytes)) {
    throw planFailure(PLAN_JSON_PLACE, {
      what: 'Unexpected encoding, expected UTF-8',
      remedy: 'Save the file as UTF-8.',
    });
  }
  const document = parseJsonText(bytes.toString('utf8').replace(/^\ufeff/, ''), PLAN_DOCUMENT);
  const top = membersOf(
    document,
    TOP,
    TOP.filter((key) => key !== 'tool'),
  );
  const version = (top.get('version') as JsonMember).value;
  if (version.kind !== 'scalar' || version.value !== 1) throw wrong(version, 'version 1', ANEW);
  return {
    inputs: itemsOf((top.get('inputs') as JsonMember).value).map(inputOf),
    options: optionsOf((top.get('options') as JsonMember).value),
    filters: itemsOf((top.get('filters') as JsonMember).value).map(filterOf),
    authorsWithoutPrincipal: itemsOf((top.get('authorsWithoutPrincipal') as JsonMember).value).map((node) =>
      numberOf(node, 'a userId'),
    ),
  };
}

function optionsOf(node: JsonNode): TransformOptions {
  const members = membersOf(node, OPTION_NAMES, OPTION_NAMES);
  const options: Partial<Record<keyof TransformOptions, unknown>> = {};
  for (const name of OPTION_NAMES) {
    options[name] = optionOf((members.get(name) as JsonMember).value, name);
  }
  const read = { ...DEFAULT_OPTIONS, ...options } as TransformOptions;
  checkRange(read, members.get('until') as JsonMember);
  return read;
}

function optionOf(node: JsonNode, name: keyof TransformOptions): unknown {
  const { value } = membersOf(node, OF_OPTION, ['value']).get('value') as JsonMember;
  const facts: Pick<OptionFacts<unknown>, 'allowed' | 'fromPlan'> = OPTION_FACTS[name];
  const isPlain = value.kind === 'scalar' && typeof value.value !== 'boolean';
  const read = isPlain ? facts.fromPlan(value.value as PlanValue) : undefined;
  if (read !== undefined) return read;
  const allowed = typeof facts.allowed === 'string' ? facts.allowed : `one of ${facts.allowed.join(', ')}`;
  const near = typeof facts.allowed === 'string' ? [] : nearestIds(inWords(value), facts.allowed);
  const meant = near.length === 0 ? '' : ` Did you mean "${near[0]}"?`;
  throw wrong(value, `${allowed} for ${name}`, `Correct the value of ${name}.${meant}`);
}

function checkRange({ since, until }: TransformOptions, at: JsonMember): void {
  if (since === null || until === null || since < until) return;
  throw planFailure(at.place, {
    what: 'until is not after since, so no message would be carried',
    remedy: 'Give an earlier since or a later until.',
  });
}

function inputOf(node: JsonNode): InputFile {
  const members = membersOf(node, ['name', 'sha256', 'bytes'], ['name', 'sha256', 'bytes']);
  const scalar = (key: string): { node: JsonNode; value: unknown } => {
    const { value } = members.get(key) as JsonMember;
    return { node: value, value: value.kind === 'scalar' ? value.value : undefined };
  };
  const [name, sha256, bytes] = [scalar('name'), scalar('sha256'), scalar('bytes')];
  if (typeof name.value !== 'string') throw wrong(name.node, 'the name of a document', ANEW);
  if (typeof sha256.value !== 'string' || !HASH.test(sha256.value)) {
    throw wrong(sha256.node, 'a SHA-256 in hex', ANEW);
  }
  if (bytes.value !== null && typeof bytes.value !== 'number') {
    throw wrong(bytes.node, 'a number of bytes', ANEW);
  }
  return { name: name.value, sha256: sha256.value, bytes: bytes.value };
}

function filterOf(node: JsonNode): FilterEffect {
  const members = membersOf(node, OF_FILTER, OF_FILTER);
  const nodeOf = (key: string): JsonNode => (members.get(key) as JsonMember).value;
  const filter = nodeOf('filter');
  if (filter.kind !== 'scalar' || typeof filter.value !== 'string') throw wrong(filter, 'a filter', ANEW);
  const count = (key: string): number => numberOf(nodeOf(key), 'a count');
  return {
    filter: filter.value,
    categories: count('categories'),
    rooms: count('rooms'),
    messages: count('messages'),
  };
}

function numberOf(node: JsonNode, expected: string): number {
  if (node.kind === 'scalar' && Number.isSafeInteger(node.value)) return node.value as number;
  throw wrong(node, expected, ANEW);
}

function itemsOf(node: JsonNode): readonly JsonNode[] {
  if (node.kind === 'array') return node.items;
  throw wrong(node, 'a list', ANEW);
}

/** The members of an object that has no key beside `known` and all of `needed`. */
function membersOf(
  node: JsonNode,
  known: readonly string[],
  needed: readonly string[],
): ReadonlyMap<string, JsonMember> {
  if (node.kind !== 'object') throw wrong(node, 'an object', ANEW);
  for (const [key, { place }] of node.members) {
    if (known.includes(key)) continue;
    const near = nearestKey(key, known);
    throw planFailure(place, {
      what: `Unexpected key "${key}", expected ${known.join(', ')}`,
      remedy: near === null ? 'Remove it.' : `Did you mean "${near}"? Otherwise remove it.`,
    });
  }
  const missing = needed.find((key) => !node.members.has(key));
  if (missing === undefined) return node.members;
  throw planFailure(node.place, { what: `Unexpected absence of "${missing}"`, remedy: ANEW });
}

/** Keys are in camel case, which `nearestIds` reads as one word. */
function nearestKey(key: string, known: readonly string[]): string | null {
  const near = nearestIds(
    key,
    known.map((each) => each.toLowerCase()),
  )[0];
  return known.find((each) => each.toLowerCase() === near) ?? null;
}

function wrong(node: JsonNode, expected: string, remedy: string): Error {
  return planFailure(node.place, { what: `Unexpected ${inWords(node)}, expected ${expected}`, remedy });
}

function inWords(node: JsonNode): string {
  if (node.kind === 'object') return 'object';
  return node.kind === 'array' ? 'list' : JSON.stringify(node.value);
}
