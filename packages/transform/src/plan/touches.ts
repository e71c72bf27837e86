import type { FindingGroup, LedgerDocument } from '@chatferry/import';
import type { DirectoryDraft } from '../directory/draft.js';
import type { TransformOptions } from '../options.js';
import { DIRECTORY_RULES } from '../rules/index.js';
import { MESSAGE_RULES } from '../rules/messages.js';
import type { MessageSurvey } from './message-survey.js';

/** What a run has counted. */
export interface RunCounts {
  readonly findings: readonly FindingGroup[];
  readonly ledger: LedgerDocument;
  /** Messages with rich text: their rule says one finding a room. */
  readonly rtf: number;
  /**
   * Messages of the rooms that a directory rule leaves behind, by that rule: `message-room-excluded` alone speaks of
   * them.
   */
  readonly messagesLeft: ReadonlyMap<string, number>;
}

/** How many messages stay behind with their rooms, by the directory rule that leaves the room behind. */
export function messagesLeftWithRooms(
  { rooms, fates }: Pick<DirectoryDraft, 'rooms' | 'fates'>,
  survey: Pick<MessageSurvey, 'ofRoom'>,
): Map<string, number> {
  const left = new Map<string, number>();
  for (const { id, source } of rooms.values()) {
    const { rule, state } = fates.of(source);
    if (state !== 'excluded' || rule === null) continue;
    left.set(rule, (left.get(rule) ?? 0) + survey.ofRoom(id).messages);
  }
  return left;
}

/**
 * How many records of the export an option touches: those that its rules speak of, or settle without a finding each,
 * and the messages that stay behind with a room.
 */
export function touchesOf(
  option: keyof TransformOptions,
  { findings, ledger, messagesLeft, rtf }: RunCounts,
): number {
  if (option === 'rtf') return rtf;
  return [...DIRECTORY_RULES, ...MESSAGE_RULES]
    .filter((rule) => rule.option === option)
    .reduce(
      (sum, { id }) =>
        sum + Math.max(saidBy(id, findings), settledBy(id, ledger)) + (messagesLeft.get(id) ?? 0),
      0,
    );
}

function saidBy(rule: string, findings: readonly FindingGroup[]): number {
  return findings.reduce((sum, group) => sum + (group.rule === rule ? group.count : 0), 0);
}

function settledBy(rule: string, { tables }: LedgerDocument): number {
  return Object.values(tables)
    .flatMap(({ byRule }) => byRule[rule] ?? [])
    .reduce((sum, { records }) => sum + records, 0);
}
