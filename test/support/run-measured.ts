import process from 'node:process';

/**
 * Runs a program of ours in this process (`run-measured.js <module> [arguments…]`) and prints its peak resident memory on
 * standard error when it ends: `peak resident: <kilobytes>`.
 */
const [, self = '', module = '', ...args] = process.argv;
process.argv = [process.execPath, self, ...args];
process.on('exit', () => {
  console.error(`peak resident: ${process.resourceUsage().maxRSS}`);
});
await import(module);
