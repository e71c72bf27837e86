import type { ReferenceForm } from '../reference/compare-with-reference.js';
import type { RehearsalResult } from '../rehearse/rehearse.js';
import { rehearsalLines } from '../rehearse/rehearse-command.js';
import { FINDINGS_SHOWN, type FindingGroup } from '../reports/finding-sink.js';
import { folded } from '../reports/text-layout.js';
import type { LayoutConfirmation, Verdict } from '../reports/verdict.js';
import { counted, grouped, placeInWords, visible } from '../reports/wording.js';
import { sealLines } from '../seal/seal-report.js';
import type { CheckOutcome, Evidence } from './evidence.js';
import type { RecordedFindings } from './handoff-documents.js';
import type { ComparedMessages, ValidationResult } from './validate-package.js';

const DOCUMENTS_SHOWN = 20;
const NARROWEST = 40;

/** All that a validation has to tell. */
export interface ValidationOutcome {
  readonly verdict: Verdict;
  readonly result: ValidationResult;
  readonly findings: readonly FindingGroup[];
  readonly evidence: Evidence;
  readonly rehearsal: RehearsalResult | null;
}

/**
 * The lines for people: the verdict first. None is longer than `width`, but for the tables of a rehearsal; null breaks
 * no line.
 */
export function textResult(
  { verdict, result, findings, evidence, rehearsal }: ValidationOutcome,
  width: number | null,
): string[] {
  const { directory, messages, bytes, skipped } = result;
  const lines = [
    verdict.sentence,
    '',
    `Read back: ${counted(directory.categories.length, 'category', 'categories')}, ${counted(directory.rooms.length, 'room')}, ` +
      `${counted(directory.principals.length, 'principal')}, ${counted(messages, 'message')}; ${counted(bytes, 'byte')} of XML, unpacked.`,
    ...evidence.files.map(
      ({ name, bytes: size, sha256 }) => `${name}: ${counted(size, 'byte')}, SHA-256 ${sha256}`,
    ),
    ...(result.seal === null ? [] : sealLines(result.seal)),
    checksLine(evidence),
    ...evidence.compared.flatMap(comparedLines),
    ...skippedLines(skipped, evidence),
    ...(evidence.recorded === null ? [] : [recordedLine(evidence.recorded)]),
    ...findings.flatMap(groupLines),
  ];
  return [
    ...(width === null ? lines : lines.flatMap((line) => folded(line, Math.max(width, NARROWEST)))),
    ...(rehearsal === null ? [] : rehearsalLines(rehearsal)),
  ];
}

function checksLine({ checks }: Evidence): string {
  const of = (outcome: CheckOutcome): string[] =>
    checks.filter((check) => check.outcome === outcome).map(({ check }) => check);
  const [held, found, unasked] = [of('held'), of('findings'), of('not asked for')];
  return (
    `Checks: ${held.length + found.length} of ${checks.length} ran, ${held.length} held` +
    `${found.length === 0 ? '' : `, ${found.length} with findings`}` +
    `${unasked.length === 0 ? '' : `; not asked for: ${unasked.join(', ')}`}.`
  );
}

/** A line for each reason; checks that found something before they could not go on are told apart. */
function skippedLines(skipped: ValidationResult['skipped'], { checks }: Evidence): string[] {
  const found = new Set(checks.filter(({ outcome }) => outcome === 'findings').map(({ check }) => check));
  const lines = (word: string, those: ValidationResult['skipped']): string[] =>
    [...new Set(those.map(({ reason }) => reason))].map((reason) => {
      const names = those.filter((one) => one.reason === reason).map(({ check }) => check);
      return `${word}: ${names.join(', ')} (${reason}).`;
    });
  return [
    ...lines(
      'Skipped',
      skipped.filter(({ check }) => !found.has(check)),
    ),
    ...lines(
      'Has findings, but has not seen all',
      skipped.filter(({ check }) => found.has(check)),
    ),
  ];
}

