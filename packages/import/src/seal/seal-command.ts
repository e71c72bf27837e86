import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding, RunFailure } from '@chatferry/export';
import type { Command } from 'commander';
import { appendCustody } from '../custody/append-entry.js';
import { isInstant } from '../custody/custody-entry.js';
import { now } from '../custody/wall-clock.js';
import { packageNames } from '../locate-package.js';
import type { ExitCode } from '../reports/verdict.js';
import { placeInWords, VALIDATE_IN_WORDS, visible } from '../reports/wording.js';
import {
  PASSPHRASE_OPTION,
  SIGN_OPTION,
  SIGNING_HELP,
  type SigningFlags,
  signingKeyOf,
} from './key-options.js';
import { signHandoff } from './sign-handoff.js';
import { signedNotice } from './verify-commands.js';

interface Flags extends SigningFlags {
  readonly note?: string;
  readonly by?: string;
  readonly at?: string;
  readonly json?: true;
  readonly quiet?: true;
}

const MOST_UNITS = 2000;

function helpText(name: string): string {
  return `
With --note and --by: appends an entry to custody.ndjson in the handoff, signed when a key is given: a number, who, what, when,
the SHA-256 of tagmanifest-sha256.txt (which stands for every byte of the handoff) and that of the entry before. It tells the
SHA-256 of the new entry: write it down, send it to the receiver; validate --custody-head holds the chain against it.
Without --note: signs the handoff itself (tagmanifest-sha256.txt.sig, signer-public-key.pem).
Neither data nor manifests are touched. Reads the whole handoff first, and refuses when it or its chain is not whole.
${SIGNING_HELP}

Exit codes:
  0  the entry, or the signature, is on the disk
  1  the handoff or its chain of custody is not whole; nothing was written
  2  could not finish; nothing was written

Example:
  ${name} handoff --sign key.pem
  ${name} handoff --by "J. Doe, courier" --note "Received on disk 7, carried to the data centre" --sign key.pem`;
}

/** The seal as a command, for `chatferry seal` and `chatferry-validate seal`. See `defineValidateCommand`. */
export function defineSealCommand(
  command: Command,
  calledAs: string,
  done: (code: ExitCode) => void,
): Command {
  return command
    .description('Signs a finished handoff, or appends an entry to its chain of custody.')
    .argument('<handoff>', 'handoff folder')
    .option('--note <text>', 'what happened to the handoff, in one line')
    .option('--by <who>', 'who says so')
    .option('--at <instant>', 'when, in UTC (2026-11-26T16:05Z); default: now, by the clock of this machine')
    .option(...SIGN_OPTION)
    .option(...PASSPHRASE_OPTION)
    .option('--json', 'print one JSON object instead of text')
    .option('--quiet', 'print nothing but failures, findings and the SHA-256 of a new entry')
    .addHelpText('after', helpText(calledAs))
    .action(async (handoff: string, flags: Flags) => done(await seal(handoff, flags)));
}

async function seal(handoff: string, flags: Flags): Promise<ExitCode> {
  const { note, by, at } = flags;
  await sayNotReady(handoff);
  const key = await signingKeyOf(flags, handoff, (sentence) => console.error(visible(sentence)));
  if (note === undefined) {
    if (by !== undefined || at !== undefined) {
      throw new RunFailure('arguments', '--by and --at without --note', 'Say what happened with --note.');
    }
    if (key === null) {
      const remedy = 'Give --sign <key> to sign the handoff, or --note and --by for an entry of custody.';
      throw new RunFailure('arguments', 'Nothing to do: neither --note nor --sign', remedy);
    }
    const signed = await signHandoff(handoff, key);
    if ('findings' in signed) return refused(signed.findings, flags);
    say(flags, signedNotice(visible(handoff), signed.fingerprint), { ...signed });
    return 0;
  }
  const said = { note: oneLine('--note', note), by: oneLine('--by', by ?? ''), at: instant(at) };
  const appended = await appendCustody(handoff, said, key);
  if ('findings' in appended) return refused(appended.findings, flags);
  const { entry, head } = appended;
  if (flags.quiet === true && flags.json !== true) {
    // Nothing in the handoff tells it, and without it nobody can see that entries were taken off the end.
    console.log(head);
    return 0;
  }
  const signed = entry.key === null ? 'unsigned' : `signed by ${entry.key}`;
  const remember = 'Write that SHA-256 down, and send it to the receiver by another way than the handoff:';
  say(
    flags,
    `Entry ${entry.sequence} (${signed}): ${head}\n${remember}\n  chatferry-validate <handoff> --custody-head ${head}`,
    { entry, head },
  );
  return 0;
}

/** Sealing vouches for bytes; nobody should take it for a verdict. */
async function sayNotReady(handoff: string): Promise<void> {
  const names = packageNames(await readdir(join(handoff, 'data')).catch((): string[] => []));
  const marked = names.find((name) => name.endsWith('.NOT-READY.zip'));
  if (marked === undefined) return;
  console.error(
    `This handoff is NOT READY (data/${marked}): what is sealed here are its bytes, not their fitness for an import.`,
  );
}

function say({ json, quiet }: Flags, text: string, object: object): void {
  if (json === true) console.log(JSON.stringify({ exitCode: 0, ...object }, null, 2));
  else if (quiet !== true) console.log(text);
}

function refused(findings: readonly Finding[], { json }: Flags): ExitCode {
  if (json === true) console.log(JSON.stringify({ exitCode: 1, findings }, null, 2));
  else {
    console.log('NOT SEALED: the handoff is not whole; nothing was written.');
    for (const { rule, place, message } of findings.slice(0, 20)) {
      console.log(`  ${rule} ${placeInWords(place)}: ${visible(message)}`);
    }
    if (findings.length > 20)
      console.log(`  and ${findings.length - 20} more: ${VALIDATE_IN_WORDS} tells all`);
  }
  return 1;
}

/**
 * @throws RunFailure `arguments` for an empty text, a long one, and one with characters that steer instead of being
 * seen.
 */
function oneLine(option: string, text: string): string {
  const what =
    text.trim() === ''
      ? 'is missing or empty'
      : text.length > MOST_UNITS
        ? `is longer than ${MOST_UNITS} characters`
        : visible(text) !== text
          ? 'holds line ends or other characters that cannot be seen'
          : null;
  if (what === null) return text;
  throw new RunFailure('arguments', `${option} ${what}`, 'Say who, and what, in one line each.');
}

function instant(at: string | undefined): string {
  if (at === undefined) return now();
  const text = /^[^Z]*T\d\d:\d\dZ$/.test(at) ? at.replace('Z', ':00Z') : at;
  if (isInstant(text)) return text;
  throw new RunFailure(
    'arguments',
    `--at ${at} is not an instant`,
    'Write it in UTC as 2026-11-26T16:05:00Z.',
  );
}
