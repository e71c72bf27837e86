import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import { parseWorkers } from '@chatferry/export';
import { canonicalJson, type ExitCode, outputFailure } from '@chatferry/import';
import type { Command } from 'commander';
import { inspectExport } from '../inspect/inspect-export.js';
import { inventoryHtml } from '../inspect/inventory-html.js';
import { inventoryText } from '../inspect/inventory-text.js';
import { progressOnStderr } from './progress-on-stderr.js';

interface Flags {
  readonly html?: string;
  readonly json?: true;
  readonly quiet?: true;
  readonly workers?: string;
}

const HELP = `
Reads the export once and writes nothing but the page of --html. Keeps the directory in memory (categories, rooms,
principals, roles, scopes, add-ins), one counter a room and year, and one a room and author whose principal was not
read before the message; never messages.

Exit codes:
  0  nothing that was seen blocks a migration with the default options
  1  finished, and some condition would block it
  2  could not finish

Example:
  chatferry inspect export.zip
  chatferry inspect export/ --html inventory.html --json > inventory.json`;

export function addInspectCommand(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('inspect')
    .description('Takes stock of an export: what is in it, and what would block or change.')
    .argument('<export>', 'file, folder, ZIP or gzip of a Group Chat XML export; - for standard input')
    .option('--html <file>', 'write the inventory as one self-contained page too; an older file gives way')
    .option('--workers <n>', 'threads beside the main one (default: the other cores)')
    .option('--json', 'print the inventory as one JSON object instead of text')
    .option('--quiet', 'print the verdict only')
    .addHelpText('after', HELP)
    .action(async (path: string, flags: Flags) => done(await inspect(path, flags)));
}

async function inspect(path: string, flags: Flags): Promise<ExitCode> {
  const isQuiet = flags.quiet === true;
  let progress = progressOnStderr();
  try {
    const inventory = await inspectExport({
      exportPath: path,
      workers: parseWorkers(flags.workers),
      progress: (bytes) => {
        if (!isQuiet) progress.show('inspection', bytes);
      },
      onOpen: (totalBytes) => {
        progress = progressOnStderr(totalBytes);
      },
    });
    progress.clear();
    if (flags.html !== undefined) await writePage(flags.html, inventoryHtml(inventory));
    if (flags.json === true) console.log(canonicalJson(inventory).trimEnd());
    else if (isQuiet) console.log(inventory.verdict.sentence);
    else console.log(inventoryText(inventory, process.stdout.columns ?? 100).trimEnd());
    return inventory.verdict.exitCode;
  } finally {
    progress.clear();
  }
}

async function writePage(path: string, page: string): Promise<void> {
  try {
    await writeFile(path, page);
  } catch (error) {
    throw outputFailure(error, path);
  }
}
