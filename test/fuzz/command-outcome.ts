import process from 'node:process';
import { runChatferry } from '../../packages/transform/dist/run-chatferry.js';

/** What a command ended with and said, run in this process. */
export interface CommandOutcome {
  readonly exitCode: number;
  readonly said: string;
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
  const began = performance.now();
  try {
    const exitCode = await runChatferry([process.execPath, 'chatferry', ...args]);
    return { exitCode, said: lines.join('\n'), milliseconds: performance.now() - began };
  } finally {
    console.log = log;
    console.error = error;
    process.stderr.write = write;
  }
}
