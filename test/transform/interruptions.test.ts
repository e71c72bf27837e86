import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import {
  digestsOf,
  type Ended,
  type Fault,
  INTERRUPTED_EXPORTS,
  runChatferry,
} from '../support/interrupted-runs.js';
import { pseudoRandom } from '../support/pseudo-random.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** Runs that are interrupted; CHATFERRY_FAULTS asks for more, without a limit of time. */
const ASKED = process.env.CHATFERRY_FAULTS;
const ROUNDS = Number(ASKED ?? 14);
const MOST_SECONDS = ASKED === undefined ? 25 : Number.POSITIVE_INFINITY;
const FIRST_SEED = Number(process.env.CHATFERRY_FAULT_SEED ?? 1);
const FEWEST_ROUNDS = 4;
/** Of one run, so that even one that is unlucky each time comes to its end. */
const MOST_FAULTS = 3;

const KINDS: readonly Fault['kind'][] = ['kill', 'kill', 'power', 'full'];
const COMMAND = ['transform', 'export.xml', '-o', 'handoff', '--quiet', '--checkpoint-every', '100000'];

/** Exports whose package is cut into parts and documents. */
const PARTED: readonly string[] = ['in parts', 'unordered in parts'];
const IN_PARTS = ['--part-size', '150000', '--document-size', '40000'];

interface Uninterrupted {
  readonly command: readonly string[];
  readonly xml: string;
  readonly calls: number;
  readonly ended: Ended;
  readonly files: Readonly<Record<string, string>>;
}

async function uninterrupted(t: ExecutionContext, name: string): Promise<Uninterrupted> {
  const cwd = temporaryFolder(t);
  const xml = INTERRUPTED_EXPORTS[name]?.() ?? '';
  await writeFile(join(cwd, 'export.xml'), xml);
  const count = join(cwd, 'count');
  const command = [...COMMAND, ...(PARTED.includes(name) ? IN_PARTS : [])];
  const ended = await runChatferry(cwd, command, { count });
  const files = await digestsOf(join(cwd, 'handoff'));
  return { command, xml, calls: Number(await readFile(count, 'utf8')), ended, files };
}

test('wherever a run is interrupted, nothing lies under the final name, and --resume gives the same handoff', async (t) => {
  t.timeout(600_000);
  const started = performance.now();
  const names = Object.keys(INTERRUPTED_EXPORTS);
  const whole = new Map<string, Uninterrupted>();
  const seen = { rounds: 0, faults: 0, continued: 0 };
  for (let seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS; seed++) {
    const isOver = performance.now() - started > MOST_SECONDS * 1000;
    if (isOver && seen.rounds >= FEWEST_ROUNDS) break;
    const name = names[seed % names.length] as string;
    const expected = whole.get(name) ?? (await uninterrupted(t, name));
    whole.set(name, expected);
    const round = await interruptedRun(temporaryFolder(t), expected, seed);
    seen.rounds += 1;
    seen.faults += round.faults;
    seen.continued += round.continued;
    const at = `CHATFERRY_FAULT_SEED=${seed} (${name}): ${round.story.join('; ')}`;
    t.deepEqual(round.faulty, [], at);
    t.is(round.ended.code, expected.ended.code, `${at}\n${round.ended.err}`);
    t.deepEqual(await digestsOf(join(round.cwd, 'handoff')), expected.files, at);
    t.deepEqual((await readdir(round.cwd)).sort(), ['export.xml', 'handoff'], at);
  }
  t.log(JSON.stringify(seen));
  t.true(seen.continued > 0 || seen.rounds < FEWEST_ROUNDS);
});

/** A run that meets up to three faults and is continued after each. */
async function interruptedRun(cwd: string, { command: begun, xml, calls }: Uninterrupted, seed: number) {
  const random = pseudoRandom(seed);
  await writeFile(join(cwd, 'export.xml'), xml);
  const story: string[] = [];
  const faulty: string[] = [];
  const command = [...begun, '--resume'];
  const wanted = 1 + random.below(MOST_FAULTS);
  let continued = 0;
  let faults = 0;
  for (; faults < wanted; faults++) {
    const fault = { at: 1 + random.below(calls), kind: random.pick(KINDS), seed: seed + faults };
    const { code, err } = await runChatferry(cwd, command, { fault });
    story.push(`${fault.kind} at ${fault.at}: ${code === null ? 'killed' : `exit ${code}`}`);
    if (err.includes('Continuing an unfinished run')) continued += 1;
    // Killed when all was done but the lock, or come to its end before the fault.
    if (existsSync(join(cwd, 'handoff'))) break;
    if (code !== null && !(code === 2 && /disk is full|ENOSPC/.test(err)))
      faulty.push(`${story.at(-1)}: ${err}`);
  }
  if (existsSync(join(cwd, 'handoff'))) {
    const again = [...command, '--replace'];
    return { cwd, story, faulty, ended: await runChatferry(cwd, again), faults, continued };
  }
  const ended = await runChatferry(cwd, command);
  if (ended.err.includes('Continuing an unfinished run')) continued += 1;
  return { cwd, story, faulty, ended, faults, continued };
}
