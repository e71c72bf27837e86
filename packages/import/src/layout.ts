import { readFileSync } from 'node:fs';
import type { Layout } from './layout/layout-types.js';
import { parseLayout } from './layout/parse-layout.js';

export { isLayoutConfirmed, layoutPaths } from './layout/layout-paths.js';
export type * from './layout/layout-types.js';
export { parseLayout } from './layout/parse-layout.js';

/** The layout that ships with chatferry: published where Microsoft published, assumed elsewhere. */
export const DEFAULT_LAYOUT: Layout = parseLayout(
  readFileSync(new URL('../layouts/pool-2013/layout.json', import.meta.url), 'utf8'),
);
