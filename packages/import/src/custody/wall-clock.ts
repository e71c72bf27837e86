/**
 * The present, UTC, to the second. The one place in all rooms that reads the clock: an entry of custody tells when
 * somebody took or gave the handoff. That is no product of the transformation, lies outside of everything that is
 * signed or compared, and would be worth nothing if two entries of the same words were the same.
 */
export function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}
