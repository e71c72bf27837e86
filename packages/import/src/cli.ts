import process from 'node:process';
import { Command } from 'commander';
import { runProgram } from './run-program.js';
import { defineValidateCommand } from './validate-command.js';
import { VERSION } from './version.js';

process.exitCode = await runProgram(process.argv, (done) =>
  defineValidateCommand(new Command('chatferry-validate'), 'chatferry-validate', done).version(VERSION),
);
