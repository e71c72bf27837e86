import { RunFailure } from '@chatferry/export';
import { liesIn } from '../seal/key-file.js';

/**
 * Refuses to write into a sealed handoff, which would break its seal.
 *
 * @param handoffPath null for a ZIP without one.
 * @throws RunFailure `arguments`
 */
export async function expectOutside(
  output: string | undefined,
  handoffPath: string | null,
  option: string,
): Promise<void> {
  if (output === undefined || handoffPath === null || !(await liesIn(output, handoffPath))) return;
  throw new RunFailure(
    'arguments',
    `${option} ${output} lies in the handoff ${handoffPath}, whose seal it would break.`,
    'Name a place outside of the handoff.',
  );
}
