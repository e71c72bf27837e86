import process from 'node:process';
import { bench } from './bench.js';
import { BENCH_HELP, benchOptions } from './bench-options.js';

try {
  const options = benchOptions(process.argv.slice(2));
  if (options === null) console.log(BENCH_HELP);
  else console.log((await bench(options, (line) => console.error(line))).text);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
