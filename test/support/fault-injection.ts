import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';
import { pseudoRandom } from './pseudo-random.js';

/**
 * Loaded into a program before all else (`node --import`): counts every call that changes the disk, and at call
 * `FAULT_AT` lets one thing happen, chosen by `FAULT_KIND`:
 *
 * - `kill`: the process is killed, a write in the middle;
 * - `power`: the same, and of every file a part of what was not synced is lost or reads as zeros;
 * - `full`: from then on the disk takes nothing more.
 *
 * Without `FAULT_AT` it only counts. The number of calls goes to the file `FAULT_COUNT` names.
 */
const AT = Number(process.env.FAULT_AT ?? Number.POSITIVE_INFINITY);
const KIND = process.env.FAULT_KIND ?? 'kill';
const random = pseudoRandom(Number(process.env.FAULT_SEED ?? 1));

type AnyFunction = (this: unknown, ...args: never[]) => unknown;
type Methods = Record<string, AnyFunction>;

let calls = 0;
const pathOfFile = new Map<number, string>();
/** By the path of now, which a rename changes for open handles as well. */
const openFiles = new Map<string, { path: string }>();
const fileOfHandle = new WeakMap<object, { readonly path: string }>();
/** Bytes that the disk has for certain, of every file written to. */
const synced = new Map<string, number>();

function sizeOf(path: string): number | null {
  try {
    const found = fs.statSync(path);
    return found.isFile() ? found.size : null;
  } catch {
    return null;
  }
}

const original = { ftruncateSync: fs.ftruncateSync, openSync: fs.openSync, writeSync: fs.writeSync };

/** What is left of files after the power has gone. */
function loseUnsynced(): void {
  for (const [path, kept] of synced) {
    const size = sizeOf(path);
    if (size === null || size <= kept) continue;
    const file = original.openSync(path, 'r+');
    const left = kept + random.below(size - kept + 1);
    original.ftruncateSync(file, left);
    // A file system that grows the file before it writes the blocks.
    if (random.below(2) === 0) original.ftruncateSync(file, size);
  }
}

function die(): never {
  if (KIND === 'power') loseUnsynced();
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}

function diskFull(): Error {
  return Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
}

/** Whether the call is the one at which it happens; throws what a full disk throws. */
function strikes(isWrite: boolean): boolean {
  calls += 1;
  if (KIND === 'full') {
    if (calls >= AT && isWrite) throw diskFull();
    return false;
  }
  return calls === AT;
}

function patch(methods: Methods, name: string, make: (call: AnyFunction) => AnyFunction): void {
  methods[name] = make(methods[name] as AnyFunction);
}

/** A call that happens or does not. */
function atomic(isWrite: boolean) {
  return (call: AnyFunction): AnyFunction =>
    function (this: unknown, ...args) {
      if (strikes(isWrite)) die();
      return call.apply(this, args);
    };
}

function patchSync(methods: Methods): void {
  for (const name of ['mkdirSync', 'rmSync', 'ftruncateSync', 'closeSync'])
    patch(methods, name, atomic(false));
  patch(
    methods,
    'openSync',
    (call) =>
      function (this: unknown, ...args) {
        if (strikes(false)) die();
        const file = call.apply(this, args) as number;
        pathOfFile.set(file, String(args[0]));
        return file;
      },
  );
  patch(
    methods,
    'writeSync',
    (call) =>
      function (this: unknown, ...args) {
        const [file, bytes, offset, length, position] = args as unknown as [
          number,
          Buffer,
          number,
          number,
          number,
        ];
        track(pathOfFile.get(file));
        if (strikes(true)) {
          original.writeSync(file, bytes, offset, random.below(length + 1), position);
          die();
        }
        return call.apply(this, args);
      },
  );
  patch(
    methods,
    'fsync',
    (call) =>
      function (this: unknown, ...args) {
        if (strikes(false)) die();
        const [file, done] = args as unknown as [number, (error: Error | null) => void];
        const path = pathOfFile.get(file);
        const size = path === undefined ? null : sizeOf(path);
        return call.apply(this, [
          file,
          (error: Error | null) => {
            if (error === null && path !== undefined && size !== null) synced.set(path, size);
            done(error);
          },
        ] as never[]);
      },
  );
}

