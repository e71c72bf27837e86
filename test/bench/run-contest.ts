import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contender } from './contenders.js';
import { type Measurement, measureProcess } from './measure-process.js';

/** All runs of one row. */
export interface Outcome {
  readonly contender: Contender;
  readonly runs: readonly Measurement[];
}

export interface ContestOptions {
  readonly folder: string;
  readonly runs: number;
  /** Path of GNU time; null when it is absent. */
  readonly gnuTime: string | null;
  readonly tell: (line: string) => void;
}

/** Runs every contender once, then every one again: what disturbs the machine for a while disturbs all of them. */
export async function runContest(
  contenders: readonly Contender[],
  { folder, runs, gnuTime, tell }: ContestOptions,
): Promise<Outcome[]> {
  const measured = contenders.map((): Measurement[] => []);
  for (let round = 1; round <= runs; round++) {
    for (const [index, contender] of contenders.entries()) {
      for (const name of contender.writes) await rm(join(folder, name), { recursive: true, force: true });
      const measurement = await measureProcess(contender.program, folder, gnuTime);
      measured[index]?.push(measurement);
      tell(`  run ${round} of ${runs}: ${contender.name} ${measurement.seconds.toFixed(2)} s`);
    }
  }
  return contenders.map((contender, index) => ({ contender, runs: measured[index] ?? [] }));
}
