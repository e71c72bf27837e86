import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { runChatferry } from '../../packages/transform/dist/run-chatferry.js';

/** What a command ended with and said, run in this process. */
export interface CommandOutcome {
  readonly exitCode: number;
  readonly said: string;
  /** Of processor time, all threads; other programs of a busy machine do not count. */
  readonly milliseconds: number;
  /**
   * By which the process grew at most beyond what it held before; null where the system does not tell (it is Linux that
   * does).
   */
  readonly bytes: number | null;
}

/** Runs a command as its program does. One at a time: what it says is caught by standing in for the console. */
export async function outcomeOf(args: readonly string[]): Promise<CommandOutcome> {
  const lines: string[] = [];
  const keep = (...values: unknown[]): void => void lines.push(values.map(String).join(' '));
  const { log, error } = console;
  const write = process.stderr.write;
  console.log = console.error = keep;
  process.stderr.write = (text: string | Uint8Array) => lines.push(String(text)) > 0;
  const held = forgetPeak() ? process.memoryUsage.rss() : null;
  const began = process.cpuUsage();
  try {
    const exitCode = await runChatferry([process.execPath, 'chatferry', ...args]);
    const { user, system } = process.cpuUsage(began);
    const bytes = held === null ? null : peak() - held;
    return { exitCode, said: lines.join('\n'), milliseconds: (user + system) / 1000, bytes };
  } finally {
    console.log = log;
    console.error = error;
    process.stderr.write = write;
  }
}

/** Begins anew to note the most memory that is held; whether that is possible. See proc(5), clear_refs. */
function forgetPeak(): boolean {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    return true;
  } catch {
    return false;
  }
}

/** Bytes resident at most since then. */
function peak(): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
  return Number(kilobytes) * 1024;
}
