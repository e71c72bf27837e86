import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '@chatferry/export';
import { DEFAULT_LAYOUT, type LedgerDocument, parseLedger } from '@chatferry/import';
import type { ExecutionContext } from 'ava';
import { type RehearsalResult, rehearse } from '../../../packages/import/dist/rehearse/rehearse.js';
import { brief, type Edit, PACKAGES, soundBut, zipOf } from './package-fixture.js';

export const LEDGER = join(PACKAGES, 'sound/ledger.json');

export function soundLedger(): LedgerDocument {
  const { ledger } = parseLedger(readFileSync(LEDGER, 'utf8'));
  if (ledger === null) throw new Error('the fixture has no ledger');
  return ledger;
}

export function scratchFolder(t: Pick<ExecutionContext, 'teardown'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'chatferry-rehearsed-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A principal of a room's roles: whether it is manager, member, presenter, creator. */
export const entry = (id: number, flags: string): string =>
  `<Principal id="${id}" isManager="${flags[0]}" isMember="${flags[1]}" isPresenter="${flags[2]}" isCreator="${flags[3]}"/>`;

/** Gives room 200 one more role. */
export const role = (id: number, flags: string): Edit => [
  'ChatRooms.xml',
  '</Roles></ChatRoom>',
  `${entry(id, flags)}</Roles></ChatRoom>`,
];

export interface Rehearsed {
  readonly findings: string[];
  readonly result: RehearsalResult;
}

/** Rehearses the sound package with replacements. */
export async function rehearsed(
  t: ExecutionContext,
  edits: readonly Edit[],
  ledger: LedgerDocument | null = null,
): Promise<Rehearsed> {
  const zipPath = join(scratchFolder(t), 'package.zip');
  writeFileSync(zipPath, zipOf(soundBut(...edits)));
  const findings: Finding[] = [];
  const report = (finding: Finding): void => void findings.push(finding);
  const result = await rehearse({ zipPaths: [zipPath], ledger, layout: DEFAULT_LAYOUT, keep: null, report });
  return { findings: findings.map(brief), result };
}
