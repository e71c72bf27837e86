import { fileURLToPath } from 'node:url';
import { chatferryArguments } from '../support/our-program.js';
import type { Program } from './measure-process.js';
import type { OutsidePrograms } from './references.js';

/** Names of files and folders in the working folder of a bench. */
export const FILES = {
  export: 'export.xml',
  schema: 'export.xsd',
  rewritten: 'Messages.xml',
  packed: 'export.xml.gz',
  plan: 'plan',
  handoff: 'handoff',
  notReadBack: 'handoff-not-read-back',
} as const;

/** The row that all others are measured against. */
export const YARDSTICK = 'xmllint --stream --noout';

/** One row of the table. */
export interface Contender {
  readonly name: string;
  readonly isOurs: boolean;
  readonly program: Program;
  /** What is removed before each run, outside the time. */
  readonly writes: readonly string[];
}

/** A row that is missing, and why. */
export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}

export interface Contest {
  readonly contenders: readonly Contender[];
  readonly leftOut: readonly LeftOut[];
}

/** Every row in the order of the table, references first; those whose program is absent are listed apart. */
export function contestOf(outside: OutsidePrograms): Contest {
  const rows = [...outsideReferences(outside), ...ourCommands()];
  return {
    contenders: rows.filter((row) => 'program' in row),
    leftOut: rows.filter((row) => 'reason' in row),
  };
}

function outsideReferences(outside: OutsidePrograms): (Contender | LeftOut)[] {
  const { xmllint, python, gzip } = outside;
  const rewriter = fileURLToPath(new URL('../../test/bench/rewrite_messages.py', import.meta.url));
  return [
    reference(YARDSTICK, 'xmllint', xmllint?.path, ['--stream', '--noout', FILES.export]),
    reference('xmllint --stream --schema', 'xmllint', xmllint?.path, [
      '--stream',
      '--noout',
      '--schema',
      FILES.schema,
      FILES.export,
    ]),
    reference(
      'Python expat, same rewriting',
      'python3',
      python?.path,
      [rewriter, FILES.export, FILES.rewritten],
      FILES.rewritten,
    ),
    {
      name: 'saxes, parse only',
      isOurs: false,
      program: { command: 'node', args: [moduleBeside('saxes-parse.js'), FILES.export] },
      writes: [],
    },
    reference('gzip -1', 'gzip', gzip?.path, ['-1', '-c', FILES.export], FILES.packed),
  ];
}

/** `written` is a file that the program writes; it is standard output for gzip, which has no other way. */
function reference(
  name: string,
  needs: string,
  path: string | undefined,
  args: readonly string[],
  written?: string,
): Contender | LeftOut {
  if (path === undefined) return { name, reason: `${needs} is not installed or does not run` };
  const program: Program = { command: path, args };
  return {
    name,
    isOurs: false,
    program: written === FILES.packed ? { ...program, stdout: written } : program,
    writes: written === undefined ? [] : [written],
  };
}

function ourCommands(): Contender[] {
  return [
    ours('inspect', ['inspect', FILES.export]),
    ours('plan', ['plan', FILES.export, '-o', FILES.plan], { writes: [FILES.plan] }),
    ours('transform --no-read-back', ['transform', FILES.export, '-o', FILES.notReadBack, '--no-read-back'], {
      writes: [FILES.notReadBack],
      exitCode: 1,
    }),
    ours('transform', ['transform', FILES.export, '-o', FILES.handoff], { writes: [FILES.handoff] }),
    ours('validate (of the handoff)', ['validate', FILES.handoff]),
  ];
}

function ours(
  name: string,
  args: readonly string[],
  { writes = [], exitCode = 0 }: { readonly writes?: readonly string[]; readonly exitCode?: number } = {},
): Contender {
  return {
    name,
    isOurs: true,
    program: { command: 'node', args: [...chatferryArguments(), ...args, '--quiet'], exitCode },
    writes,
  };
}

function moduleBeside(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
