import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';

const STATUS = '/proc/self/status';

/**
 * Runs a program of ours in this process (`run-measured.js <module> [arguments…]`) and prints its peak resident memory
 * on standard error when it ends: `peak resident: <kilobytes>`.
 */
const [, self = '', module = '', ...args] = process.argv;
process.argv = [process.execPath, self, ...args];
process.on('exit', () => {
  console.error(`peak resident: ${peakKilobytes()}`);
});
await import(module);

/** Linux counts the parent's memory at the fork into a child's ru_maxrss, but not into its VmHWM. */
function peakKilobytes(): string {
  const peak = existsSync(STATUS) ? /^VmHWM:\s*(\d+)/m.exec(readFileSync(STATUS, 'utf8'))?.[1] : undefined;
  return peak ?? String(process.resourceUsage().maxRSS);
}
