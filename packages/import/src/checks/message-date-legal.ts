import type { Check } from '../check.js';
import { LAST_TICK } from '../ticks.js';

/**
 * # message-date-legal
 *
 * **Must hold.** Dates are ticks (100 ns since 0001-01-01 UTC) after year 1 begins and before year 10000 does.
 *
 * **Basis.** Database schema, tblChat.chatDate, which the sample queries convert with dbo.fnTicksToDate; .NET DateTime.
 *
 * **Severity.** error
 *
 * **Remedy.** Find the message in the source database; a date of 0 or below comes from a tool, not from the server.
 *
 * **Memory.** Nothing.
 */
export const messageDateLegal: Check = {
  id: 'message-date-legal',
  severities: ['error'],
  needs: [],
  begin: () => ({
    message({ date }, say) {
      if (date > 0n && date <= LAST_TICK) return;
      say({ message: `Unexpected date of ${date} ticks, expected 1 to ${LAST_TICK}` });
    },
  }),
};
