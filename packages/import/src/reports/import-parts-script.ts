import {
  ASK,
  EXPECT_REPORT_FOLDER,
  HASH_PACKAGE,
  indented,
  REFUSE,
  scriptHead,
} from './import-script-blocks.js';
import { quoted } from './powershell-text.js';
import type { RunbookFacts } from './runbook.js';

/**
 * Import-Package.ps1 of a package in several parts: checks the SHA-256 of every part, rehearses all of them, asks once,
 * then imports part after part and stops at the first that fails. `-FirstPart` takes an import up again. Otherwise like
 * the script of a package in one piece.
 */
export function importPartsScript({ isReady, packages }: Pick<RunbookFacts, 'isReady' | 'packages'>): string {
  const parts = packages.map(
    ({ name, sha256 }, index) =>
      `    @{ Name = ${quoted(name)}; Sha256 = ${quoted(sha256.toLowerCase())} }${index + 1 < packages.length ? ',' : ''}`,
  );
  const known = ['# In the order of the import.', '$parts = @(', ...parts, ')'];
  const lines = [...HEAD, ...known, ...CHECK, ...(isReady ? RUN : REFUSE)];
  return `${lines.join('\r\n')}\r\n`;
}

const HEAD = scriptHead({
  synopsis:
    'Imports the parts beside this script into Persistent Chat, one after the other: checks them, rehearses, asks, imports.',
  examples: [
    { reportFolder: 'C:\\ChatImport' },
    {
      reportFolder: 'C:\\ChatImport2',
      more: ['-FirstPart 3', 'Goes on with the third part after the import of it had failed.'],
    },
  ],
  parameters: [
    '    # The part to begin with; those before it have been imported.',
    '    [int] $FirstPart = 1',
  ],
});

const CHECK = [
  'if ($FirstPart -lt 1 -or $FirstPart -gt $parts.Count) { throw "There is no part $FirstPart; the parts are 1 to $($parts.Count)." }',
  'for ($i = $FirstPart; $i -le $parts.Count; $i++) {',
  '    $part = $parts[$i - 1]',
  '    $packagePath = Join-Path $PSScriptRoot $part.Name',
  ...indented(HASH_PACKAGE),
  '    if ($seenSha256 -cne $part.Sha256) {',
  '        throw "$packagePath is not the part that was validated: SHA-256 $seenSha256, expected $($part.Sha256). Ask for the handoff again."',
  '    }',
  '    Write-Host "Part $i of $($parts.Count) is the one that was validated ($seenSha256)."',
  '}',
  '',
];

const RUN = [
  EXPECT_REPORT_FOLDER,
  'for ($i = $FirstPart; $i -le $parts.Count; $i++) {',
  '    foreach ($report in @("rehearsal-$i.html", "import-$i.html")) {',
  '        $reportPath = Join-Path $ReportFolder $report',
  '        if (Test-Path -LiteralPath $reportPath) { throw "$reportPath exists already. Choose another folder, so that no report is overwritten." }',
  '    }',
  '}',
  'for ($i = $FirstPart; $i -le $parts.Count; $i++) {',
  '    $packagePath = Join-Path $PSScriptRoot $parts[$i - 1].Name',
  '    $rehearsalReport = Join-Path $ReportFolder "rehearsal-$i.html"',
  '    Import-CsPersistentChatData -DBInstance $DBInstance -FileName $packagePath -WhatIf -Report $rehearsalReport',
  '    Write-Host "Rehearsal of part $i of $($parts.Count) done ($rehearsalReport)."',
  '}',
  'Write-Host "All rehearsals done. Read every report in $ReportFolder now and fix every error and warning before you go on."',
  ...ASK,
  'for ($i = $FirstPart; $i -le $parts.Count; $i++) {',
  '    $packagePath = Join-Path $PSScriptRoot $parts[$i - 1].Name',
  '    $importReport = Join-Path $ReportFolder "import-$i.html"',
  '    try {',
  '        Import-CsPersistentChatData -DBInstance $DBInstance -FileName $packagePath -Report $importReport',
  '    } catch {',
  '        Write-Host "Part $i of $($parts.Count) was not imported. When the cause is removed, go on with -FirstPart $i and another report folder."',
  '        throw',
  '    }',
  '    Write-Host "Part $i of $($parts.Count) done. Read $importReport."',
  '}',
  'Write-Host "Import done. Read every report in $ReportFolder, then go on in RUNBOOK.md."',
];
