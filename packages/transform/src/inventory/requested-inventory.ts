import { basename } from 'node:path';
import { RunFailure } from '@chatferry/export';
import { readInventory } from './read-inventory.js';
import type { TargetInventory } from './target-inventory.js';

/** What the administrator gave of the target. */
export interface InventoryRequest {
  /** Lists of the target's rooms and categories; users among them count too. */
  readonly inventoryPaths?: readonly string[] | undefined;
  /** List of Active Directory's users. */
  readonly usersPath?: string | undefined;
}

/**
 * The inventory that was asked for; null when none was. Throws `RunFailure` what `readInventory` throws, and
 * 'arguments' when the files do not list what they were given for: a check that was asked for is not left out in
 * silence.
 */
export async function requestedInventory(request: InventoryRequest): Promise<TargetInventory | null> {
  const { inventoryPaths = [], usersPath } = request;
  const paths = usersPath === undefined ? inventoryPaths : [...inventoryPaths, usersPath];
  if (paths.length === 0) return null;
  const inventory = await readInventory(paths);
  if (inventoryPaths.length > 0 && inventory.rooms.length + inventory.categories.length === 0) {
    throw new RunFailure(
      'arguments',
      `No room and no category is listed in ${inventoryPaths.map(quoted).join(', ')}, so no name could be compared.`,
      'Give the list of users with --users; leave --target out when the target holds nothing.',
    );
  }
  if (usersPath !== undefined && inventory.users === null) {
    throw new RunFailure(
      'arguments',
      `No user is listed in ${quoted(usersPath)}, so no principal could be looked up.`,
      'Give lists of rooms and categories with --target, and the output of Get-CsUser with --users.',
    );
  }
  return inventory;
}

function quoted(path: string): string {
  return `"${basename(path)}"`;
}
