import process from 'node:process';
import { RunFailure } from '@chatferry/export';
import { type Command, CommanderError } from 'commander';
import { type ExitCode, verdictOf } from './reports/verdict.js';
import { visible } from './reports/wording.js';

/**
 * Runs a program to its exit code: what its command hands to `done`, 0 for help, 2 for wrong arguments and for
 * everything that is thrown, told in a sentence with the way out. Only a bug shows a stack.
 */
export async function runProgram(
  argv: readonly string[],
  define: (done: (code: ExitCode) => void) => Command,
): Promise<ExitCode> {
  quitWhenUnheard();
  let exitCode: ExitCode = 2;
  const program = define((code) => {
    exitCode = code;
  });
  for (const command of [program, ...program.commands]) command.exitOverride().allowExcessArguments(false);
  try {
    await program.parseAsync([...argv]);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return sayFailure(error, argv.includes('--json'));
  }
}

/** Somebody who has read enough, such as `head`, closes the pipe: no fault of the run, and nobody is left to tell. */
function quitWhenUnheard(): void {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.listenerCount('error') > 0) continue;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

function sayFailure(error: unknown, asJson: boolean): ExitCode {
  const failure = error instanceof RunFailure ? error : null;
  const { sentence, exitCode } = verdictOf({
    findings: [],
    imbalances: [],
    layout: { name: '', assumedPaths: 0, reference: null },
    failure: { message: failure?.message ?? String(error) },
  });
  const remedy =
    failure?.remedy ?? 'This is a bug of chatferry; please report it. Nothing lies under the final name.';
  if (asJson) {
    console.log(
      JSON.stringify({ verdict: sentence, exitCode, place: failure?.place ?? null, remedy }, null, 2),
    );
  } else {
    console.error(`${visible(sentence)}\n${visible(remedy)}`);
  }
  if (failure === null && error instanceof Error) console.error(error.stack);
  return exitCode;
}
