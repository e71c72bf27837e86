import { readFileSync } from 'node:fs';
import type { Layout } from './layout/layout-types.js';
import { parseLayout } from './layout/parse-layout.js';
import { LAYOUT_POOL_2013 } from './room-files.js';

export { isLayoutConfirmed, layoutPaths } from './layout/layout-paths.js';
export type * from './layout/layout-types.js';
export { parseLayout } from './layout/parse-layout.js';

/** The layout that ships with chatferry: published where Microsoft published, assumed elsewhere. */
export const DEFAULT_LAYOUT: Layout = parseLayout(readFileSync(LAYOUT_POOL_2013, 'utf8'));
