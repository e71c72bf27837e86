import { readFile } from 'node:fs/promises';

/** A process as a lock names it. */
export interface ProcessOwner {
  readonly processId: number;
  /** Clock ticks between the start of the system and of the process; null where the system does not tell. */
  readonly start: string | null;
}

/** How a lock names a process: its id and, where the system tells, a blank and its start. */
export async function ownerOf(processId: number): Promise<string> {
  const start = await startOf(processId);
  return start === null ? String(processId) : `${processId} ${start}`;
}

/** null when the content names no process. */
export function parseOwner(content: string): ProcessOwner | null {
  const [, processId, start] = /^([1-9][0-9]{0,9})(?: ([0-9]{1,20}))?\n$/.exec(content) ?? [];
  return processId === undefined ? null : { processId: Number(processId), start: start ?? null };
}

/** Whether the process runs. One of the same id that began at another time is another process. */
export async function isRunning({ processId, start }: ProcessOwner): Promise<boolean> {
  if (!exists(processId)) return false;
  const startNow = start === null ? null : await startOf(processId);
  return startNow === null || startNow === start;
}

function exists(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error) || Reflect.get(error, 'code') !== 'ESRCH';
  }
}

/** Field 22 of /proc/<pid>/stat (proc(5)); field 2, the name of the program, may itself hold blanks and brackets. */
async function startOf(processId: number): Promise<string | null> {
  if (process.platform !== 'linux') return null;
  try {
    const stat = await readFile(`/proc/${processId}/stat`, 'latin1');
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3];
    return start !== undefined && /^[0-9]{1,20}$/.test(start) ? start : null;
  } catch {
    return null;
  }
}
