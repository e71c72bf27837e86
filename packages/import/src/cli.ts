import process from 'node:process';
import { Command } from 'commander';
import { runProgram } from './run-program.js';
import { defineSealCommand } from './seal/seal-command.js';
import { defineValidateCommand } from './validate/validate-command.js';
import { VERSION } from './version.js';
import { defineViewCommand } from './view/view-command.js';

process.exitCode = await runProgram(process.argv, (done) => {
  const program = defineValidateCommand(new Command('chatferry-validate'), 'chatferry-validate', done);
  // What stands after `seal` or `view` belongs to it, though validate has options of the same name.
  program.version(VERSION).enablePositionalOptions();
  defineSealCommand(program.command('seal'), 'chatferry-validate seal', done);
  defineViewCommand(program.command('view'), 'chatferry-validate view', done);
  return program;
});
