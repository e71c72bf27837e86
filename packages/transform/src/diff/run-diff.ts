import { rmSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finding, type OpenedExport, openExport, RunFailure } from '@chatferry/export';
import { type Layout, locatePackage } from '@chatferry/import';
import type { Stage } from '../run-transform.js';
import { compareMessages } from './compare-messages.js';
import { compareRecords } from './compare-records.js';
import { comparedKind } from './compared-kind.js';
import { NameLists } from './diff-record.js';
import type { DiffSummary } from './diff-summary.js';
import { Differences } from './differences.js';
import { DifferencesFile } from './differences-file.js';
import { ExportSide } from './export-side.js';
import { IgnoredFields } from './ignored-fields.js';
import { MessageCursor, type SideName, SideUnsorted } from './message-cursor.js';
import { EXPORT_MESSAGES, MessageFields, PACKAGE_MESSAGES } from './message-fields.js';
import { openPackageSide } from './package-side.js';
import { KIND_ORDER, type Side, type SideReading } from './side.js';

export interface DiffRequest {
  /** Two exports, two package ZIPs or two handoff folders; one export may be `-`. */
  readonly before: string;
  readonly after: string;
  readonly layout: Layout;
  /** Receives every difference as a line of JSON; null writes none. An existing file is refused. */
  readonly outputPath: string | null;
  readonly showText: boolean;
  readonly ignoresLineEnds: boolean;
  /** `table.column`, or a table. */
  readonly ignored: readonly string[];
  /** What concerns this run and not its outcome. */
  readonly notice: (sentence: string) => void;
  readonly progress: (stage: Stage, bytes: number) => void;
  /** Told how to give up at once: removes everything that the run has put on disk. */
  readonly onBegin?: (abort: () => void) => void;
}

/** What all parts of one run need. */
interface Run {
  readonly request: DiffRequest;
  readonly folder: string;
  readonly ignored: IgnoredFields;
  readonly differences: Differences;
  readonly fields: MessageFields;
}

const SIDES: readonly SideName[] = ['before', 'after'];

/**
 * Compares two of one kind, record by record and field by field.
 *
 * Memory: both directories, one message a side, a block for each run of the sorter. Disk, below the system's folder for
 * temporary files: what a side's `close` removes. Exports are read once, and again when their messages are not in
 * the order of room and id.
 *
 * Throws `RunFailure` when it cannot finish; then no file lies under the output's name.
 */
export async function runDiff(request: DiffRequest): Promise<DiffSummary> {
  const ignored = new IgnoredFields(request.ignored);
  const kind = await comparedKind(request.before, request.after, request.layout);
  const output = request.outputPath === null ? null : new DifferencesFile(request.outputPath);
  let folder: string | null = null;
  const abort = (): void => {
    output?.abort();
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  };
  request.onBegin?.(abort);
  try {
    folder = await temporaryFolder();
    const { ignoresLineEnds, showText } = request;
    const words = kind === 'export' ? EXPORT_MESSAGES : PACKAGE_MESSAGES;
    const differences = new Differences({ file: output?.lines ?? null, ignored, ignoresLineEnds });
    const fields = new MessageFields({ words, showText, ignoresLineEnds });
    const run: Run = { request, folder, ignored, differences, fields };
    await (kind === 'export' ? compareExports(run) : comparePackages(run));
    output?.commit();
    for (const entry of ignored.unused()) request.notice(`--ignore ${entry} has hidden no difference.`);
    const columns = ignored.entries;
    return { compared: kind, kinds: inOrder(differences), ignored: { lineEnds: ignoresLineEnds, columns } };
  } finally {
    abort();
  }
}

