import type { Directory } from '@chatferry/export';
import { countOf, quoteName } from '../directory/label.js';
import type { PlannedNode } from './node-rows.js';
import { planKeys } from './plan-keys.js';
import type { PlanTable } from './plan-tables.js';
import type { Plan } from './read-plan.js';
import type { SurveyedExport } from './survey-export.js';

/** How a row of the plan and a record of the export differ. */
export interface PlanDifference {
  readonly file: PlanTable['file'];
  /** GUID or prinID. */
  readonly key: string;
  readonly kind: 'new' | 'gone' | 'renamed' | 'messages';
  /** One sentence. */
  readonly sentence: string;
}

/** A record as both sides know it. */
interface SeenRecord {
  readonly name: string;
  readonly messages: number | null;
}

/** What became of the records that the plan decides about, in the order of its files and rows; new ones last. */
export function compareWithExport(plan: Plan, { carried, survey }: SurveyedExport): PlanDifference[] {
  const { source } = carried.draft;
  const keys = planKeys(source);
  const categories = new Map([...keys.categories].map(([guid, row]) => [guid, recordOf(row.nodeName, null)]));
  const rooms = new Map(
    [...keys.rooms].map(([guid, row]) => [guid, recordOf(row.nodeName, survey.ofRoom(row.nodeID).messages)]),
  );
  const principals = new Map([...plan.principals].map(([id, row]) => [String(id), row]));
  return [
    ...compare('categories.csv', plan.categories, categories),
    ...compare('rooms.csv', plan.rooms, rooms),
    ...compare('principals.csv', principals, principalsOf(source, survey)),
  ];
}

function principalsOf(source: Directory, survey: SurveyedExport['survey']): Map<string, SeenRecord> {
  const { principals } = planKeys(source);
  const strangers = survey.authors().filter((id) => !principals.has(id));
  return new Map([
    ...[...principals].map(([id, row]): [string, SeenRecord] => [
      String(id),
      recordOf(row.prinDisplayName || row.prinName || '', survey.ofAuthor(id).messages),
    ]),
    ...strangers.map((id): [string, SeenRecord] => [String(id), recordOf('', survey.ofAuthor(id).messages)]),
  ]);
}

function recordOf(name: string, messages: number | null): SeenRecord {
  return { name: name.replace(/\r\n?/g, '\n'), messages };
}

function compare(
  file: PlanTable['file'],
  planned: ReadonlyMap<string, Pick<PlannedNode, 'presentName' | 'messages'>>,
  records: ReadonlyMap<string, SeenRecord>,
): PlanDifference[] {
  const noun = { 'categories.csv': 'category', 'rooms.csv': 'room', 'principals.csv': 'principal' }[file];
  const differences: PlanDifference[] = [];
  const say = (kind: PlanDifference['kind'], key: string, rest: string): void => {
    differences.push({ file, key, kind, sentence: `${noun} ${key} ${rest}` });
  };
  for (const [key, { presentName, messages }] of planned) {
    const record = records.get(key);
    if (record === undefined) say('gone', key, `${quoteName(presentName)} is gone`);
    else if (record.name !== presentName) {
      say('renamed', key, `is called ${quoteName(record.name)}, ${quoteName(presentName)} in the plan`);
    }
    if (record?.messages != null && String(record.messages) !== messages) {
      const now = countOf(record.messages, 'message');
      say('messages', key, `${quoteName(record.name)} has ${now}, ${messages} in the plan`);
    }
  }
  for (const [key, { name }] of records) {
    if (!planned.has(key)) say('new', key, `${quoteName(name)} is new`);
  }
  return differences;
}
