import type { LayoutConfirmation } from '../reports/verdict.js';
import { type Layout, layoutPaths } from './layout.js';

/** What the verdict has to say about a layout. */
export function layoutConfirmation(layout: Layout): LayoutConfirmation {
  return {
    name: layout.name,
    assumedPaths: layoutPaths(layout).filter((path) => path.evidence === 'assumed').length,
    reference: layout.confirmedAgainst,
  };
}
