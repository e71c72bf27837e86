import process from 'node:process';

/** How wide a text may be on standard output, and whether it may have colours. */
export function terminal(): { readonly width: number; readonly colour: boolean } {
  const isTerminal = process.stdout.isTTY === true;
  return { width: process.stdout.columns ?? 100, colour: isTerminal && process.env.NO_COLOR === undefined };
}
