/**
 * Files that ship with the room. One folder below its root, as the bundled program stands one folder below its copies
 * of them.
 */

export const CHECKS_DOCUMENT = new URL('../CHECKS.md', import.meta.url);
export const LAYOUT_POOL_2013 = new URL('../layouts/pool-2013/layout.json', import.meta.url);
export const REPORT_SCRIPT = new URL('../pages/report.js', import.meta.url);
