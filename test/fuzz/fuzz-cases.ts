import { Buffer } from 'node:buffer';
import {
  cpSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_LAYOUT } from '@chatferry/import';
import type { Choices } from '../support/choices.js';
import { generateExport } from '../support/generate-export.js';
import type { RawEntry } from '../support/raw-zip.js';
import { rawZip } from '../support/raw-zip.js';
import { snapshotsOf } from '../transform/support/checkpoint-snapshots.js';
import { ARCHIVE_DAMAGE } from './archive-damage.js';
import { outcomeOf } from './command-outcome.js';
import { TEXT_DAMAGE } from './export-damage.js';
import { countMessages } from './independent-count.js';
import { messagesOf, streamedDocuments, zipDocuments } from './package-messages.js';

/** What every input is made from. */
export interface FuzzBase {
  readonly exports: readonly Buffer[];
  readonly messages: number;
  readonly handoff: string;
  readonly documents: readonly RawEntry[];
  /** The export of the handoff. */
  readonly exportPath: string;
  /** A plan for it. */
  readonly plan: string;
  /** What runs that were killed have left of the same handoff, in the middle and near the end. */
  readonly unfinished: readonly string[];
}

/** A damaged input on the disk: the command that must bear it, and when it may call it sound. */
export interface FuzzInput {
  readonly command: readonly string[];
  /** What a clean exit (0) would contradict, as a sentence; null when it may be clean. */
  readonly objection: () => Promise<string | null>;
}

/** In the folder of every input: a file of somebody else, to which links lead. No run may touch it. */
export const BYSTANDER = 'bystander.txt';

export interface FuzzKind {
  readonly name: string;
  readonly of: 'export' | 'package' | 'handoff' | 'plan' | 'unfinished run';
  prepare(base: FuzzBase, random: Choices, folder: string): FuzzInput;
}

/** Two exports of a few messages that are ready to import, and the handoff of one. */
export async function fuzzBase(folder: string): Promise<FuzzBase> {
  const messages = 40;
  const options = { messages, rooms: 4, users: 6, seed: 3 };
  const exports = (['attributes', 'elements'] as const).map((shape) =>
    Buffer.concat([...generateExport({ ...options, shape })]),
  );
  const file = join(folder, 'base.xml');
  const handoff = join(folder, 'base');
  writeFileSync(file, exports[0] as Buffer);
  const plan = join(folder, 'plan');
  await undamaged(['transform', file, '-o', handoff, '--quiet', '--workers', '0']);
  await undamaged(['plan', file, '-o', plan, '--quiet']);
  const documents = await zipDocuments(join(handoff, 'data/PersistentChatData.zip'));
  const snapshots = await snapshotsOf({ exportPath: file, handoffPath: join(folder, 'again') }, folder);
  const unfinished = [snapshots[1], snapshots.at(-1)].filter((one) => one !== undefined);
  return { exports, messages, handoff, documents, exportPath: file, plan, unfinished };
}

async function undamaged(command: readonly string[]): Promise<void> {
  const { exitCode, said } = await outcomeOf(command);
  if (exitCode !== 0) throw new Error(`${command[0]} finds the undamaged export not ready: ${said}`);
}

function transformed(path: string, folder: string, accounted: () => number | null): FuzzInput {
  const handoff = join(folder, 'out');
  return {
    command: ['transform', path, '-o', handoff, '--replace', '--quiet', '--workers', '0'],
    objection: async () => {
      const expected = accounted();
      if (expected === null) return 'it is not well-formed, or not text';
      const ledger = JSON.parse(readFileSync(join(handoff, 'data/ledger.json'), 'utf8'));
      const { read } = ledger.tables.tblChat;
      if (read !== expected)
        return `the ledger accounts for ${read} messages, a plain parser finds ${expected}`;
      // What the second reader does not take is its own to say; a difference between the two is a defect of one.
      return await contradiction(['validate', handoff, '--source', path, '--rehearse'], [0, 2]);
    },
  };
}

