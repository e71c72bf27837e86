import process from 'node:process';
import { Command } from 'commander';
import { runProgram } from './run-program.js';
import { defineValidateCommand } from './validate-command.js';
import { VERSION } from './version.js';
import { defineViewCommand } from './view/view-command.js';

process.exitCode = await runProgram(process.argv, (done) => {
  const program = defineValidateCommand(new Command('chatferry-validate'), 'chatferry-validate', done);
  defineViewCommand(program.command('view'), 'chatferry-validate view', done);
  // Else the options of `view` that validate has too would be taken for its own.
  return program.enablePositionalOptions().version(VERSION);
});
