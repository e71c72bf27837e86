import { counted, placeInWords, visible, wrapped } from '@chatferry/import';
import type { PlanCheck } from './check-plan.js';
import type { MadePlan } from './make-plan.js';

const INDENT = '  ';
const NARROWEST = 40;
/** Findings and differences that a terminal shows. */
const SHOWN = 20;
const EXAMPLES = 2;

/** The first line of `chatferry plan`. */
export function planSentence({ categories, rooms, principals, errors }: MadePlan): string {
  const rows = [
    counted(categories, 'category', 'categories'),
    counted(rooms, 'room'),
    counted(principals, 'principal'),
  ].join(', ');
  const left = errors === 0 ? 'No error is left.' : `Left to decide: ${counted(errors, 'error finding')}.`;
  return `Plan written: ${rows}. ${left}`;
}

/** What a person sees when a plan has been written. */
export function planText(made: MadePlan, { folder, width }: { folder: string; width: number }): string {
  const room = Math.max(width, NARROWEST);
  const line = (text: string, indent = ''): string[] => wrapped(visible(text), room, indent);
  const errors = made.findings.filter(({ severity }) => severity === 'error');
  const touched = Object.entries(made.document.options).filter(([, { touches }]) => touches > 0);
  return [
    ...line(planSentence(made)),
    ...(made.proposals === 0 ? [] : line(`Names proposed in place of unusable ones: ${made.proposals}.`)),
    ...made.document.filters.flatMap(({ filter, categories, rooms, messages }) =>
      line(
        `${filter}: excludes ${counted(categories, 'category', 'categories')} and ${counted(rooms, 'room')} with ${counted(messages, 'message')}.`,
      ),
    ),
    ...errors.flatMap(({ rule, count, first }) => [
      ...line(`Error ${rule}: ${count}`),
      ...first
        .slice(0, EXAMPLES)
        .flatMap(({ place, message }) => line(`${placeInWords(place)}: ${message}`, INDENT)),
    ]),
    ...(touched.length === 0 ? [] : ['Options that touch records of this export:']),
    ...touched.flatMap(([name, { value, touches }]) =>
      line(`${name} ${JSON.stringify(value)}: ${counted(touches, 'record')}`, INDENT),
    ),
    ...line(
      `Next: look through ${folder}, then run chatferry transform with --plan ${folder}. Edit plan.json with a text editor, the CSV files with a spreadsheet.`,
    ),
  ].join('\n');
}

/** The first line of `chatferry plan --check`. */
export function checkSentence({ documents }: PlanCheck): string {
  return documents.length === 0
    ? 'The plan fits the export.'
    : 'The plan does not fit: the export has changed since it was made.';
}

/** What a person sees of a check. */
export function checkText(check: PlanCheck, width: number): string {
  const room = Math.max(width, NARROWEST);
  const sentences = check.differences.map(({ file, sentence }) => `${file}: ${sentence}`);
  const left = sentences.length - SHOWN;
  const lines = [
    ...check.documents,
    ...sentences.slice(0, SHOWN),
    ...(left > 0 ? [`and ${left} more, all of them with --json`] : []),
    ...(check.documents.length > 0 && sentences.length === 0
      ? ['Categories, rooms, principals and their numbers of messages are the same.']
      : []),
  ];
  const next =
    check.documents.length === 0
      ? []
      : ['Next: make a new plan and carry your decisions over, or use the old export.'];
  return [
    checkSentence(check),
    ...lines.flatMap((text) => wrapped(visible(text), room, INDENT)),
    ...next.flatMap((text) => wrapped(text, room)),
  ].join('\n');
}
