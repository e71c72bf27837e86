import process from 'node:process';
import { ProgressLine } from '../progress-line.js';

/** The progress of a command, on standard error. @param totalBytes of all documents of the export, when known. */
export function progressOnStderr(totalBytes: number | null = null): ProgressLine {
  return new ProgressLine({
    isTerminal: process.stderr.isTTY === true,
    totalBytes,
    write: (text) => void process.stderr.write(text),
    now: () => performance.now(),
  });
}
