import { type OpenedExport, RunFailure } from '@chatferry/export';
import type { InputFile } from '@chatferry/import';
import type { Plan } from './read-plan.js';

const FIRST_DIGITS = 12;

/** The documents of an export as they are known so far: a hash is there once a document has been read to its end. */
export function inputsOf({ documents }: OpenedExport): InputFile[] {
  return documents.map((document) => ({
    name: document.name,
    sha256: document.sha256(),
    bytes: document.sizeInBytes,
  }));
}

/** What is another in the export than when the plan was made, a clause a document; empty when nothing known is. */
export function changedInputs(planned: readonly InputFile[], inputs: readonly InputFile[]): string[] {
  const before = new Map(planned.map((input) => [input.name, input]));
  const now = new Set(inputs.map(({ name }) => name));
  return [
    ...inputs.flatMap((input) => {
      const known = before.get(input.name);
      if (known === undefined) return [`${input.name} is new`];
      const isOther =
        (input.sha256 !== null && input.sha256 !== known.sha256) ||
        (input.sha256 === null &&
          input.bytes !== null &&
          known.bytes !== null &&
          input.bytes !== known.bytes);
      return isOther ? [`${input.name} has changed (${versions(known, input)})`] : [];
    }),
    ...planned.filter(({ name }) => !now.has(name)).map(({ name }) => `${name} is gone`),
  ];
}

/** @throws RunFailure `plan-unusable` when a document is known to be another than the plan was made for. */
export function checkInputs(plan: Plan, opened: OpenedExport): void {
  const changes = changedInputs(plan.inputs, inputsOf(opened));
  if (changes.length === 0) return;
  throw new RunFailure(
    'plan-unusable',
    `The plan ${plan.folder} was made for another export: ${changes.join(', ')}`,
    `See what changed with chatferry plan --check ${plan.folder} and the export; then make a new plan.`,
  );
}

function versions(before: InputFile, now: InputFile): string {
  if (before.sha256 === null || now.sha256 === null) return `${before.bytes} bytes before, ${now.bytes} now`;
  return `SHA-256 ${before.sha256.slice(0, FIRST_DIGITS)}… before, ${now.sha256.slice(0, FIRST_DIGITS)}… now`;
}
