import process from 'node:process';
import { runChatferry } from '../../packages/transform/dist/run-chatferry.js';

/** What a command ended with and said, run in this process. */
export interface CommandOutcome {
  readonly exitCode: number;
  readonly said: string;
  /** Of processor time, all threads; other programs of a busy machine do not count. */
  readonly milliseconds: number;
}

/** Runs a command as its program does. One at a time: what it says is caught by standing in for the console. */
export async function outcomeOf(args: readonly string[]): Promise<CommandOutcome> {
  const lines: string[] = [];
  const keep = (...values: unknown[]): void => void lines.push(values.map(String).join(' '));
  const { log, error } = console;
  const write = process.stderr.write;
  console.log = console.error = keep;
  process.stderr.write = (text: string | Uint8Array) => lines.push(String(text)) > 0;
  const began = process.cpuUsage();
  try {
    const exitCode = await runChatferry([process.execPath, 'chatferry', ...args]);
    const { user, system } = process.cpuUsage(began);
    return { exitCode, said: lines.join('\n'), milliseconds: (user + system) / 1000 };
  } finally {
    console.log = log;
    console.error = error;
    process.stderr.write = write;
  }
}
