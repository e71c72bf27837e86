/** What every Import-Package.ps1 has, in one piece or in parts: lines of PowerShell 3, ASCII. */

interface Example {
  readonly reportFolder: string;
  /** Arguments after the usual ones, and what that call does. */
  readonly more?: readonly [text: string, meaning: string];
}

interface Head {
  readonly synopsis: string;
  readonly examples: readonly Example[];
  /** Lines of parameters after the usual ones. */
  readonly parameters?: readonly string[];
}

/** From the help to the settings under which any error ends the script. */
export function scriptHead({ examples, parameters = [], synopsis }: Head): string[] {
  const comma = parameters.length === 0 ? '' : ',';
  return [
    '<#',
    '.SYNOPSIS',
    synopsis,
    ...examples.flatMap(exampleLines),
    '#>',
    '#Requires -Version 3.0',
    '[CmdletBinding()]',
    'param(',
    '    # SQL Server instance of the target pool: <sql fqdn>\\<instance>.',
    '    [Parameter(Mandatory = $true)] [string] $DBInstance,',
    '    # An existing folder outside the handoff (which is sealed) for the reports of rehearsal and import.',
    `    [Parameter(Mandatory = $true)] [string] $ReportFolder${comma}`,
    ...parameters,
    ')',
    'Set-StrictMode -Version 2.0',
    "$ErrorActionPreference = 'Stop'",
    '',
  ];
}

function exampleLines({ more, reportFolder }: Example): string[] {
  const call = `.\\Import-Package.ps1 -DBInstance sql1.contoso.example\\rtc -ReportFolder ${reportFolder}`;
  if (more === undefined) return ['.EXAMPLE', call];
  const [text, meaning] = more;
  return ['.EXAMPLE', `${call} ${text}`, meaning];
}

/** Ends the script when `$packagePath` is no file; otherwise puts its SHA-256 in lower-case hex into `$seenSha256`. */
export const HASH_PACKAGE: readonly string[] = [
  'if (-not (Test-Path -LiteralPath $packagePath -PathType Leaf)) { throw "$packagePath is missing." }',
  '$stream = [System.IO.File]::OpenRead($packagePath)',
  'try {',
  '    $hash = [System.Security.Cryptography.SHA256]::Create().ComputeHash($stream)',
  '} finally {',
  '    $stream.Dispose()',
  '}',
  "$seenSha256 = [System.BitConverter]::ToString($hash).Replace('-', '').ToLowerInvariant()",
];

export const REFUSE: readonly string[] = [
  "throw 'This package is NOT READY. Read report.html; do not import it.'",
];

export const EXPECT_REPORT_FOLDER =
  'if (-not (Test-Path -LiteralPath $ReportFolder -PathType Container)) { throw "$ReportFolder is not a folder." }';

/** Ends the script unless somebody types IMPORT. */
export const ASK: readonly string[] = [
  "$answer = Read-Host 'Type IMPORT to import for real, anything else to stop'",
  "if ($answer -cne 'IMPORT') {",
  "    Write-Host 'Nothing was imported.'",
  '    exit 1',
  '}',
];

/** The lines within a block. */
export function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `    ${line}`);
}
