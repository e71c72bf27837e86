import { type Place, RunFailure } from '@chatferry/export';

/** The lines that make the three files, in the management shell of the target. */
const RECIPE =
  'Write the files in the management shell of the target: ' +
  '`Get-CsPersistentChatRoom | ConvertTo-Json -Depth 3 | Out-File rooms.json -Encoding UTF8`, ' +
  'the same with Get-CsPersistentChatCategory into categories.json, and ' +
  '`Get-CsUser | Select-Object SipAddress,Guid,DistinguishedName,UserPrincipalName,Enabled | Export-Csv users.csv -NoTypeInformation -Encoding UTF8`.';

const ENCODING_RECIPE =
  'Write the file with -Encoding UTF8 (Out-File, Export-Csv); in Excel, save it as CSV UTF-8.';

const EMPTY_RECIPE =
  'When the target holds none, leave the file out; else see what the cmdlet said when it was written, and write it again.';

/** A file that is no list of rooms, categories or users. `seen` ends the sentence *Unexpected …*. */
export function notAnInventory(place: Place, seen: string): RunFailure {
  return damagedInventory(place, seen, 'the rooms or categories of the target, or users, as JSON or CSV');
}

/** A list without anything in it: what it would list cannot be told, nor whether its cmdlet had failed. */
export function emptyInventory(place: Place): RunFailure {
  const message = told(place, 'empty list', 'rooms, categories or users');
  return new RunFailure('arguments', message, EMPTY_RECIPE, { place });
}

/** A file that is cut or was altered after PowerShell wrote it. */
export function damagedInventory(place: Place, seen: string, expected: string, cause?: unknown): RunFailure {
  return new RunFailure('arguments', told(place, seen, expected), RECIPE, { place, cause });
}

/** Bytes that are not of the encoding that the file begins in. */
export function undecodableInventory(place: Place, encoding: string, cause: unknown): RunFailure {
  const message = told(place, `bytes that are not ${encoding.toUpperCase()}`, 'a file in UTF-8 or UTF-16');
  return new RunFailure('input-encoding', message, ENCODING_RECIPE, { place, cause });
}

/** The line is known, the column is not. */
function told({ file, line }: Place, seen: string, expected: string): string {
  return `${file}:${line}: Unexpected ${seen}, expected ${expected}.`;
}