/** What another command says against an input that one has called sound, as a sentence; null when it ends as it may. */
async function contradiction(command: readonly string[], allowed: readonly number[]): Promise<string | null> {
  const { exitCode, said } = await outcomeOf([
    ...command,
    '--quiet',
    ...(WITHOUT_THREADS[command[0] ?? ''] ?? []),
  ]);
  return allowed.includes(exitCode) ? null : `${command.join(' ')} ends with ${exitCode}: ${said}`;
}

const WITHOUT_THREADS: Readonly<Record<string, readonly string[]>> = { validate: ['--workers', '0'] };

const ofExport: FuzzKind[] = Object.entries(TEXT_DAMAGE).map(([name, damage]) => ({
  name,
  of: 'export',
  prepare({ exports }, random, folder) {
    const path = join(folder, 'export.xml');
    const bytes = damage(random.pick(exports), random);
    writeFileSync(path, bytes);
    return transformed(path, folder, () => countMessages(bytes));
  },
}));

const ofZippedExport: FuzzKind[] = Object.entries(ARCHIVE_DAMAGE).map(([name, damage]) => ({
  name,
  of: 'export',
  prepare({ exports, messages }, random, folder) {
    const path = join(folder, 'export.zip');
    writeFileSync(path, damage([{ name: 'export.xml', data: random.pick(exports), method: 8 }], random));
    return transformed(path, folder, () => messages);
  },
}));

const FILE_TRICKS: Readonly<Record<string, (folder: string, bystander: string) => void>> = {
  'a link among the files': (folder, bystander) => symlinkSync(bystander, join(folder, 'tblRole.xml')),
  'a link to nowhere': (folder) => symlinkSync('nowhere', join(folder, 'tblRole.xml')),
  'a link to itself': (folder) => symlinkSync('tblRole.xml', join(folder, 'tblRole.xml')),
  'a folder that is called a file': (folder) => mkdirSync(join(folder, 'tblRole.xml')),
  'an empty file': (folder) => writeFileSync(join(folder, 'tblRole.xml'), ''),
  'a hidden file': (folder) => writeFileSync(join(folder, '.tblChat.xml'), '<tblChat channelID="1"/>'),
};

const ofFolder: FuzzKind[] = Object.entries(FILE_TRICKS).map(([name, play]) => ({
  name,
  of: 'export',
  prepare({ exports, messages }, random, folder) {
    const path = join(folder, 'export');
    mkdirSync(path);
    writeFileSync(join(path, 'export.xml'), random.pick(exports));
    play(path, join(folder, BYSTANDER));
    return transformed(path, folder, () => messages);
  },
}));

function validated(zip: Buffer, { handoff, documents }: FuzzBase, folder: string): FuzzInput {
  const path = join(folder, 'package.zip');
  writeFileSync(path, zip);
  return {
    command: ['validate', path, '--ledger', join(handoff, 'data/ledger.json'), '--quiet', '--workers', '0'],
    objection: async () => {
      const found = await messagesOf(await zipDocuments(path));
      if (found !== (await messagesOf(documents)))
        return 'it holds other messages than the ledger was made of';
      if (found !== (await messagesOf(streamedDocuments(zip))))
        return 'a reader that goes from front to back finds other messages';
      return (
        (await contradiction(['validate', path, '--rehearse'], [0])) ??
        (await contradiction(['view', path, '-o', join(folder, 'view')], [0]))
      );
    },
  };
}

const ofPackage: FuzzKind[] = [
  ...Object.entries(ARCHIVE_DAMAGE).map(
    ([name, damage]): FuzzKind => ({
      name,
      of: 'package',
      prepare: (base, random, folder) => validated(damage(base.documents, random), base, folder),
    }),
  ),
  ...Object.entries(TEXT_DAMAGE).map(
    ([name, damage]): FuzzKind => ({
      name,
      of: 'package',
      prepare(base, random, folder) {
        const names = DEFAULT_LAYOUT.documents.map((document) => document.name);
        const chosen = random.chance(50) ? 'Messages.xml' : random.pick(names);
        const entries = base.documents.map((entry) =>
          entry.name === chosen ? { ...entry, data: damage(entry.data as Buffer, random) } : entry,
        );
        return validated(rawZip(entries), base, folder);
      },
    }),
  ),
];

