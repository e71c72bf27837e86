import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RunFailure } from '@chatferry/export';
import { REPORT_SCRIPT } from '../room-files.js';

/**
 * The script of report.html, as it ships. Throws `RunFailure` 'bug' when it is not there, because the installation is
 * then not whole.
 */
export function reportScript(): string {
  try {
    return readFileSync(REPORT_SCRIPT, 'utf8').replaceAll('\r\n', '\n');
  } catch (cause) {
    throw new RunFailure(
      'bug',
      `${fileURLToPath(REPORT_SCRIPT)} cannot be read`,
      'Install chatferry again: the script is part of it.',
      { cause },
    );
  }
}
