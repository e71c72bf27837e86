import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';

const STATUS = '/proc/self/status';

/**
 * Preloaded (`node --import`) into a program that is measured: when it ends, writes its processor times and its peak
 * resident memory to the file that BENCH_USAGE names. The figures are the kernel's own, not samples.
 */
const path = process.env.BENCH_USAGE;
if (isMainThread && path !== undefined) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    const usage = {
      userSeconds: userCPUTime / 1e6,
      systemSeconds: systemCPUTime / 1e6,
      peakBytes: (peakKilobytes() ?? maxRSS) * 1024,
    };
    writeFileSync(path, JSON.stringify(usage));
  });
}

/** Linux counts the parent's memory at the fork into a child's ru_maxrss, but not into its VmHWM. */
function peakKilobytes(): number | null {
  if (!existsSync(STATUS)) return null;
  const found = /^VmHWM:\s*(\d+)/m.exec(readFileSync(STATUS, 'utf8'))?.[1];
  return found === undefined ? null : Number(found);
}
