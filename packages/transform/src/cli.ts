import process from 'node:process';
import { runChatferry } from './run-chatferry.js';

process.exitCode = await runChatferry(process.argv);
