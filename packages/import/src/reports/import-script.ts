import { importPartsScript } from './import-parts-script.js';
import { ASK, EXPECT_REPORT_FOLDER, HASH_PACKAGE, REFUSE, scriptHead } from './import-script-blocks.js';
import { quoted } from './powershell-text.js';
import type { PackageToImport, RunbookFacts } from './runbook.js';

/**
 * Import-Package.ps1: the import step for the target side. It refuses a package whose SHA-256 is not the one
 * written into it and a package that is not ready, runs the rehearsal (`-WhatIf`) first, never overwrites a
 * report, and asks before the real run. Of a package in several parts see `importPartsScript`. For Windows PowerShell 3
 * and later (so no Get-FileHash, which came with version 4). ASCII, CRLF: Windows PowerShell reads a script without
 * byte order mark in the local code page.
 */
export function importPackageScript({
  isReady,
  packages,
}: Pick<RunbookFacts, 'isReady' | 'packages'>): string {
  const [only] = packages;
  if (only === undefined || packages.length > 1) return importPartsScript({ isReady, packages });
  const lines = [...HEAD, ...knownFacts(only), ...CHECK, ...(isReady ? RUN : REFUSE)];
  return `${lines.join('\r\n')}\r\n`;
}

const HEAD = scriptHead({
  synopsis:
    'Imports the package beside this script into Persistent Chat: checks it, rehearses, asks, imports.',
  examples: [{ reportFolder: 'C:\\ChatImport' }],
});

const CHECK = [
  ...HASH_PACKAGE,
  'if ($seenSha256 -cne $expectedSha256) {',
  '    throw "The package is not the one that was validated: SHA-256 $seenSha256, expected $expectedSha256. Ask for the handoff again."',
  '}',
  'Write-Host "The package is the one that was validated ($seenSha256)."',
  '',
];

const RUN = [
  EXPECT_REPORT_FOLDER,
  "$rehearsalReport = Join-Path $ReportFolder 'rehearsal.html'",
  "$importReport = Join-Path $ReportFolder 'import.html'",
  'foreach ($report in @($rehearsalReport, $importReport)) {',
  '    if (Test-Path -LiteralPath $report) { throw "$report exists already. Choose another folder, so that no report is overwritten." }',
  '}',
  'Import-CsPersistentChatData -DBInstance $DBInstance -FileName $packagePath -WhatIf -Report $rehearsalReport',
  'Write-Host "Rehearsal done. Read $rehearsalReport now and fix every error and warning before you go on."',
  ...ASK,
  'Import-CsPersistentChatData -DBInstance $DBInstance -FileName $packagePath -Report $importReport',
  'Write-Host "Import done. Read $importReport, then go on in RUNBOOK.md."',
];

function knownFacts({ name, sha256 }: PackageToImport): string[] {
  return [
    `$packagePath = Join-Path $PSScriptRoot ${quoted(name)}`,
    `$expectedSha256 = ${quoted(sha256.toLowerCase())}`,
  ];
}
