import type { TargetCategory, TargetRoom } from './target-record.js';

/** One list of principals of a category or room, with the field's word for one of its members. */
export interface RoleList {
  readonly role: 'allowed member' | 'denied member' | 'creator' | 'manager' | 'member' | 'presenter';
  readonly ids: readonly number[];
}

/** All lists of principals of a node, in a fixed order. */
export function roleLists(node: TargetCategory | TargetRoom): RoleList[] {
  return node.kind === 'category'
    ? [
        { role: 'allowed member', ids: node.allowed },
        { role: 'denied member', ids: node.denied },
        { role: 'creator', ids: node.creators },
      ]
    : [
        { role: 'manager', ids: node.managers },
        { role: 'member', ids: node.members },
        { role: 'presenter', ids: node.presenters },
      ];
}
