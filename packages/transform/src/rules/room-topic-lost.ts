import { carriedNodes, LONGEST_TEXT, markChanged, placeOf } from '../directory/final-names.js';
import { labelNode } from '../directory/label.js';
import type { DirectoryRule, Said } from '../rule.js';

const JOINER = ' | ';

/**
 * # room-topic-lost
 *
 * **Condition.** A room has a topic (or, against the schema, a category has).
 *
 * **Action.** The topic is dropped, because the target's rooms have a description only. With `append` it is put behind
 * the description after ` | ` when both fit into 256 UTF-16 units, else dropped.
 *
 * **Option.** `topics` (default `drop`): `drop` or `append`.
 *
 * **Basis.** G: "New features of Persistent Chat Server": a room now has only a description.
 *
 * **Severity.** warning; note when appended
 *
 * **Remedy.** Choose `append`, or move what matters into the description at the source.
 *
 * **Example.** description `Night desk`, topic `Rota` -> `Night desk`; with `append` `Night desk | Rota`
 */
export const roomTopicLost: DirectoryRule = {
  id: 'room-topic-lost',
  severities: ['warning', 'note'],
  basis: ['G'],
  option: 'topics',
  apply(draft, options, voice) {
    for (const node of carriedNodes(draft)) {
      const topic = node.source?.topic ?? '';
      if (topic === '') continue;
      const joined = node.description === '' ? topic : `${node.description}${JOINER}${topic}`;
      const fits = joined.length <= LONGEST_TEXT;
      const appends = options.topics === 'append' && fits;
      const lost =
        options.topics === 'append'
          ? 'dropped it, because it does not fit into the description'
          : 'dropped it';
      const did = appends ? 'put it behind the description' : lost;
      const said: Said = {
        message: `Unexpected topic of ${labelNode(node)} (${topic.length} UTF-16 units), expected none; ${did}.`,
        seen: `a topic of ${topic.length} UTF-16 units`,
        expected: 'no topic',
        did,
      };
      if (appends) {
        node.description = joined;
        voice.say(placeOf(node), { ...said, severity: 'note' });
      } else {
        const remedy = fits
          ? 'Choose topics: append to keep it.'
          : 'Shorten topic or description at the source.';
        voice.say(placeOf(node), { ...said, remedy });
      }
      markChanged(voice, node);
    }
  },
};
