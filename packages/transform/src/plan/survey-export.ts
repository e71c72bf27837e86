import { inlineHash, type OpenedExport } from '@chatferry/export';
import { DEFAULT_LAYOUT, FileLinkWriter, FindingSink } from '@chatferry/import';
import type { CarriedExport } from '../carry-export.js';
import { carryWithRestarts } from '../carry-with-restarts.js';
import type { TargetInventory } from '../inventory/target-inventory.js';
import { LedgerExceptions } from '../ledger/ledger-exceptions.js';
import type { TransformOptions } from '../options.js';
import { NO_DECISIONS } from './decisions.js';
import { MessageSurvey } from './message-survey.js';

export interface SurveyOptions {
  readonly options: TransformOptions;
  readonly inventory: TargetInventory | null;
  /** Where messages are sorted when they have to be. */
  readonly spoolFolder: string;
  readonly findings: FindingSink;
  readonly isStrict: boolean;
  readonly progress: (stage: 'messages' | 'sorted messages', bytes: number) => void;
}

/** What one pass over an export counts. */
export interface SurveyedExport {
  readonly carried: CarriedExport;
  readonly survey: MessageSurvey;
}

/**
 * Does what `transform` does up to the package, which is not written: every rule speaks. Memory as for `carryExport`,
 * and what `MessageSurvey` states. Throws `RunFailure`.
 */
export async function surveyExport(opened: OpenedExport, request: SurveyOptions): Promise<SurveyedExport> {
  const { spoolFolder, findings, ...rest } = request;
  const survey = new MessageSurvey();
  const sinks = { findings, exceptions: new LedgerExceptions(null), fileLinks: new FileLinkWriter(null) };
  const carried = await carryWithRestarts(opened, sinks, {
    ...rest,
    survey,
    decide: () => NO_DECISIONS,
    layout: DEFAULT_LAYOUT,
    packaging: null,
    sortFolder: spoolFolder,
    // Nothing is written, so that only the rooms are hashed.
    makeHash: inlineHash,
  });
  return { carried, survey };
}

/** A sink that counts findings and keeps the first of each rule. */
export function countingSink(): FindingSink {
  return new FindingSink({ ndjson: null, csv: null });
}
