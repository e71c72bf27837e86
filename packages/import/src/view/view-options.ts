import type { Layout } from '../layout/layout.js';
import type { LocatedPackage } from '../locate-package.js';

/** What is to be viewed, and where to. */
export interface ViewOptions {
  readonly located: LocatedPackage;
  readonly layout: Layout;
  /** The folder of pages; must not exist, unless `replace` and it is a view. */
  readonly output: string;
  readonly replace: boolean;
  /** Path of the export to stand beside the package; null for none. */
  readonly source: string | null;
  /** Names and GUIDs; empty for all rooms. */
  readonly rooms: readonly string[];
  /** Ticks; the first instant of the period, and the first one behind it. */
  readonly since: bigint | null;
  readonly until: bigint | null;
  readonly sample: { readonly size: number; readonly seed: string } | null;
  /** Told bytes read; may throw to end the run. */
  readonly progress: (stage: ViewStage, count: number) => void;
}

export type ViewStage = 'package' | 'export' | 'pages';

/** What was written. */
export interface ViewSummary {
  readonly rooms: number;
  /** In the package, in the export or in the list of exceptions. */
  readonly messages: number;
  /** Of them, in the package. */
  readonly inPackage: number;
  /** With an export: not the same on both sides; else what the ledger lists. */
  readonly differing: number;
  /** Whether the handoff is as it was sealed; null for a ZIP without one. */
  readonly isWhole: boolean | null;
  readonly pages: number;
}
