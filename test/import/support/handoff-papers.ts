import { createHash } from 'node:crypto';
import { importPackageScript } from '@chatferry/import';

/**
 * The documents that stand beside the package in `data/` of every handoff, as short as they may be: each names the
 * package, or its parts, by SHA-256, and the summary has the counts of the ledger.
 */
export function handoffPapers(
  packages: readonly (Buffer | string)[],
  ledgerJson: string,
): Record<'Import-Package.ps1' | 'RUNBOOK.md' | 'report.html' | 'summary.json', string> {
  const hashes = packages.map((bytes) => createHash('sha256').update(bytes).digest('hex'));
  const { tables } = JSON.parse(ledgerJson) as { tables: unknown };
  const named = hashes.map((sha256, index) => ({
    name: hashes.length === 1 ? 'PersistentChatData.zip' : `PersistentChatData-part-000${index + 1}.zip`,
    sha256,
  }));
  const about = hashes.length === 1 ? { package: named[0] } : { parts: named };
  return {
    'Import-Package.ps1': importPackageScript({ isReady: true, packages: named }),
    'RUNBOOK.md': '# Runbook\n',
    'report.html': `<!doctype html><title>Report</title>${hashes.map((hash) => `<p>${hash}</p>`).join('')}\n`,
    'summary.json': `${JSON.stringify({ counts: { tables }, exitCode: 0, ...about })}\n`,
  };
}
