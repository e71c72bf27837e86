import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const CHATFERRY = fileURLToPath(new URL('../../packages/transform/bin/chatferry.js', import.meta.url));

/**
 * Arguments for Node.js that start chatferry as a shell does: with the flags that the program's first line asks for.
 */
export function chatferryArguments(): readonly string[] {
  const flags = /^#!.*? node((?: --\S+)*)\n/.exec(readFileSync(CHATFERRY, 'utf8'))?.[1] ?? '';
  return [...flags.split(' ').filter((flag) => flag !== ''), CHATFERRY];
}
