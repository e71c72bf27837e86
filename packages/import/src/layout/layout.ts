import { readFileSync } from 'node:fs';
import { LAYOUT_POOL_2013 } from '../room-files.js';
import type { Layout } from './layout-types.js';
import { parseLayout } from './parse-layout.js';

export { isLayoutConfirmed, layoutPaths } from './layout-paths.js';
export type * from './layout-types.js';
export { parseLayout } from './parse-layout.js';

/** The layout that ships with chatferry: published where Microsoft published, assumed elsewhere. */
export const DEFAULT_LAYOUT: Layout = parseLayout(readFileSync(LAYOUT_POOL_2013, 'utf8'));
