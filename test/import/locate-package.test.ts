import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunFailure } from '@chatferry/export';
import { locatePackage } from '@chatferry/import';
import test, { type ExecutionContext } from 'ava';

const ZIP = 'PersistentChatData.zip';

function handoffOf(t: ExecutionContext, names: readonly string[]): { handoff: string; data: string } {
  const handoff = mkdtempSync(join(tmpdir(), 'chatferry-locate-'));
  t.teardown(() => rmSync(handoff, { recursive: true, force: true }));
  const data = join(handoff, 'data');
  mkdirSync(data);
  for (const name of names) writeFileSync(join(data, name), '');
  return { handoff, data };
}

// A pipe without a writer is waited for, for ever.
const onSystemsWithPipes = process.platform === 'win32' ? test.skip : test;

for (const pipe of [ZIP, 'ledger.json', 'ledger.ndjson', 'PersistentChatData-part-0001.zip']) {
  onSystemsWithPipes(`a pipe in the place of ${pipe} is not opened`, async (t) => {
    const others = pipe.endsWith('.zip') ? [] : [ZIP];
    const { handoff, data } = handoffOf(t, others);
    execFileSync('mkfifo', [join(data, pipe)]);
    await t.throwsAsync(locatePackage(handoff), {
      instanceOf: RunFailure,
      message: `${join(data, pipe)} is a pipe, a socket or a device.`,
    });
    await t.throwsAsync(locatePackage(join(data, pipe)), {
      instanceOf: RunFailure,
      message: / is a pipe, a socket or a device\.$/,
    });
  });
}

onSystemsWithPipes('an order file that is a pipe, or too large to be one, is none', async (t) => {
  const { handoff, data } = handoffOf(t, ['PersistentChatData-part-0001.zip']);
  const order = join(data, 'PARTS.json');
  const none = { parts: null, fault: 'Unexpected size or kind, expected a small plain file' };
  execFileSync('mkfifo', [order]);
  t.deepEqual((await locatePackage(handoff)).parts, none);
  rmSync(order);
  writeFileSync(order, '');
  truncateSync(order, 2 ** 30);
  t.deepEqual((await locatePackage(handoff)).parts, none);
});
