import type { Privacy } from '@chatferry/import';
import { carriedRooms, type EffectiveSettings, type RoomDraft } from '../directory/draft.js';
import { knownPrivacies, ROOM_TYPES, seenNumber } from '../directory/enum-meaning.js';
import { countOf, labelNode } from '../directory/label.js';
import type { DirectoryRule, Said } from '../rule.js';

/**
 * # visibility-mapped
 *
 * **Condition.** A room has a visibility (its own or inherited) and a behavior, both numbers of tblEnumValue.
 *
 * **Action.** 2 (private) becomes Secret, 3 (scope) Closed; one note a number, with the count of rooms. 6 becomes Open
 * only when the export's own tblEnumValue has it as a visibility, as databases of 2013 and later do. Any other number
 * is an error and becomes Secret: nobody sees a room by our guess. Behavior 4 becomes Normal, 5 Auditorium; any other
 * is an error and becomes Auditorium: nobody may post by our guess, and presenters are kept.
 *
 * **Option.** None.
 *
 * **Basis.** S: database schema, tblEnumValue: 2 private, 3 scoped, 4 normal, 5 auditorium, 6 open; Privacy of the
 * cmdlets. O: what becomes of other numbers.
 *
 * **Severity.** note; error for an unknown number
 *
 * **Remedy.** Correct the number at the source, or look into tblEnumValue for what it means.
 *
 * **Example.** visibility 2, behavior 5 -> a Secret Auditorium
 */
export const visibilityMapped: DirectoryRule = {
  id: 'visibility-mapped',
  severities: ['note', 'error'],
  basis: ['S', 'O'],
  option: null,
  apply(draft, _options, voice) {
    const privacies = knownPrivacies(draft);
    const counts = new Map([...privacies.keys()].map((visibility) => [visibility, 0]));
    for (const room of carriedRooms(draft)) {
      const { source } = room;
      const { visibility } = room.settings as EffectiveSettings;
      const count = counts.get(visibility);
      room.privacy = privacies.get(visibility) ?? 'Secret';
      room.type = ROOM_TYPES.get(source.behavior) ?? 'Auditorium';
      if (count !== undefined) counts.set(visibility, count + 1);
      const unknown: Said[] = [];
      if (count === undefined) {
        unknown.push(guessed(room, seenNumber(source, 'visibility', visibility), '2 or 3', 'made it Secret'));
      }
      if (!ROOM_TYPES.has(source.behavior)) {
        const seen = seenNumber(source, 'behavior', source.behavior);
        unknown.push(guessed(room, seen, '4 or 5', 'made it an auditorium'));
      }
      for (const said of unknown) {
        voice.changed(source);
        voice.say(source.place, said);
      }
    }
    for (const [visibility, count] of counts) {
      if (count > 0) voice.say(null, mapped(visibility, privacies.get(visibility) as Privacy, count));
    }
  },
};

function mapped(visibility: number, privacy: Privacy, count: number): Said {
  const seen = `visibility ${visibility}`;
  const expected = 'Open, Closed or Secret';
  const did = `made ${count === 1 ? 'it' : 'them'} ${privacy}`;
  return {
    message: `Unexpected ${seen} of ${countOf(count, 'room')}, expected ${expected}; ${did}.`,
    seen,
    expected,
    did,
  };
}

function guessed(room: RoomDraft, seen: string, expected: string, did: string): Said {
  return {
    message: `Unexpected ${seen} of ${labelNode(room)}, expected ${expected}; ${did}.`,
    seen,
    expected,
    did,
    remedy: 'Correct the number at the source, or look into tblEnumValue for what it means.',
    severity: 'error',
  };
}
