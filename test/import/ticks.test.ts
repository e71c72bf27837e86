import { OrdinalSample, PackageDirectory } from '@chatferry/import';
import test from 'ava';
import { PackageMessage } from '../../packages/import/dist/read-package/package-message.js';
import { isoOfTicks, LAST_TICK, ticksOfMilliseconds } from '../../packages/import/dist/ticks.js';

const AT_1970 = 621_355_968_000_000_000n;

test('an instant lies in the millisecond that has begun, before 1970 too', (t) => {
  t.is(isoOfTicks(AT_1970), '1970-01-01T00:00:00.000Z');
  t.is(isoOfTicks(AT_1970 + 9999n), '1970-01-01T00:00:00.000Z');
  t.is(isoOfTicks(AT_1970 - 1n), '1969-12-31T23:59:59.999Z');
  t.is(isoOfTicks(0n), '0001-01-01T00:00:00.000Z');
  t.is(isoOfTicks(LAST_TICK), '9999-12-31T23:59:59.999Z');
  t.is(isoOfTicks(-1n), null);
  t.is(isoOfTicks(LAST_TICK + 1n), null);
  t.is(ticksOfMilliseconds(-1), AT_1970 - 10_000n);
});

test('a drawn message of the last tick before 1970 is one of 1969, and one without an instant has its ticks', (t) => {
  const dateOf = (date: bigint): string | undefined => {
    const sample = new OrdinalSample({ size: 1, seed: '1', showsText: false }, 1);
    const message = new PackageMessage(() => ({ file: 'Messages.xml', line: 1, column: 1, record: null }));
    message.date = date;
    sample.message(message);
    return sample.drawn(new PackageDirectory()).messages[0]?.date;
  };
  t.is(dateOf(AT_1970 - 1n), '1969-12-31T23:59:59.999Z');
  t.is(dateOf(0n), '0 ticks');
  t.is(dateOf(-1n), '-1 ticks');
});
