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
  // A killed process stays a zombie until its parent asks for it, which in a container may be never.
  if ((await statusOf(processId))[0] === 'Z') return false;
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

async function startOf(processId: number): Promise<string | null> {
  const start = (await statusOf(processId))[22 - 3];
  return start !== undefined && /^[0-9]{1,20}$/.test(start) ? start : null;
}

/**
 * Fields of /proc/<pid>/stat (proc(5)) from the third on; field 2, the name of the program, may itself hold blanks and
 * brackets. Empty where the system does not tell.
 */
async function statusOf(processId: number): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  try {
    const stat = await readFile(`/proc/${processId}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
