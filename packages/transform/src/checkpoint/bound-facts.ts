import { createHash } from 'node:crypto';
import process from 'node:process';
import type { OpenedExport } from '@chatferry/export';
import { type Layout, VERSION } from '@chatferry/import';
import type { TargetInventory } from '../inventory/target-inventory.js';
import type { TransformOptions } from '../options.js';
import { plannedValue } from '../plan/make-plan-document.js';
import { OPTION_NAMES } from '../plan/option-facts.js';
import type { Plan } from '../plan/read-plan.js';
import { unusable } from './checkpoint-file.js';

export interface BoundRun {
  readonly opened: OpenedExport;
  readonly options: TransformOptions;
  readonly plan: Plan | null;
  readonly inventory: TargetInventory | null;
  readonly layout: Layout;
  readonly isStrict: boolean;
  /** Bytes; null for the default. */
  readonly partSize: number | null;
  readonly documentSize: number | null;
}

/**
 * All that the bytes of a handoff depend on beside the content of the export, by its name in a sentence. The build of
 * Node is among them, because deflate's output belongs to one.
 */
export function boundFacts(run: BoundRun): Record<string, string> {
  const { opened, options, plan, inventory, layout, isStrict } = run;
  const { arch, versions } = process;
  const facts: Record<string, string> = {
    'version of chatferry': VERSION,
    'build of Node': `${versions.node} ${arch} zlib ${versions.zlib}`,
    'set of files in the export': digestOf([
      opened.documents.map(({ name, sizeInBytes, encoding }) => [name, sizeInBytes, encoding]),
      opened.manifest,
    ]),
    plan: plan === null ? 'none' : digestOf({ ...plan, folder: null }),
    'list of the target or of users': inventory === null ? 'none' : digestOf(inventory),
    'layout of the package': digestOf(layout),
    'strictness (--strict)': String(isStrict),
    'size of a part (--part-size)': String(run.partSize),
    'size of a document (--document-size)': String(run.documentSize),
  };
  for (const name of OPTION_NAMES) facts[`value of ${name}`] = String(plannedValue(name, options));
  return facts;
}

/** @throws RunFailure `checkpoint-unusable` when a run was begun otherwise. */
export function expectSameFacts(
  then: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): void {
  const other = Object.keys(now).filter((name) => then[name] !== now[name]);
  if (other.length === 0) return;
  throw unusable(
    `was made with another ${other.map((name) => described(name, then[name], now[name])).join(', another ')}`,
  );
}

function described(name: string, then = 'none', now = 'none'): string {
  const isDigest = [then, now].some((fact) => /^[0-9a-f]{64}$/.test(fact));
  return isDigest ? name : `${name} (${then}, now ${now})`;
}

function digestOf(value: unknown): string {
  const plain = (_: string, each: unknown): unknown => {
    if (each instanceof Map) return [...each];
    if (each instanceof Set) return [...each];
    return typeof each === 'bigint' ? String(each) : each;
  };
  return createHash('sha256').update(JSON.stringify(value, plain)).digest('hex');
}