/** What a file already holds was written, and synced, by an earlier run: one that goes on first cuts off the rest. */
function track(path: string | undefined): void {
  if (path !== undefined && !synced.has(path)) synced.set(path, sizeOf(path) ?? 0);
}

function openFile(path: string): { readonly path: string } {
  const file = openFiles.get(path) ?? { path };
  openFiles.set(path, file);
  return file;
}

function renameOpen(from: string, to: string): void {
  const file = openFiles.get(from);
  openFiles.delete(to);
  if (file === undefined) return;
  openFiles.delete(from);
  openFiles.set(to, file);
  file.path = to;
}

function patchPromises(methods: Methods): void {
  for (const name of ['rm', 'mkdir', 'link']) patch(methods, name, atomic(false));
  patch(
    methods,
    'rename',
    (call) =>
      async function (this: unknown, ...args) {
        if (strikes(false)) die();
        await call.apply(this, args);
        const [from, to] = args.map(String) as [string, string];
        renameOpen(from, to);
        const kept = synced.get(from);
        synced.delete(from);
        if (kept !== undefined) synced.set(to, kept);
      },
  );
  patch(
    methods,
    'writeFile',
    (call) =>
      function (this: unknown, ...args) {
        const path = String(args[0]);
        track(path);
        if (strikes(true)) {
          const text = String(args[1]);
          fs.writeFileSync(path, text.slice(0, random.below(text.length + 1)));
          die();
        }
        return call.apply(this, args);
      },
  );
  patch(
    methods,
    'open',
    (call) =>
      async function (this: unknown, ...args) {
        if (strikes(false)) die();
        const handle = (await call.apply(this, args)) as object;
        fileOfHandle.set(handle, openFile(String(args[0])));
        return handle;
      },
  );
}

async function patchHandles(): Promise<void> {
  const handle: FileHandle = await fs.promises.open(process.execPath);
  const methods = Object.getPrototypeOf(handle) as Methods;
  await handle.close();
  patch(methods, 'truncate', atomic(false));
  patch(
    methods,
    'write',
    (call) =>
      function (this: unknown, ...args) {
        track(fileOfHandle.get(this as object)?.path);
        if (strikes(true)) {
          const [bytes, offset, length, position] = args as unknown as [Buffer, number, number, number];
          original.writeSync((this as FileHandle).fd, bytes, offset, random.below(length + 1), position);
          die();
        }
        return call.apply(this, args);
      },
  );
  patch(
    methods,
    'writeFile',
    (call) =>
      function (this: unknown, ...args) {
        track(fileOfHandle.get(this as object)?.path);
        if (strikes(true)) {
          const text = String(args[0]);
          original.writeSync((this as FileHandle).fd, text.slice(0, random.below(text.length + 1)));
          die();
        }
        return call.apply(this, args);
      },
  );
  patch(
    methods,
    'sync',
    (call) =>
      async function (this: unknown, ...args) {
        if (strikes(false)) die();
        const path = fileOfHandle.get(this as object)?.path;
        const size = path === undefined ? null : sizeOf(path);
        await call.apply(this, args);
        if (path !== undefined && size !== null) synced.set(path, size);
      },
  );
}

if (isMainThread) {
  await patchHandles();
  patchSync(fs as unknown as Methods);
  patchPromises(fs.promises as unknown as Methods);
  syncBuiltinESMExports();
  process.on('exit', () => {
    const { FAULT_COUNT } = process.env;
    if (FAULT_COUNT !== undefined) fs.appendFileSync(FAULT_COUNT, `${calls}\n`);
  });
}
