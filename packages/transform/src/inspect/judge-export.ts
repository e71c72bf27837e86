import {
  CHAT_TABLE,
  checkManifest,
  isTableSeen,
  NEEDED_TABLES,
  type OpenedExport,
  type Report,
  RunFailure,
  reportTables,
  WANTED_TABLES,
} from '@chatferry/export';
import { type DirectoryDraft, startDraft } from '../directory/draft.js';
import { runDirectoryRules } from '../directory/run-rules.js';
import { createMessageContext, type MessageContext } from '../messages/message-context.js';
import type { TransformOptions } from '../options.js';
import { DIRECTORY_RULES } from '../rules/index.js';
import type { ExportInventory } from './inventory.js';
import { reportMessageConditions } from './message-conditions.js';
import type { ExportReading } from './read-once.js';

/** What the rules made of an export; the findings went to the report. */
export interface Judgement {
  readonly directoryRules: ExportInventory['directoryRules'];
  /** null unless the rules ran to their end. */
  readonly draft: DirectoryDraft | null;
}

/**
 * Says all that would block or change: tables and columns, the directory rules with `options`, the conditions of
 * messages, and the manifest. Where `transform` would end for want of a table or a root, this goes on without what
 * depends on it. Memory: the draft, as in `transform`.
 */
export function judgeExport(
  opened: OpenedExport,
  reading: ExportReading,
  to: { readonly options: TransformOptions; readonly report: Report },
): Judgement {
  const { counts, messages, documents } = reading;
  const isWhole = reportAbsentTables(opened, reading, to.report);
  reportTables(counts, to.report);
  const draft = startDraft(reading.directory);
  const isJudged = isWhole && runRules(draft, to);
  const context: MessageContext | null = isJudged ? createMessageContext(draft, to.options) : null;
  reportMessageConditions(messages, context, to.report);
  if (opened.manifest !== null) {
    const rows = new Map(counts.list().map((count) => [count.name, count.rows]));
    const seen = { rows, chatDate: messages.dateRange(), documents: documents.map((each) => each.document) };
    checkManifest(opened.manifest, seen).forEach(to.report);
  }
  return {
    directoryRules: isJudged ? 'run' : isWhole ? 'stopped' : 'left out',
    draft: isJudged ? draft : null,
  };
}

/** Whether every table is there that the directory rules need. */
function reportAbsentTables(opened: OpenedExport, { counts }: ExportReading, report: Report): boolean {
  const isAbsent = ([name]: readonly [string, string]): boolean => !isTableSeen(name, counts, opened);
  const blocking = NEEDED_TABLES.filter(isAbsent);
  const all = [...blocking, ...([[CHAT_TABLE.name, 'it holds the messages']] as const).filter(isAbsent)];
  for (const [name, why] of all) {
    report({
      rule: 'table-not-exported',
      severity: 'error',
      place: null,
      message: `Unexpected absence of ${name}, expected its rows, because ${why}; transform ends without it.`,
      remedy: `Export ${name} as well. If it really has no rows, add an empty document ${name}.xml that says so: <ROOT/>.`,
    });
  }
  for (const [name, consequence] of WANTED_TABLES.filter(isAbsent)) {
    report({
      rule: 'table-not-exported',
      severity: 'warning',
      place: null,
      message: `Unexpected absence of ${name}, expected its rows; without it ${consequence}.`,
      remedy: `Export ${name} as well, even when it is empty.`,
    });
  }
  return blocking.length === 0;
}

/** Whether the rules ran to their end; the rule that stops them has said why. */
function runRules(
  draft: DirectoryDraft,
  to: { readonly options: TransformOptions; readonly report: Report },
): boolean {
  try {
    runDirectoryRules(DIRECTORY_RULES, draft, to.options, to.report);
    return true;
  } catch (error) {
    if (error instanceof RunFailure) return false;
    throw error;
  }
}
