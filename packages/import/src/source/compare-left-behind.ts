import { type FaultReport, shown } from '../check.js';
import { domainOf, forestRoot } from '../distinguished-name.js';
import { counted } from '../reports/wording.js';
import { activeIds, type Directories, isActiveRow } from './compare-directory.js';
import type { Decisions, Doubt, Subject } from './decisions.js';
import type { ListedExceptions } from './listed-exceptions.js';
import { sayDifference } from './say-difference.js';
import type { SourcePrincipal } from './source-directory.js';
import type { SourceSums } from './source-sums.js';

/**
 * Messages that are listed as left behind for a reason for which nothing leaves a message behind: a rule that does not
 * exist, or a date in the range that was decided.
 */
export function sayStrangeReasons(
  { misdated }: SourceSums,
  { listed, decisions }: { readonly listed: ListedExceptions; readonly decisions: Decisions },
  fault: FaultReport,
): void {
  for (const [rule, { first, messages }] of listed.strangeReasons) {
    sayDifference(
      fault,
      `Unexpected reason ${shown(rule)} of ${counted(messages, 'message')} left behind, the first ${first}, expected a rule that leaves messages behind`,
    );
  }
  if (misdated.first === null) return;
  const message =
    `Unexpected ${counted(misdated.messages, 'message')} left behind by date, the first ${misdated.first}, ` +
    'expected only such as lie outside the dates that summary.json names as decided';
  if (decisions.options !== null) sayDifference(fault, message);
  else
    fault({
      kind: 'source-doubt',
      place: null,
      message,
      remedy: 'Put summary.json beside the ledger and validate again.',
    });
}

/**
 * What the ledger lists as left behind must have a ground that the export or the package bears out, whatever rule is
 * named: a room was disabled, a principal recorded twice, an affiliation is one to itself or to somebody unknown. Roles
 * and scopes are seen by `compareRights`. Memory: nothing beyond both directories.
 */
export function compareLeftBehind(directories: Directories, rooms: SourceSums['rooms'], doubt: Doubt): void {
  const sayAbsent = (subject: Subject, kind: string, records: Iterable<string>): void => {
    const message = absenceOf(kind, records);
    if (message !== null) doubt(subject, message);
  };
  sayAbsent('node', 'room', roomsMissed(directories));
  sayAbsent('node', 'category', categoriesMissed(directories));
  sayAbsent('nothing', 'add-in', addInsMissed(directories));
  sayAbsent('principal', 'principal', principalsMissed(directories));
  sayAbsent('principal', 'affiliation', affiliationsMissed(directories));
  sayAbsent('principal', 'active principal', principalsDisabled(directories));
  sayAbsent('nothing', 'message counter', countersMissed(directories));
  sayOtherCounters(directories, rooms, doubt);
}

/** One sentence, whatever the number of records; null when there are none. */
function absenceOf(kind: string, records: Iterable<string>): string | null {
  const [first, ...others] = records;
  if (first === undefined) return null;
  const more = others.length === 0 ? '' : `, the first of ${others.length + 1} so`;
  return `Unexpected absence of ${kind} ${first}, expected it, because nothing in the export is a reason to leave it behind${more}`;
}

/**
 * Whether the list has something else to say of a record that is not there than that it was refused, which no handoff
 * that is ready does. What is not listed is compared as it is.
 */
function mustHaveGround(listed: ListedExceptions, table: string, key: string): boolean {
  const state = listed.stateOf(table, key);
  return state !== null && state !== 'refused';
}

function* roomsMissed({ source, target, listed, isPart }: Directories): Generator<string> {
  if (isPart) return;
  for (const [id, { isRoom, isDisabled, name }] of source.nodes) {
    if (!isRoom || isDisabled || target.roomById.has(id)) continue;
    if (mustHaveGround(listed, 'tblNode', `node ${id}`)) yield `${id} ${shown(name)}`;
  }
}

function* categoriesMissed({ source, target, listed }: Directories): Generator<string> {
  for (const [id, { isRoom, name, parentId }] of source.nodes) {
    // The root is implied.
    if (isRoom || id === parentId || target.categoryById.has(id)) continue;
    if (mustHaveGround(listed, 'tblNode', `node ${id}`)) yield `${id} ${shown(name)}`;
  }
}

