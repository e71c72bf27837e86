import { CUSTODY, SIGNATURE } from '../handoff/bag-manifest.js';
import { verifyCommand } from '../seal/verify-commands.js';
import { counted, visible } from './wording.js';

/** A ZIP to import: file name and SHA-256 (hex). */
export interface PackageToImport {
  readonly name: string;
  readonly sha256: string;
}

/** What the target side must know to import a package. */
export interface RunbookFacts {
  /** Verdict 0; otherwise the texts forbid the import. */
  readonly isReady: boolean;
  /** First line of every report. */
  readonly verdict: string;
  /** The ZIP, or its parts in the order of the import; file names beside the runbook. */
  readonly packages: readonly PackageToImport[];
  readonly categories: number;
  readonly rooms: number;
  readonly addIns: number;
  readonly messages: number;
  /** How many `ma-filelink:` are listed in files-to-copy.csv. */
  readonly fileLinks: number;
}

/**
 * RUNBOOK.md: the import on the target side, step by step, for people without this program. Order and cmdlets
 * follow the migration guide (TechNet JJ205264, "Migrate Group Chat Server to Persistent Chat Server") and the
 * help of Import-CsPersistentChatData; the check of the seal is RFC 8493. ASCII but for names; LF.
 */
export function runbookMarkdown(facts: RunbookFacts): string {
  const steps = [
    sealStep(facts),
    gateStep(),
    ...beforeImport(),
    importStep(facts),
    filesStep(facts),
    ...afterImport(facts),
  ];
  const numbered = steps.map((step, index) => step.replace('## ', `## ${index + 1}. `));
  return `${[heading(facts), ...numbered].join('\n\n')}\n`;
}

function heading(facts: RunbookFacts): string {
  const warning = facts.isReady
    ? []
    : ['', '**Do not import this package. It is kept for inspection only.**'];
  return [
    '# Import into Persistent Chat Server',
    '',
    visible(facts.verdict),
    ...warning,
    '',
    'Do the steps in this order, on the target side, with an account that has the role',
    'CsPersistentChatAdministrator and is a member of RTCUniversalServerAdmins (the public record names either).',
    'Replace what stands in `<angle brackets>`.',
  ].join('\n');
}

function sealStep(facts: RunbookFacts): string {
  return [
    '## Verify the seal',
    '',
    'In the folder that holds `bagit.txt`, on Linux:',
    '',
    '    sha256sum -c tagmanifest-sha256.txt && sha256sum -c manifest-sha256.txt',
    '',
    'On Windows, where nothing but `Verified` may be printed:',
    '',
    ...VERIFY_IN_POWERSHELL.map((line) => `    ${line}`),
    '',
    'Neither sees files that were added: `find data -type f | wc -l` (in PowerShell',
    '`@(Get-ChildItem data -Recurse -File -Force).Count`) must be the number of lines of `manifest-sha256.txt`. The next step',
    'looks for added files everywhere.',
    '',
    'The package, as the report names it:',
    '',
    ...facts.packages.map(({ name, sha256 }) => `    ${sha256}  data/${name}`),
    '',
    `When \`${SIGNATURE}\` is there, the handoff is signed. Verify it with the signer's public key, which must have`,
    'come by another way than the handoff (OpenSSL 3):',
    '',
    `    ${verifyCommand('<signer.pub.pem>')}`,
    '',
    `When \`${CUSTODY}\` is there, it tells whose hands the handoff went through; the next step verifies it as far as it goes.`,
    'That no entry was taken off its end is proven only by the SHA-256 that whoever wrote the last one was told (`--custody-head`),',
    'when it has come by another way than the handoff.',
    '',
    'When anything differs, stop and ask for the handoff again.',
  ].join('\n');
}

