#!/usr/bin/env -S node --max-semi-space-size=2
import process from 'node:process';

// The flag keeps the collector from letting 30 MB of short-lived objects stand; without it all works the same.
// Faults of the work itself are told by the program; what arrives here is a program that cannot be loaded.
try {
  await import('../artefact/dist/chatferry.js');
} catch (error) {
  const reason = error instanceof Error ? error.message.split('\n', 1)[0] : error;
  process.stderr.write(
    `Could not finish: chatferry cannot be loaded (${reason}).\n` +
      `Install it again with all its packages, for Node.js 20.19 or newer (this is ${process.version}).\n`,
  );
  process.exitCode = 2;
}
