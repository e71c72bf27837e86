import { stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { CHECKS } from '../checks/index.js';
import { digestFile, isPlainFile } from '../handoff/bag-files.js';
import { TAG_MANIFEST } from '../handoff/bag-manifest.js';
import { payloadHashes } from '../handoff/payload-hashes.js';
import type { LocatedPackage } from '../locate-package.js';
import { type RecordedFindings, recordedFindings } from './handoff-documents.js';
import type { ComparedWith, ValidationResult } from './validate-package.js';

/**
 * `held`: it looked, and found nothing to say. `not asked for`: nothing of its kind is there, or nobody said what to
 * hold it against.
 */
export type CheckOutcome = 'held' | 'findings' | 'skipped' | 'not asked for';

/** A file by its path in the handoff, or by its name alone. */
export interface EvidenceFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** On which bytes a validation rests, and what was asked of them. */
export interface Evidence {
  /**
   * The package, or its parts in the order of the import; the ledger; the tag manifest, which stands for the whole
   * handoff.
   */
  readonly files: readonly EvidenceFile[];
  /** In the order of the checks. */
  readonly checks: readonly {
    readonly check: string;
    readonly outcome: CheckOutcome;
    readonly findings: number;
  }[];
  /** What else the package was held against. */
  readonly compared: readonly ComparedWith[];
  /** What whoever made the handoff has found; null without one, or when it does not tell. */
  readonly recorded: RecordedFindings | null;
  /** What was not at hand, although it would say more. */
  readonly missing: readonly ('ledger' | 'seal')[];
}

interface Asked {
  readonly ledgerPath: string | null;
  readonly result: ValidationResult;
}

/** Collects what a verdict rests on. */
export async function evidenceOf(located: LocatedPackage, asked: Asked): Promise<Evidence> {
  const { handoffPath } = located;
  const { ledgerPath, result } = asked;
  const isWhole = handoffPath !== null && !result.counts.has('seal-intact');
  return {
    files: await evidenceFiles(located, { ledgerPath, isWhole }),
    checks: CHECKS.map(({ id }) => {
      const findings = result.counts.get(id) ?? 0;
      return { check: id, outcome: outcomeOf(id, findings, located, asked), findings };
    }),
    compared: result.compared,
    recorded: handoffPath === null ? null : await recordedFindings(handoffPath),
    missing: [
      ...(ledgerPath === null ? ['ledger' as const] : []),
      ...(handoffPath === null ? ['seal' as const] : []),
    ],
  };
}

/**
 * The files on which all rests. The SHA-256 of a package in a whole handoff is that of its manifest, which has just
 * been verified (`isWhole`); any other is computed: it is read once more.
 */
export async function evidenceFiles(
  { handoffPath, zipPaths }: LocatedPackage,
  { ledgerPath, isWhole }: { readonly ledgerPath: string | null; readonly isWhole: boolean },
): Promise<EvidenceFile[]> {
  const sealed =
    isWhole && handoffPath !== null ? await payloadHashes(handoffPath) : new Map<string, string>();
  const paths = [
    ...zipPaths,
    ...(ledgerPath === null ? [] : [ledgerPath]),
    ...(handoffPath === null ? [] : [join(handoffPath, TAG_MANIFEST)]),
  ].filter((path) => handoffPath === null || isPlainFile(path));
  const files: EvidenceFile[] = [];
  for (const path of paths) {
    const name = handoffPath === null ? basename(path) : relative(handoffPath, path).replaceAll('\\', '/');
    const { bytes, sha256 } = await sealedOrDigested(path, sealed.get(name));
    files.push({ name, bytes, sha256 });
  }
  return files;
}

function outcomeOf(
  check: string,
  findings: number,
  located: LocatedPackage,
  { result }: Asked,
): CheckOutcome {
  if (findings > 0) return 'findings';
  if (result.skipped.some((skipped) => skipped.check === check)) return 'skipped';
  switch (check) {
    case 'source-agrees':
      return result.compared.some(({ what }) => what === 'export') ? 'held' : 'not asked for';
    case 'parts-agree':
      return located.parts === null ? 'not asked for' : 'held';
    case 'handoff-ready':
      return located.handoffPath === null ? 'not asked for' : 'held';
    case 'custody-unbroken':
      return (result.seal?.custody.entries.length ?? 0) === 0 ? 'not asked for' : 'held';
    case 'seal-signature':
      return result.seal?.signature.state === 'verified' ? 'held' : 'not asked for';
    default:
      return 'held';
  }
}

async function sealedOrDigested(
  path: string,
  sealed: string | undefined,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  if (sealed === undefined) return await digestFile(path);
  return { bytes: (await stat(path)).size, sha256: sealed };
}
