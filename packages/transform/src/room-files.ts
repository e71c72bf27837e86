/**
 * RULES.md as it ships with the room. One folder below its root, as the bundled program stands one folder below its
 * copy of it.
 */
export const RULES_DOCUMENT = new URL('../RULES.md', import.meta.url);
