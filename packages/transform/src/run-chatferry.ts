import {
  defineSealCommand,
  defineValidateCommand,
  defineViewCommand,
  type ExitCode,
  runProgram,
  VERSION,
} from '@chatferry/import';
import { Command } from 'commander';
import { addDiffCommand } from './commands/diff.js';
import { addEstimateCommand } from './commands/estimate.js';
import { addExplainCommand } from './commands/explain.js';
import { addInspectCommand } from './commands/inspect.js';
import { addMergeCommand } from './commands/merge.js';
import { addPlanCommand } from './commands/plan.js';
import { addTraceCommand } from './commands/trace.js';
import { addTransformCommand } from './commands/transform.js';

const HELP = `
Exit codes of every command:
  0  finished without an error finding (diff: equal; trace: found)
  1  finished, but not ready: there are error findings (diff: different; trace: not found)
  2  could not finish; nothing lies under the final name

Example:
  chatferry inspect export/
  chatferry transform export/ -o handoff
  chatferry validate handoff`;

/** The whole command, as `argv` asks for it, to its exit code. */
export async function runChatferry(argv: readonly string[]): Promise<ExitCode> {
  return await runProgram(argv, (done) => {
    const program = new Command('chatferry')
      .description(
        'Carries Group Chat rooms and messages into Persistent Chat across an air gap, with proof.',
      )
      .version(VERSION)
      .addHelpText('after', HELP);
    addInspectCommand(program, done);
    addPlanCommand(program, done);
    addEstimateCommand(program, done);
    addTransformCommand(program, done);
    addMergeCommand(program, done);
    defineValidateCommand(program.command('validate'), 'chatferry validate', done);
    defineSealCommand(program.command('seal'), 'chatferry seal', done);
    defineViewCommand(program.command('view'), 'chatferry view', done);
    addDiffCommand(program, done);
    addTraceCommand(program, done);
    addExplainCommand(program, done);
    return program;
  });
}
