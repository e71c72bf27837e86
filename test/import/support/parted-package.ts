import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '@chatferry/export';
import {
  DEFAULT_LAYOUT,
  type PackagePart,
  parseParts,
  partName,
  partsJson,
  type ValidationResult,
  validateParts,
} from '@chatferry/import';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { type Documents, zipOf } from './package-fixture.js';

/** One part: its documents, and what PARTS.json says of it. */
export interface Part {
  readonly documents: Documents;
  readonly listed: Pick<PackagePart, 'rooms' | 'firstRoomId' | 'lastRoomId' | 'messages'>;
}

/** A package cut into parts by hand: the documents with only those elements <ChatRoom> whose id is given. */
export function onlyRooms(documents: Documents, ids: readonly number[]): Documents {
  return new Map(
    [...documents].map(([name, data]) => [
      name,
      String(data).replaceAll(/<ChatRoom id="(\d+)"[\s\S]*?<\/ChatRoom>\n/g, (element, id: string) =>
        ids.includes(Number(id)) ? element : '',
      ),
    ]),
  );
}

/** What the gate says of the parts together with the PARTS.json that fits them, outside of any handoff. */
export async function partsValidated(
  t: { teardown(work: () => void): void },
  parts: readonly Part[],
  ledgerPath: string | null,
): Promise<{ readonly findings: readonly Finding[]; readonly result: ValidationResult }> {
  const folder = temporaryFolder(t);
  const order = parts.map(({ documents, listed }, index): PackagePart => {
    const name = partName(index + 1);
    const zip = zipOf(documents);
    writeFileSync(join(folder, name), zip);
    const sha256 = createHash('sha256').update(zip).digest('hex');
    return { order: index + 1, name, bytes: zip.length, sha256, ...listed };
  });
  const findings: Finding[] = [];
  const result = await validateParts({
    zipPaths: order.map(({ name }) => join(folder, name)),
    parts: parseParts(partsJson(order)),
    ledgerPath,
    handoffPath: null,
    layout: DEFAULT_LAYOUT,
    report: (finding) => findings.push(finding),
  });
  return { findings, result };
}
