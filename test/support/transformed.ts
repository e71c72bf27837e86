import { DEFAULT_LAYOUT, type RunSummary } from '@chatferry/import';
import { DEFAULT_OPTIONS, runTransform, type TransformRequest } from '@chatferry/transform';

/** What a test asks of a run: where it reads and writes, and what it cares for besides. */
export type Wanted = Pick<TransformRequest, 'exportPath' | 'handoffPath'> & Partial<TransformRequest>;

/** What tests seldom care for. */
export const PLAIN_REQUEST = {
  options: DEFAULT_OPTIONS,
  layout: DEFAULT_LAYOUT,
  isDryRun: false,
  replace: false,
  isStrict: false,
  notice: () => undefined,
  progress: () => undefined,
} as const;

/** A transform in this process. */
export async function transformed(wanted: Wanted): Promise<RunSummary> {
  return await runTransform({ ...PLAIN_REQUEST, ...wanted });
}