/** What `sha256sum -c` does: tag files first, for one of them is the manifest of the payload. */
const VERIFY_IN_POWERSHELL = [
  'Get-Content -Encoding UTF8 tagmanifest-sha256.txt, manifest-sha256.txt | ForEach-Object {',
  "  $sha256, $path = $_ -split ' +', 2",
  '  if ((Get-FileHash -Algorithm SHA256 -LiteralPath $path).Hash -ne $sha256) { "DIFFERS $path" }',
  "}; 'Verified'",
];

function gateStep(): string {
  return [
    '## Let the package through the gate',
    '',
    'With Node.js 20.19 or later and the folder `artefact` of `chatferry-validate`, which has no transform code and opens no network.',
    'Leave out `--public-key` when nobody was to sign the handoff, and `--custody-head` when nobody was to tell whose hands it went through:',
    '',
    '    node <artefact>/dist/chatferry-validate.js <handoff> --rehearse --public-key <signer.pub.pem> --custody-head <sha256> --findings <folder>\\validate-findings.csv',
    '',
    'Exit code 0 and `Ready to import` in the first line mean that no error was found, not that there is nothing to judge: read every',
    'warning too. Those of the gate are in `validate-findings.csv`; those of the transform, which are others and mostly more, are in',
    '`data/findings.csv` and `data/report.html`. A warning about rights, names or settings is yours to judge, and may say not to import.',
    'Only then go on. It prints the SHA-256 of package, ledger and tag manifest on which that rests: write them down. With the export',
    'at hand, `--source <export>` compares every message once more.',
    'Without Node.js, say in the sign-off of `report.html` that this step was left out.',
  ].join('\n');
}

function beforeImport(): string[] {
  return [
    [
      '## Check the target',
      '',
      'The pool must be in the same Active Directory forest as the legacy pool. The import merges: an add-in, category',
      'or room of the same name is overwritten. List what is there, and compare the names with `report.html`:',
      '',
      '    Get-CsPersistentChatCategory -PersistentChatPoolFqdn <pool fqdn>',
      '    Get-CsPersistentChatRoom -PersistentChatPoolFqdn <pool fqdn>',
      '',
      'Have the owner of access rights read `data/access.csv` before the import, and agree in writing. It lists who may enter, manage and',
      'present in each room and create rooms in each category, before and after; secret rooms stand first. `no` before and `yes` after is',
      'somebody who comes in anew. What a group holds, its members hold; they are not listed.',
    ].join('\n'),
    [
      '## Stop the services',
      '',
      'Stop all Group Chat services of the legacy pool. Then, on every Persistent Chat server of the target pool:',
      '',
      '    Stop-CsWindowsService',
    ].join('\n'),
    [
      '## Back up the target',
      '',
      'Back up the database `mgc` of the target with SQL Server. When the pool already holds rooms, export them as well:',
      '',
      '    Export-CsPersistentChatData -DBInstance <sql fqdn>\\<instance> -FileName <folder>\\before-import.zip -Report <folder>\\before-import.html',
      '',
      'A restore brings back the last full backup, not the moment before a failure.',
    ].join('\n'),
  ];
}

function importStep(facts: RunbookFacts): string {
  const [only] = facts.packages;
  if (only === undefined || facts.packages.length > 1) return importPartsStep(facts);
  return [
    '## Import',
    '',
    '`Import-Package.ps1` does this step: it checks the SHA-256, runs the rehearsal, waits until you have read its',
    'report, and asks before the real run. By hand:',
    '',
    `    Import-CsPersistentChatData -DBInstance <sql fqdn>\\<instance> -FileName <folder>\\data\\${only.name} -WhatIf -Report <folder>\\rehearsal.html`,
    '',
    'Read `rehearsal.html`. Fix every error and warning before you go on. Then:',
    '',
    `    Import-CsPersistentChatData -DBInstance <sql fqdn>\\<instance> -FileName <folder>\\data\\${only.name} -Report <folder>\\import.html`,
    '',
    'Give each run a report of its own: an existing file is overwritten.',
  ].join('\n');
}

