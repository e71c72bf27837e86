import type { ColumnDefect } from '@chatferry/export';
import type { MessageRule } from '../messages/message-rule.js';
import { EARLIEST_CREDIBLE_TICK, isInstant, LAST_TICK, ticksToText } from '../messages/ticks.js';
import type { Said } from '../rule.js';

/**
 * # message-date-unusable
 *
 * **Condition.** The chatDate of a message is missing, does not decode, is 0 or negative, or lies beyond the
 * year 9999; or it is an instant before 1995 or after the date of the export.
 *
 * **Action.** The former is refused, because the target cannot show such a date and the order by time would
 * lie. The latter is carried as it is: a server's clock may have been wrong, and we do not correct what
 * people saw.
 *
 * **Option.** `asOf` (default: the date in the export's manifest, else no limit): later messages are
 * suspect.
 *
 * **Basis.** O: Chat table (Lync Server 2010, gg615031): chatDate is a bigint; that it holds .NET ticks in
 * UTC follows from the vendor's sample queries (gg558649). The guide has no rule for dates.
 *
 * **Severity.** error; warning when the date is only incredible
 *
 * **Remedy.** Export the column as the bigint that it is. An export that converts chatDate to a date has
 * lost precision and has to be repeated. A date that is only incredible needs nothing when a clock was wrong.
 *
 * **Example.** chatDate 0: refused. chatDate 2031-01-01 in an export of 2012: carried, with a warning.
 */
export const messageDateUnusable: MessageRule = {
  id: 'message-date-unusable',
  severities: ['error', 'warning'],
  basis: ['O'],
  option: 'asOf',
  begin({ options }, voice) {
    const { asOf } = options;
    const latest = asOf !== null && asOf < LAST_TICK ? asOf : LAST_TICK;
    return {
      ordinary: { from: EARLIEST_CREDIBLE_TICK, to: latest },
      apply({ row }) {
        const { chatDate, defects } = row;
        const isCredible = chatDate >= EARLIEST_CREDIBLE_TICK && chatDate <= latest;
        if (isCredible && defects.length === 0) return undefined;
        const defect = defects.find(({ column }) => column === 'chatDate');
        if (defect !== undefined || !isInstant(chatDate)) {
          voice.say(row.place, unusable(describe(defect, chatDate)));
          return 'refused';
        }
        if (!isCredible) voice.say(row.place, incredible(chatDate, latest));
        return undefined;
      },
    };
  },
};

function describe(defect: ColumnDefect | undefined, chatDate: bigint): string {
  if (defect === undefined) return `chatDate ${chatDate}`;
  return defect.seen === null ? 'message without chatDate' : `chatDate "${defect.seen}"`;
}

function unusable(seen: string): Said {
  const expected = `ticks from 1 to ${LAST_TICK}`;
  return {
    message: `Unexpected ${seen}, expected ${expected}; refused the message.`,
    seen,
    expected,
    did: 'refused the message',
    remedy: 'Export chatDate as the bigint that the column holds, not converted to a date.',
  };
}

function incredible(chatDate: bigint, latest: bigint): Said {
  const seen = ticksToText(chatDate);
  const expected =
    chatDate > latest ? `nothing later than the export, ${ticksToText(latest)}` : 'nothing before 1995';
  return {
    message: `Unexpected chatDate ${seen}, expected ${expected}; carried it as it is.`,
    seen,
    expected,
    did: 'carried it as it is',
    remedy:
      'None is needed when the clock of a server was wrong; otherwise say with asOf when the export was made.',
    severity: 'warning',
  };
}
