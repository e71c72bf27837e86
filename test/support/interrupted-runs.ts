import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateExport } from './generate-export.js';

export const CHATFERRY = fileURLToPath(new URL('../../packages/transform/bin/chatferry.js', import.meta.url));
const INJECTION = fileURLToPath(new URL('fault-injection.js', import.meta.url));

export interface Ended {
  /** null when the process was killed. */
  readonly code: number | null;
  readonly err: string;
}

/** What is to go wrong in a process; see `fault-injection.ts`. */
export interface Fault {
  readonly at: number;
  readonly kind: 'kill' | 'power' | 'full';
  readonly seed: number;
}

/** Runs chatferry to its end, or to a fault. @param count file that takes the number of calls that change the disk. */
export async function runChatferry(
  cwd: string,
  args: readonly string[],
  { fault, count }: { readonly fault?: Fault; readonly count?: string } = {},
): Promise<Ended> {
  const env = {
    ...process.env,
    ...(fault === undefined
      ? {}
      : { FAULT_AT: String(fault.at), FAULT_KIND: fault.kind, FAULT_SEED: String(fault.seed) }),
    ...(count === undefined ? {} : { FAULT_COUNT: count }),
  };
  const injected = fault === undefined && count === undefined ? [] : ['--import', INJECTION];
  return await new Promise((resolve) => {
    execFile(process.execPath, [...injected, CHATFERRY, ...args], { cwd, env }, (error, _, err) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ code, err });
    });
  });
}

/** Every file below a folder with its SHA-256. */
export async function digestsOf(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const bytes = await readFile(join(folder, name)).catch(() => null);
    if (bytes !== null) found[name] = createHash('sha256').update(bytes).digest('hex');
  }
  return found;
}

/** So many that pieces of the package, of 1 MiB each, lie on the disk before its end. */
const MESSAGES = 6000;
const SIZE = { rooms: 60, users: 50 } as const;

/**
 * Exports that take every way through a run: in order; out of order, so that they are sorted; with a table behind the
 * messages, so that they are read twice; with all kinds of trouble; and with a package in several parts. Fewer messages
 * do where pieces do not matter.
 */
export const INTERRUPTED_EXPORTS: Readonly<Record<string, (messages?: number) => string>> = {
  ordered: (messages) => generated('attributes', 'room', messages),
  troubled: (messages) => troubled(generated('attributes', 'room', messages)),
  unordered: (messages) => troubled(generated('attributes', 'date', messages)),
  'table behind': (messages) => generated('elements', 'room', messages),
  'late disorder': (messages) => lateDisorder(generated('attributes', 'room', messages)),
  'in parts': (messages) => generated('attributes', 'room', messages),
  'unordered in parts': (messages) => troubled(generated('attributes', 'date', messages)),
};

/**
 * The first message and a row of another table come last, so that a pass starts over when it is all but done, twice.
 */
function lateDisorder(xml: string): string {
  const message = /<tblChat [^>]*>\s*/.exec(xml)?.[0] ?? '';
  const counter = /<tblLastChatId [^>]*>\s*/.exec(xml)?.[0] ?? '';
  const rest = xml.replace(message, '').replace(counter, '');
  return rest.replace('</root>', `${message}${counter}</root>`);
}

function generated(
  shape: 'attributes' | 'elements',
  order: 'room' | 'date',
  messages: number = MESSAGES,
): string {
  return Buffer.concat([...generateExport({ messages, shape, order, ...SIZE })]).toString('utf8');
}

/** Now and then a message that is refused, excluded or changed, and rows that the reader itself ends. */
function troubled(xml: string): string {
  let at = 0;
  const counters = xml.replace(/lastChatID="\d*[13579]"/g, 'lastChatID="1"');
  return counters.replace(/<tblChat [^>]*>/g, (row) => {
    at += 1;
    const channelID = Number(/channelID="(\d+)"/.exec(row)?.[1]);
    if (channelID > 150) return row.replace(/channelID="(\d+)"/, 'channelID="900$1"');
    if (at % 41 === 0) return row.replace(/userId="\d+"/, 'userId="99999"');
    if (at % 43 === 0) return row + row;
    if (at % 47 === 0) return row + row.replace(/chatDate="\d/, 'chatDate="7');
    if (at % 53 === 0) return row.replace(/channelID="\d+"/, 'channelID="x"');
    if (at % 59 === 0) return row.replace(/content="/, 'content="&#1;');
    if (at % 61 === 0) return row.replace(/content="/, 'novel="1" content="');
    if (at % 67 === 0) return row.replace(/content="/, 'content="a & b ');
    if (at % 71 === 0) return row.replace(/chatDate="\d+"/, 'chatDate="-5"');
    return row;
  });
}
