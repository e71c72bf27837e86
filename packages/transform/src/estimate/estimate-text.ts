import { RunFailure } from '@chatferry/export';
import { counted, grouped, wrapped } from '@chatferry/import';
import { type Estimate, fitsDisk, neededBytes, type Range } from './estimate.js';

/** For a person; several lines, the verdict on the disk first. */
export function estimateText(estimate: Estimate, width: number): string {
  const { disk, messages, seconds, memoryBytes } = estimate;
  const rows = [
    ...(messages === null ? [] : [['messages', `about ${grouped(roundTo(messages))}`]]),
    ...(seconds === null
      ? []
      : [['time', `${span(seconds, duration)} on this machine, as busy as it is now`]]),
    ['disk', `${span(neededBytes(disk), bytes)} in ${disk.folder}, where ${bytes(disk.freeBytes)} are free`],
    ...(disk.sortBytes === 0
      ? []
      : [['', `of that ${bytes(disk.sortBytes)} to sort the messages by room and id`]]),
    ...(memoryBytes === null ? [] : [['memory', span(memoryBytes, bytes)]]),
  ];
  const lines = [
    diskSentence(estimate),
    ...(estimate.caveat === null ? [] : [estimate.caveat]),
    basisSentence(estimate),
  ];
  return [
    lines.flatMap((line) => wrapped(line, width)).join('\n'),
    '',
    ...rows.map(([name = '', figure = '']) => name.padEnd(NAME_WIDTH) + figure),
  ].join('\n');
}

/** In one sentence, for a run that begins. */
export function estimateSentence({ messages, seconds, memoryBytes, disk, caveat }: Estimate): string {
  const parts = [
    ...(messages === null ? [] : [`about ${counted(roundTo(messages), 'message')}`]),
    ...(seconds === null ? [] : [span(seconds, duration)]),
    `${span(neededBytes(disk), bytes)} of disk in ${disk.folder} (${bytes(disk.freeBytes)} free)`,
    ...(memoryBytes === null ? [] : [`memory ${span(memoryBytes, bytes)}`]),
  ];
  return `Estimate: ${parts.join(', ')}.${caveat === null ? '' : ` ${caveat}`}`;
}

/** Ends a run that the disk cannot hold before it begins. */
export function diskFailure({ disk }: Estimate): RunFailure {
  const needed = neededBytes(disk);
  const sorting = disk.sortBytes === 0 ? '' : `, ${bytes(disk.sortBytes)} of them to sort the messages`;
  return new RunFailure(
    'output-unwritable',
    `The run needs ${span(needed, bytes)} in ${disk.folder}${sorting}, and ${bytes(disk.freeBytes)} are free there.`,
    `Free some space, or give -o a folder on another disk${disk.sortBytes === 0 ? '' : ', or export with ORDER BY channelID, chatID'}; --ignore-disk runs all the same.`,
  );
}

function diskSentence(estimate: Estimate): string {
  const { disk } = estimate;
  const fits = fitsDisk(disk);
  if (fits === 'no') return `The disk cannot hold it: ${diskFailure(estimate).message}`;
  return fits === 'yes'
    ? 'The disk can hold it.'
    : 'The disk can just hold it, unless the upper bound comes true.';
}

function basisSentence({ sampledBytes, exportBytes, isWhole }: Estimate): string {
  return isWhole
    ? 'The whole export was tried.'
    : `Tried with the first ${bytes(sampledBytes)} of messages, of ${bytes(exportBytes)} in all.`;
}

function span({ low, expected, high }: Range, say: (value: number) => string): string {
  return `about ${say(expected)} (${say(low)} to ${say(high)})`;
}

const NAME_WIDTH = 10;
const MEGABYTE = 1e6;
const GIGABYTE = 1e9;

function bytes(value: number): string {
  if (value < MEGABYTE) return `${Math.max(1, Math.ceil(value / 1000))} kB`;
  if (value < 10 * MEGABYTE) return `${(value / MEGABYTE).toFixed(1)} MB`;
  if (value < 10 * GIGABYTE) return `${grouped(Math.round(value / MEGABYTE))} MB`;
  return `${grouped(Math.round(value / GIGABYTE))} GB`;
}

const MINUTE = 60;
const HOUR = 3600;

function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 3 * MINUTE) return `${Math.round(seconds)} s`;
  if (seconds < 2 * HOUR) return `${Math.round(seconds / MINUTE)} min`;
  return `${(seconds / HOUR).toFixed(1)} h`;
}

/** Three digits are more than a sample knows. */
function roundTo(count: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 2);
  return Math.round(count / unit) * unit;
}
