import { counted, grouped } from '@chatferry/import';
import type { CategorySeen, ExportInventory, MessagesSeen, OddCharactersSeen } from './inventory.js';

/** What the verdict rests on, for the line below it. */
export function basisInWords({ directoryRules, messages }: ExportInventory): string {
  const seen = `Seen in one pass, ${counted(messages.messages, 'message')} included, with the default options.`;
  if (directoryRules === 'run') return seen;
  const why = directoryRules === 'stopped' ? 'the tree cannot be read' : 'a table is missing';
  return `${seen} The directory rules could not judge the directory, because ${why}; there may be more conditions.`;
}

const PRIVACY: ReadonlyMap<number, string> = new Map([
  [2, 'Secret'],
  [3, 'Closed'],
  [6, 'Open'],
]);

/** The settings of a category: after inheritance where the rules ran, else those that are stored. */
export function settingsInWords({ effective, stored }: CategorySeen): string {
  const { visibility, invite, logged, filePost, restrictChildCreate } = effective ?? stored;
  const words = [
    visibility === null ? '' : (PRIVACY.get(visibility) ?? `visibility ${visibility}`),
    onOrOff('invitations', invite),
    onOrOff('history', logged),
    onOrOff('upload', filePost),
    restrictChildCreate === null ? '' : `rooms made by ${restrictChildCreate ? 'members' : 'managers'}`,
  ].filter((word) => word !== '');
  return words.length === 0 ? 'all settings inherited' : words.join(', ');
}

function onOrOff(what: string, value: boolean | null): string {
  return value === null ? '' : `${what} ${value ? 'on' : 'off'}`;
}

/** What there is to say of all messages together, as pairs of title and value. */
export function messageFacts(messages: MessagesSeen): readonly (readonly [title: string, value: string])[] {
  const { first, last, fileLinks, roomLinks, duplicates, unsortedAt } = messages;
  const place = unsortedAt === null ? '' : ` from ${unsortedAt.file}:${unsortedAt.line} on`;
  return [
    ['Messages', grouped(messages.messages)],
    ['Damaged rows', grouped(messages.damaged)],
    ['Text bytes', grouped(messages.textBytes)],
    ['First', first ?? 'none'],
    ['Last', last ?? 'none'],
    ['Order', messages.isSorted ? 'by room and id' : `not by room and id${place}: transform sorts on disk`],
    ['Duplicate keys', duplicates === null ? 'not told without order' : grouped(duplicates)],
    ['Alerts', grouped(messages.alerts)],
    ['Stories', grouped(messages.stories)],
    ['File links', `${grouped(fileLinks.links)} in ${counted(fileLinks.messages, 'message')}`],
    ['Room links', `in ${counted(roomLinks.messages, 'message')}`],
    ['RTF', `in ${counted(messages.rtf, 'message')}`],
    ['Odd characters', oddInWords(messages.oddCharacters)],
  ];
}

function oddInWords({ forbidden, loneSurrogates, messagesWithRawReturns }: OddCharactersSeen): string {
  const words = [
    ...forbidden.map(({ codePoint, count }) => `${codePoint} ${grouped(count)}`),
    ...(loneSurrogates > 0 ? [`lone surrogates ${grouped(loneSurrogates)}`] : []),
    ...(messagesWithRawReturns > 0
      ? [`raw CR, read as LF, in ${counted(messagesWithRawReturns, 'message')}`]
      : []),
  ];
  return words.length === 0 ? 'none' : words.join(', ');
}

/** A year, or what stands for dates without one. */
export function yearInWords(year: number | null): string {
  return year === null ? 'no date' : String(year);
}

/** The day of a date in ISO 8601. */
export function dayOf(date: string | null): string {
  return date === null ? '' : date.slice(0, 10);
}

/** A count that may not be known. */
export function countOrUnknown(count: number | null): string {
  return count === null ? '?' : grouped(count);
}