/**
 * Several parts: all are rehearsed before the first is imported, and an import can be taken up again at any of them.
 */
function importPartsStep({ packages }: RunbookFacts): string {
  const command = (name: string, rest: string): string =>
    `    Import-CsPersistentChatData -DBInstance <sql fqdn>\\<instance> -FileName <folder>\\data\\${name} ${rest}`;
  return [
    '## Import',
    '',
    `The package is in ${packages.length} parts. Import all of them, in the order of \`PARTS.json\`, which is that of their names. Each part`,
    'holds rooms of its own with their messages, and all users, groups, add-ins and categories, which later parts meet again.',
    '',
    '`Import-Package.ps1` does this step: it checks the SHA-256 of every part, runs the rehearsal of every part, waits until you',
    'have read the reports, asks once, and imports part after part. When a part fails it stops. Once the cause is removed, go on',
    'with that part (here the second) and with a new folder for reports; parts that were imported are not touched again:',
    '',
    '    .\\Import-Package.ps1 -DBInstance <sql fqdn>\\<instance> -ReportFolder <new folder> -FirstPart 2',
    '',
    'By hand, first all rehearsals:',
    '',
    ...packages.map(({ name }, index) =>
      command(name, `-WhatIf -Report <folder>\\rehearsal-${index + 1}.html`),
    ),
    '',
    'Read every report. Fix every error and warning before you go on. Then, one after the other, reading each report:',
    '',
    ...packages.map(({ name }, index) => command(name, `-Report <folder>\\import-${index + 1}.html`)),
    '',
    'Give each run a report of its own: an existing file is overwritten.',
  ].join('\n');
}

function filesStep(facts: RunbookFacts): string {
  return [
    '## Copy the files',
    '',
    `The import does not carry files. This package's messages hold ${counted(facts.fileLinks, 'file link')} (\`files-to-copy.csv\`).`,
    'Copy the whole upload folder; keep names and subfolders as they are:',
    '',
    '    xcopy <legacy upload folder> <Persistent Chat file store> /E /I /H /K',
  ].join('\n');
}

function afterImport(facts: RunbookFacts): string[] {
  return [
    [
      '## Start the services',
      '',
      'On every Persistent Chat server of the target pool:',
      '',
      '    Start-CsWindowsService',
    ].join('\n'),
    [
      '## Verify',
      '',
      `The package holds ${contents(facts)}.`,
      'What was there before comes on top.',
      '',
      '    @(Get-CsPersistentChatCategory -PersistentChatPoolFqdn <pool fqdn>).Count',
      '    @(Get-CsPersistentChatRoom -PersistentChatPoolFqdn <pool fqdn>).Count',
      '    @(Get-CsPersistentChatAddin -PersistentChatPoolFqdn <pool fqdn>).Count',
      '',
      'Export the pool once more, bring the ZIP to where this program is, and let it compare room by room, message by message:',
      '',
      '    Export-CsPersistentChatData -DBInstance <sql fqdn>\\<instance> -FileName <folder>\\after-import.zip -Report <folder>\\after-import.html',
      '    chatferry diff <package> after-import.zip',
      '',
      '`<package>` is the ZIP of the handoff that was imported (of a package in parts, one after the other). Whatever only the pool has was there',
      'before, or is in another part; nothing of the package may be missing or differ.',
    ].join('\n'),
    [
      '## Let people in',
      '',
      'Optional, for legacy clients: delete the lookup user `ocschat@<domain>`, then create an endpoint with the same SIP',
      'URI by `New-CsPersistentChatEndpoint`. Enable users by policy. Uninstall Group Chat only after the verification.',
    ].join('\n'),
  ];
}

function contents(facts: RunbookFacts): string {
  const parts = [
    counted(facts.categories, 'category', 'categories'),
    counted(facts.rooms, 'room'),
    counted(facts.addIns, 'add-in'),
  ];
  return `${parts.join(', ')} and ${counted(facts.messages, 'message')}`;
}