function* addInsMissed({ source, target, listed }: Directories): Generator<string> {
  for (const [id, { name }] of source.addIns) {
    if (target.addInById.has(id) || !mustHaveGround(listed, 'tblSiopWhiteList', `add-in ${id}`)) continue;
    yield `${id} ${shown(name)}`;
  }
}

/** Another record of the same object of the directory may stand for a principal. */
function* principalsMissed({ source, target, listed }: Directories): Generator<string> {
  const same = source.sameAs(listed.remappedPrincipals);
  for (const [id, row] of source.principals) {
    if (target.principalById.has(same.get(id) ?? id)) continue;
    if (mustHaveGround(listed, 'tblPrincipal', `principal ${id}`)) yield `${id} ${called(row)}`;
  }
}

/** Any other is compared as it is. A principal of a foreign forest is nobody in the target. */
function* principalsDisabled(directories: Directories): Generator<string> {
  const { source, target, listed } = directories;
  const active = activeIds(directories);
  const root = forestRoot([...source.principals.values()].filter(isActiveRow).map(placeOf));
  for (const { id, disabled } of target.principals) {
    const row = source.principals.get(id);
    if (disabled === 0 || row === undefined || !active.has(id)) continue;
    if (listed.stateOf('tblPrincipal', `principal ${id}`) === null || isForeign(row, root)) continue;
    yield `${id} ${called(row)}`;
  }
}

/** Of an active principal. */
function placeOf({ texts }: SourcePrincipal): { readonly disabled: 0; readonly adPath: string } {
  return { disabled: 0, adPath: texts.adPath };
}

function isForeign({ texts }: SourcePrincipal, root: string): boolean {
  const domain = domainOf(texts.adPath);
  return domain !== null && domain !== root && !domain.endsWith(`.${root}`);
}

function called({ texts }: SourcePrincipal): string {
  return shown(texts.displayName || texts.name || texts.uri);
}

function* affiliationsMissed({ source, target, listed }: Directories): Generator<string> {
  const same = source.sameAs(listed.remappedPrincipals);
  const idOf = (id: number): number => same.get(id) ?? id;
  const kept = new Map(
    target.affiliations.map(({ principalId, groupIds }) => [principalId, new Set(groupIds)]),
  );
  const isThere = (id: number): boolean => target.principalById.has(id);
  for (const [id, groups] of source.affiliations) {
    const ids = kept.get(idOf(id));
    for (const group of groups) {
      if (idOf(id) === idOf(group) || !isThere(idOf(id)) || !isThere(idOf(group))) continue;
      if (ids?.has(idOf(group)) === true) continue;
      const key = `affiliation of principal ${id} to ${group}`;
      if (mustHaveGround(listed, 'tblPrincipalAffiliations', key)) yield `of principal ${id} to ${group}`;
    }
  }
}

function* countersMissed({ source, target, listed }: Directories): Generator<string> {
  const kept = new Set(target.lastChatIds.map(({ roomId }) => roomId));
  for (const roomId of source.lastChatIds.keys()) {
    if (kept.has(roomId) || !target.roomById.has(roomId)) continue;
    if (mustHaveGround(listed, 'tblLastChatId', `last chat id of node ${roomId}`)) yield `of room ${roomId}`;
  }
}

/**
 * A counter may be raised to the highest message, because new ones would take numbers that were given away, and where
 * there was none there may be one of it; no further.
 */
function sayOtherCounters(
  { source, target, listed }: Directories,
  rooms: SourceSums['rooms'],
  doubt: Doubt,
): void {
  for (const { roomId, id } of target.lastChatIds) {
    const expected = source.lastChatIds.get(roomId);
    const highest = rooms.get(roomId)?.highestId ?? null;
    if (expected === undefined) {
      // That it is high enough is a check of its own.
      if (highest !== null && id <= highest) continue;
      doubt(
        'nothing',
        `Unexpected message counter ${id} of room ${roomId}, expected that of its highest message (${highest ?? 'none'}), because the export has no counter`,
      );
      continue;
    }
    // Any other is compared as it is.
    if (!listed.lists('tblLastChatId', `last chat id of node ${roomId}`)) continue;
    if (id >= expected && (id === expected || id <= (highest ?? expected))) continue;
    doubt(
      'nothing',
      `Unexpected message counter ${id} of room ${roomId}, expected ${expected} of the export, or that of the highest message`,
    );
  }
}
