import type { DirectoryRule } from '../rule.js';
import { addInDuplicateName } from './add-in-duplicate-name.js';
import { addInMissing } from './add-in-missing.js';
import { addInOnCategory } from './add-in-on-category.js';
import { addInUrlUnusable } from './add-in-url-unusable.js';
import { affiliationPrincipalMissing } from './affiliation-principal-missing.js';
import { affiliationToSelf } from './affiliation-to-self.js';
import { auditoriumWithoutPresenter } from './auditorium-without-presenter.js';
import { capacityExceeded } from './capacity-exceeded.js';
import { categoryEmpty } from './category-empty.js';
import { categoryNested } from './category-nested.js';
import { categoryTooDeep } from './category-too-deep.js';
import { columnUndecodable } from './column-undecodable.js';
import { creatorDerived } from './creator-derived.js';
import { definerContradictsTree } from './definer-contradicts-tree.js';
import { descriptionForbiddenCharacter } from './description-forbidden-character.js';
import { descriptionMissing } from './description-missing.js';
import { descriptionTooLong } from './description-too-long.js';
import { invitationInherits } from './invitation-inherits.js';
import { invitationOffByCategory } from './invitation-off-by-category.js';
import { keyDuplicate } from './key-duplicate.js';
import { lastChatIdRoomMissing } from './last-chat-id-room-missing.js';
import { managerFromRoot } from './manager-from-root.js';
import { managerInherited } from './manager-inherited.js';
import { memberInherited } from './member-inherited.js';
import { nameClashWithTarget } from './name-clash-with-target.js';
import { nameDuplicate } from './name-duplicate.js';
import { nameGivenByPlan } from './name-given-by-plan.js';
import { nameTooLong } from './name-too-long.js';
import { nameUnusable } from './name-unusable.js';
import { nodeGuidDuplicate } from './node-guid-duplicate.js';
import { nodeIdDuplicate } from './node-id-duplicate.js';
import { nodeParentCycle } from './node-parent-cycle.js';
import { nodeParentIsRoom } from './node-parent-is-room.js';
import { nodeParentMissing } from './node-parent-missing.js';
import { presenterNotMember } from './presenter-not-member.js';
import { presenterOnNormalRoom } from './presenter-on-normal-room.js';
import { principalDisabled } from './principal-disabled.js';
import { principalDuplicate } from './principal-duplicate.js';
import { principalFederated } from './principal-federated.js';
import { principalForbiddenCharacter } from './principal-forbidden-character.js';
import { principalForeignForest } from './principal-foreign-forest.js';
import { principalGone } from './principal-gone.js';
import { principalIdDuplicate } from './principal-id-duplicate.js';
import { principalRemapped } from './principal-remapped.js';
import { principalRightLost } from './principal-right-lost.js';
import { principalTypeUnknown } from './principal-type-unknown.js';
import { roleDuplicate } from './role-duplicate.js';
import { roleNodeMissing } from './role-node-missing.js';
import { roleOutOfScope } from './role-out-of-scope.js';
import { rolePrincipalMissing } from './role-principal-missing.js';
import { roleUnknown } from './role-unknown.js';
import { roomDisabled } from './room-disabled.js';
import { roomExcludedByPlan } from './room-excluded-by-plan.js';
import { roomMovedByPlan } from './room-moved-by-plan.js';
import { roomNamePrefixed } from './room-name-prefixed.js';
import { roomSettingLost } from './room-setting-lost.js';
import { roomTopicLost } from './room-topic-lost.js';
import { roomUnderRoot } from './room-under-root.js';
import { rootMissing } from './root-missing.js';
import { scopeInherited } from './scope-inherited.js';
import { scopeNodeMissing } from './scope-node-missing.js';
import { scopePrincipalMissing } from './scope-principal-missing.js';
import { settingForcedByCategory } from './setting-forced-by-category.js';
import { settingInherited } from './setting-inherited.js';
import { tableNotMigrated } from './table-not-migrated.js';
import { visibilityMapped } from './visibility-mapped.js';

/** The directory rules in running order; the order is meaning (the design's rules.md, first table). */
export const DIRECTORY_RULES: readonly DirectoryRule[] = [
  // the tree (its last rule builds the categories and rooms)
  columnUndecodable,
  keyDuplicate,
  rootMissing,
  nodeIdDuplicate,
  nodeGuidDuplicate,
  nodeParentMissing,
  nodeParentCycle,
  categoryTooDeep,
  nodeParentIsRoom,

  // principals
  principalIdDuplicate,
  principalRemapped,
  principalTypeUnknown,
  principalFederated,
  principalDisabled,
  principalDuplicate,
  principalForeignForest,
  principalGone,
  principalRightLost,
  principalForbiddenCharacter,
  affiliationPrincipalMissing,
  affiliationToSelf,

  // which rooms, and their names
  roomDisabled,
  roomExcludedByPlan,
  roomMovedByPlan,
  nameUnusable,
  categoryNested,
  roomNamePrefixed,
  nameGivenByPlan,
  roomUnderRoot,
  categoryEmpty,
  nameTooLong,
  nameDuplicate,
  nameClashWithTarget,
  descriptionMissing,
  descriptionTooLong,
  roomTopicLost,
  descriptionForbiddenCharacter,

  // settings
  settingInherited,
  settingForcedByCategory,
  visibilityMapped,
  invitationOffByCategory,
  invitationInherits,
  roomSettingLost,

  // scope, members, managers, creators, presenters
  roleUnknown,
  rolePrincipalMissing,
  roleNodeMissing,
  scopePrincipalMissing,
  scopeNodeMissing,
  roleDuplicate,
  definerContradictsTree,
  scopeInherited,
  managerFromRoot,
  managerInherited,
  memberInherited,
  creatorDerived,
  presenterOnNormalRoom,
  roleOutOfScope,
  presenterNotMember,
  auditoriumWithoutPresenter,

  // add-ins and limits
  addInMissing,
  addInOnCategory,
  addInDuplicateName,
  addInUrlUnusable,
  capacityExceeded,
  lastChatIdRoomMissing,
  tableNotMigrated,
];