function filesBelow(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();
}

const FILE_DAMAGE: Readonly<Record<string, (path: string, random: Choices, bystander: string) => void>> = {
  'a file lost': (path) => rmSync(path),
  'a file emptied': (path) => writeFileSync(path, ''),
  'a file cut': (path, random) => {
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, random.below(bytes.length)));
  },
  'bits of a file flipped': (path, random) => {
    const bytes = readFileSync(path);
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    writeFileSync(path, bytes);
  },
  'a file damaged': (path, random) => {
    const damage = random.pick(Object.values(TEXT_DAMAGE));
    writeFileSync(path, damage(readFileSync(path), random));
  },
  'a file that is a link': (path, _random, bystander) => {
    rmSync(path);
    symlinkSync(bystander, path);
  },
  'a file that has a second name': (path, _random, bystander) => {
    rmSync(path);
    linkSync(bystander, path);
  },
  'a file that is a folder': (path) => {
    rmSync(path);
    mkdirSync(path);
  },
};

const ofHandoff: FuzzKind[] = Object.entries(FILE_DAMAGE).map(([name, play]) => ({
  name,
  of: 'handoff',
  prepare({ handoff }, random, folder) {
    const path = join(folder, 'handoff');
    cpSync(handoff, path, { recursive: true });
    const [file, sealed] = [random.pick(filesBelow(path)), filesBelow(handoff)];
    play(join(path, file), random, join(folder, BYSTANDER));
    return {
      command: ['validate', path, '--quiet', '--workers', '0'],
      objection: async () => {
        const other = sealed.find(
          (one) =>
            one.startsWith('data/') &&
            !readFileSync(join(path, one)).equals(readFileSync(join(handoff, one))),
        );
        if (other !== undefined) return `${other} is not what was sealed`;
        return await contradiction(['view', path, '-o', join(folder, 'view')], [0]);
      },
    };
  },
}));

const ofPlan: FuzzKind[] = Object.entries(FILE_DAMAGE).map(([name, play]) => ({
  name,
  of: 'plan',
  prepare({ plan, exportPath, messages }, random, folder) {
    const path = join(folder, 'plan');
    cpSync(plan, path, { recursive: true });
    play(join(path, random.pick(filesBelow(path))), random, join(folder, BYSTANDER));
    const { command, objection } = transformed(exportPath, folder, () => messages);
    return { command: [...command, '--plan', path], objection };
  },
}));

const ofUnfinishedRun: FuzzKind[] = Object.entries(FILE_DAMAGE).map(([name, play]) => ({
  name,
  of: 'unfinished run',
  prepare({ unfinished, exportPath, handoff }, random, folder) {
    const path = join(folder, '.out.partial-1');
    cpSync(random.pick(unfinished), path, { recursive: true });
    play(join(path, random.pick(filesBelow(path))), random, join(folder, BYSTANDER));
    const resumed = join(folder, 'out');
    return {
      command: ['transform', exportPath, '-o', resumed, '--resume', '--quiet', '--workers', '0'],
      objection: async () => {
        const other = filesBelow(handoff).find(
          (one) => !readFileSync(join(resumed, one)).equals(readFileSync(join(handoff, one))),
        );
        return other === undefined ? null : `${other} is not what an uninterrupted run writes`;
      },
    };
  },
}));

export const FUZZ_KINDS: readonly FuzzKind[] = [
  ...ofExport,
  ...ofZippedExport,
  ...ofFolder,
  ...ofPackage,
  ...ofHandoff,
  ...ofPlan,
  ...ofUnfinishedRun,
];