/** Reads on the assumption that messages are sorted, and starts over for sides that turn out not to be. */
async function compareExports(run: Run): Promise<void> {
  const opened: OpenedExport[] = [];
  try {
    for (const side of SIDES) opened.push(await openSide(run, side));
    const sorting = new Set<SideName>();
    for (;;) {
      const unsorted = await compareOpened(run, opened, sorting);
      if (unsorted.length === 0) return;
      for (const side of unsorted) sorting.add(side);
      run.differences.restart();
    }
  } finally {
    for (const one of opened.reverse()) await one.close();
  }
}

async function openSide({ request, folder }: Run, side: SideName): Promise<OpenedExport> {
  const report = ({ severity, message }: Finding): void => {
    if (severity !== 'note') request.notice(`${request[side]}: ${message}`);
  };
  return await openExport(request[side], { report, spoolFolder: folder });
}

/** The sides that must be sorted, and are not in `sorting`; none when the comparison has come to its end. */
async function compareOpened(
  run: Run,
  opened: readonly OpenedExport[],
  sorting: ReadonlySet<SideName>,
): Promise<readonly SideName[]> {
  const { ignoresLineEnds } = run.request;
  const nameLists = new NameLists();
  const readings = await readingsOf(run, sorting.size > 0 ? 'sorted messages' : 'inspection');
  const [before, after] = SIDES.map((name, at) => {
    const options = { ...readings[name], isSorting: sorting.has(name), ignoresLineEnds, nameLists };
    return new ExportSide(opened[at] as OpenedExport, options);
  });
  return await compareSides(run, before as Side, after as Side);
}

async function comparePackages(run: Run): Promise<void> {
  const { request } = run;
  const nameLists = new NameLists();
  const readings = await readingsOf(run, 'read-back');
  const sides: Side[] = [];
  try {
    for (const name of SIDES) {
      const located = await locatePackage(request[name]);
      sides.push(await openPackageSide(located, { ...readings[name], layout: request.layout, nameLists }));
    }
    await compareSides(run, sides[0] as Side, sides[1] as Side);
  } finally {
    for (const side of sides) await side.close();
  }
}

/** The sides that are not sorted; none when everything has been compared. */
async function compareSides(
  { differences, fields }: Run,
  before: Side,
  after: Side,
): Promise<readonly SideName[]> {
  const cursors = {
    before: new MessageCursor('before', before.messages()),
    after: new MessageCursor('after', after.messages()),
  };
  try {
    await compareMessages(cursors, fields, differences);
  } catch (error) {
    if (!(error instanceof SideUnsorted)) throw error;
    // Two exports of one house are mostly alike: finding both at once spares a sort that would be in vain.
    const other = error.side === 'before' ? 'after' : 'before';
    return (await cursors[other].isSoonUnsorted()) ? SIDES : [error.side];
  } finally {
    await cursors.before.close();
    await cursors.after.close();
  }
  const left = before.records();
  const right = after.records();
  for (const kind of KIND_ORDER)
    compareRecords(kind, left.get(kind) ?? [], right.get(kind) ?? [], differences);
  return [];
}

/** A folder for each side, and one count of bytes for both. */
async function readingsOf(
  { request, folder }: Run,
  stage: Stage,
): Promise<Readonly<Record<SideName, SideReading>>> {
  let bytes = 0;
  const progress = (count: number): void => {
    bytes += count;
    request.progress(stage, bytes);
  };
  const reading = async (side: SideName): Promise<SideReading> => {
    const own = join(folder, side);
    await mkdir(own, { recursive: true });
    return { folder: own, progress };
  };
  return { before: await reading('before'), after: await reading('after') };
}

function inOrder({ counts }: Differences): DiffSummary['kinds'] {
  return KIND_ORDER.flatMap((kind) => counts.get(kind) ?? []);
}

async function temporaryFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'chatferry-'));
  } catch (cause) {
    throw new RunFailure(
      'output-unwritable',
      `No temporary folder can be made in ${tmpdir()}: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Free space there, or name another folder in the environment variable TMPDIR (on Windows TEMP).',
      { cause },
    );
  }
}
