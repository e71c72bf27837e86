import { canonicalJson } from './canonical-json.js';
import { countFindings } from './finding-sink.js';
import { COUNT_COLUMNS, type CountRow, sumOfText } from './ledger-rows.js';
import {
  type AccessCounts,
  decidedOptions,
  type PackageFile,
  type PartFile,
  type RunSummary,
  type SampleSummary,
} from './run-summary.js';
import { layoutSentence } from './verdict.js';

/**
 * `summary.json`, for programs: the verdict and the counts behind it. Its shape is `schemas/summary.schema.json`
 * (JSON Schema 2020-12). Fields are named one by one, so that what else a caller's objects hold cannot slip in.
 * Keys sorted; the same run gives the same bytes.
 */
export function summaryJson(run: RunSummary): string {
  const { verdict, layout, ledger } = run;
  return canonicalJson({
    version: 1,
    tool: { name: run.tool.name, version: run.tool.version },
    command: run.command,
    date: run.date,
    verdict: verdict.sentence,
    exitCode: verdict.exitCode,
    layout: {
      name: layout.name,
      assumedPaths: layout.assumedPaths,
      reference: layout.reference,
      sentence: layoutSentence(layout),
    },
    inputs: run.inputs.map(({ name, sha256, bytes }) => ({ name, sha256, bytes })),
    package: run.package === null ? null : packageOf(run.package),
    ...(run.parts === undefined ? {} : { parts: run.parts.map(partOf) }),
    counts: ledger === null ? null : countsOf(ledger),
    ...(run.access === undefined ? {} : { access: accessOf(run.access) }),
    imbalances: run.imbalances,
    messagesByMonth: run.months.map(({ month, read, written, excluded, refused }) => {
      return { month, read, written, excluded, refused };
    }),
    sample: run.sample === null ? null : sampleOf(run.sample),
    findings: {
      error: countFindings(run.findings, 'error'),
      warning: countFindings(run.findings, 'warning'),
      note: countFindings(run.findings, 'note'),
      byRule: run.findings.map(({ rule, severity, count }) => ({ rule, severity, count })),
    },
    decidedOptions: decidedOptions(run).map((option) => ({
      name: option.name,
      value: option.value,
      default: option.default,
    })),
  });
}

function accessOf({ added, leftBehind, lost, rows }: AccessCounts): object {
  return { added, leftBehind, lost, rows };
}

/** Never with the text of a message. */
function sampleOf({ messages, of, seed }: SampleSummary): object {
  return {
    seed,
    of,
    messages: messages.map(({ changedBy, changedFields, content, id, place, roomGuid, roomId }) => ({
      changedBy,
      changedFields,
      contentSha256: content.sha256,
      id,
      place: place === null ? null : { column: place.column, file: place.file, line: place.line },
      roomGuid,
      roomId,
    })),
  };
}

function packageOf({ name, bytes, sha256, entries }: PackageFile): object {
  return { name, bytes, sha256, entries: entries.map(entryOf) };
}

function partOf(part: PartFile): object {
  const { rooms, firstRoomId, lastRoomId, messages } = part;
  return { ...packageOf(part), rooms, firstRoomId, lastRoomId, messages };
}

function entryOf({ name, sha256, size }: PackageFile['entries'][number]): object {
  return { name, sha256, size };
}

function countsOf(ledger: NonNullable<RunSummary['ledger']>): object {
  const tables = Object.entries(ledger.tables).map(([name, counts]) => [name, onlyCounts(counts)]);
  const rooms = Object.values(ledger.rooms);
  return {
    tables: Object.fromEntries(tables),
    rooms: { read: rooms.length, withMessages: rooms.filter((room) => room.written > 0).length },
    messageTextBytes: sumOfText(ledger),
  };
}

function onlyCounts(counts: CountRow): object {
  return Object.fromEntries(COUNT_COLUMNS.map((column) => [column, counts[column]]));
}
