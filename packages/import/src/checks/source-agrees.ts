import type { Check } from '../check.js';

/**
 * # source-agrees
 *
 * **Must hold.** With `--source`: the export, read again by a second and simple reader, holds what the ledger says was
 * read of it (records of each table; messages and bytes of text of each room, first and last date, lowest and highest
 * id, and the SHA-256 of each room that was simply carried), and every message that ledger.ndjson does not list as
 * excluded or refused is in the package with the same date, author, alert flag, content and rich text, once, and no
 * other is. Of a room that differs the first such message is named, by id. The texts themselves are told only with
 * `--show-text`.
 * Records of the directory that ledger.ndjson does not list are in the package as they were: principals, add-ins, names
 * and categories of nodes, roles on rooms, scopes, affiliations, counters. Whatever is listed: GUIDs, and privacy,
 * type, state and add-in of a room, are those of the export. Nobody may enter, manage, present or create who could not
 * by a row there, or from above as lists were inherited; nobody is missing who could and is active; names keep their
 * letters behind those above, rooms their category, principals their kind and texts, categories their settings. What is
 * left behind has a ground in the export or the package, whatever rule is named. What an option or a table of the plan
 * may explain is a warning where that one was decided, and else an error.
 * Not looked at without `--source`. Of a changed message an author may differ whom a plan has replaced or the export
 * does not have, a text in what XML cannot hold, and rich text as a whole where the option `rtf` was decided; nothing
 * else.
 *
 * **Basis.** Our law that nothing vanishes and nothing is added. The reader is saxes, a conforming parser, over the
 * shapes of FOR XML and DataSet.WriteXml; it shares no code with the reader of the transform, nor with any rule.
 *
 * **Severity.** error; warning for what a decision may explain, and for documents of the export that are not, byte by
 * byte, those of `summary.json`, because the same export may come in another form.
 *
 * **Remedy.** Do not import. Make sure that the export is the one that the package was made from (report.html tells its
 * SHA-256). Then run the transform again; if it differs again, report it as a defect.
 *
 * **Memory.** The directory of the export, with its roles twice, and of the package, about 2 KB a room, and a byte a
 * message where the ledger lists any.
 */
export const sourceAgrees: Check = {
  id: 'source-agrees',
  severities: ['error', 'warning'],
  needs: [],
  overParts: true,
  begin: () => ({
    fault(fault, say) {
      if (fault.kind !== 'source' && fault.kind !== 'source-doubt') return;
      const { kind, ...said } = fault;
      say({ ...said, severity: kind === 'source' ? 'error' : 'warning' });
    },
  }),
};
