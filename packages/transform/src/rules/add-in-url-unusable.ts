import { type AddInDraft, carriedRooms, type DirectoryDraft } from '../directory/draft.js';
import { codePoints, countOf, labelRow } from '../directory/label.js';
import type { DirectoryRule, Voice } from '../rule.js';

const LONGEST_NAME = 50;
const LONGEST_URL = 255;
const WEB_ADDRESS = /^https?:\/\/[^\s/?#]/i;
/** Control characters, and what XML 1.0 cannot hold. */
const UNUSABLE = /[\p{Cc}\p{Cs}\ufffe\uffff]/gu;

/**
 * # add-in-url-unusable
 *
 * **Condition.** An add-in's URL is not http or https or is longer than 255 UTF-16 units, its name is empty or longer
 * than 50, or either holds a control character or one that XML 1.0 cannot hold.
 *
 * **Action.** The add-in is refused, because the target cannot store it, and the links of rooms to it are dropped with
 * it, without findings of their own: people in those rooms no longer see its page.
 *
 * **Option.** None.
 *
 * **Basis.** S: database schema, tblSiopWhiteList: nvarchar(50) and nvarchar(255); add-in pages: http or https only.
 *
 * **Severity.** error
 *
 * **Remedy.** Correct the add-in at the source, or remove it there.
 *
 * **Example.** URL `ftp://tools/app` -> add-in refused, 3 rooms without it
 */
export const addInUrlUnusable: DirectoryRule = {
  id: 'add-in-url-unusable',
  severities: ['error'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    for (const addIn of [...draft.addIns.values()]) {
      const faults = [...faultsOfUrl(addIn.url), ...faultsOfName(addIn.name)];
      if (faults.length === 0) continue;
      const rooms = dropLinks(draft, addIn, voice);
      draft.addIns.delete(addIn.id);
      voice.refused(addIn.source);
      const seen = faults.join(', ');
      const links = rooms === 0 ? '' : ` and dropped the links of ${countOf(rooms, 'room')}`;
      const did = `refused it${links}`;
      voice.say(addIn.source.place, {
        message: `Unexpected ${seen} of ${labelRow(addIn.source)}, expected an http or https URL of at most ${LONGEST_URL} units and a name of 1 to ${LONGEST_NAME}; ${did}.`,
        seen,
        expected: `an http or https URL of at most ${LONGEST_URL} units and a name of 1 to ${LONGEST_NAME}`,
        did,
        remedy: 'Correct the add-in at the source, or remove it there.',
      });
    }
  },
};

function faultsOfUrl(url: string): string[] {
  const faults = WEB_ADDRESS.test(url) ? [] : ['URL that is not http or https'];
  if (url.length > LONGEST_URL) faults.push(`URL of ${url.length} UTF-16 units`);
  return [...faults, ...unusable(url, 'URL')];
}

function faultsOfName(name: string): string[] {
  const faults = name === '' ? ['empty name'] : [];
  if (name.length > LONGEST_NAME) faults.push(`name of ${name.length} UTF-16 units`);
  return [...faults, ...unusable(name, 'name')];
}

function unusable(text: string, what: string): string[] {
  const found = text.match(UNUSABLE);
  return found === null ? [] : [`${codePoints(found)} in the ${what}`];
}

function dropLinks(draft: DirectoryDraft, addIn: AddInDraft, voice: Voice): number {
  const rooms = carriedRooms(draft).filter((room) => room.addInId === addIn.id);
  for (const room of rooms) {
    room.addInId = null;
    voice.changed(room.source);
  }
  return rooms.length;
}