/** What a file of the findings of this validation does not hold. */
function recordedLine({ error, warning, note }: RecordedFindings): string {
  const counts = [counted(error, 'error'), counted(warning, 'warning'), counted(note, 'note')].join(', ');
  return `The handoff's own findings: ${counts}: data/findings.csv.`;
}

/** The bytes that were compared with, the first of them by name; --json has them all. */
function comparedLines({
  what,
  path,
  documents,
  form,
  messages,
  notRead,
}: Evidence['compared'][number]): string[] {
  const left = documents.length - DOCUMENTS_SHOWN;
  return [
    `Compared with the ${what} ${visible(path)}:`,
    ...(messages === null ? [] : [expectedLine(messages)]),
    ...(form === undefined ? [] : [formLine(form)]),
    ...documents.slice(0, DOCUMENTS_SHOWN).map(({ name, sha256 }) => `  ${visible(name)}: SHA-256 ${sha256}`),
    ...(left > 0 ? [`  and ${counted(left, 'more document')} (--json names all)`] : []),
    ...(notRead.length === 0 ? [] : [notReadLine(notRead)]),
  ];
}

function notReadLine(names: readonly string[]): string {
  const left = names.length - DOCUMENTS_SHOWN;
  const shown = names.slice(0, DOCUMENTS_SHOWN).map(visible).join(', ');
  return `  Not read, so not compared: ${shown}${left > 0 ? ` and ${grouped(left)} more (--json names all)` : ''}`;
}

function expectedLine({ read, changed, leftBehind, isUndecided }: ComparedMessages): string {
  const decided = isUndecided ? 'nothing was decided' : 'what a decision may explain is a warning';
  return (
    `  ${counted(read, 'message')}: ${grouped(read - changed - leftBehind)} must be as they were, ${grouped(changed)} changed and ${grouped(leftBehind)} left behind by ` +
    `ledger.ndjson; rights, names and settings compared (${decided}).`
  );
}

function formLine({ assumedPaths, deviations, isWhole, seenPaths }: ReferenceForm): string {
  const all = isWhole ? 'the package' : 'what could be read of the package';
  const said =
    deviations === 0
      ? `every document, element and attribute of ${all} occurs in it`
      : `${counted(deviations, 'kind')} of document, element, attribute or order of ${all} not in it, see document-follows-layout`;
  return `  ${said}; of the ${counted(assumedPaths, 'path')} that the layout only assumes, it has ${grouped(seenPaths)}.`;
}

function groupLines({ severity, rule, count, first }: FindingGroup): string[] {
  const remedies = new Set(first.flatMap(({ remedy }) => (remedy === undefined ? [] : [remedy])));
  return [
    '',
    `${severity} ${rule}: ${grouped(count)}`,
    ...first.map(({ place, message, seen, expected }) => {
      const isTold =
        seen === undefined ||
        expected === undefined ||
        (message.includes(seen) && message.includes(expected));
      const values = isTold ? '' : ` (${seen}, not ${expected})`;
      return `  ${placeInWords(place)}: ${visible(message + values)}`;
    }),
    ...(count > FINDINGS_SHOWN ? [`  and ${grouped(count - FINDINGS_SHOWN)} more`] : []),
    ...[...remedies].map((remedy) => `  To do: ${visible(remedy)}`),
  ];
}

/** The same for programs. */
export function jsonResult(outcome: ValidationOutcome, layout: LayoutConfirmation): object {
  const { verdict, result, findings, evidence, rehearsal } = outcome;
  const { directory } = result;
  return {
    verdict: verdict.sentence,
    exitCode: verdict.exitCode,
    errors: result.errors,
    warnings: result.warnings,
    layout,
    read: {
      categories: directory.categories.length,
      rooms: directory.rooms.length,
      principals: directory.principals.length,
      messages: result.messages,
      bytes: result.bytes,
    },
    files: evidence.files,
    seal: result.seal,
    checks: evidence.checks,
    compared: evidence.compared,
    recorded: evidence.recorded,
    skipped: result.skipped,
    findings,
    rehearsal,
  };
}
