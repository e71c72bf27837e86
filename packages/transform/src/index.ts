export {
  type AddInDraft,
  type CategoryDraft,
  carriedCategories,
  carriedRooms,
  type DirectoryDraft,
  type DraftExtras,
  isCarried,
  type PrincipalDraft,
  type RoomDraft,
  startDraft,
} from './directory/draft.js';
export type { Fate } from './directory/fates.js';
export { nameKey } from './directory/name-equality.js';
export { runDirectoryRules } from './directory/run-rules.js';
export { toTargetDirectory } from './directory/target-directory.js';
export { uuidV5 } from './directory/uuid-v5.js';
export { allExplained, type Explained, type ExplainedKind, summaryOf } from './explain/explained.js';
export { basisLetters, rulePages } from './explain/rule-pages.js';
export { type InspectRequest, inspectExport } from './inspect/inspect-export.js';
export type * from './inspect/inventory.js';
export { inventoryHtml } from './inspect/inventory-html.js';
export { inventoryText } from './inspect/inventory-text.js';
export { readInventory } from './inventory/read-inventory.js';
export type * from './inventory/target-inventory.js';
export { assertBalance } from './ledger/assert-balance.js';
export { digestDirectory } from './ledger/directory-digest.js';
export { Ledger } from './ledger/ledger.js';
export { type LedgerException, LedgerExceptions } from './ledger/ledger-exceptions.js';
export type { HashedMessage } from './ledger/message-digest.js';
export type { RoomLedger, TextChange } from './ledger/room-ledger.js';
export type { SettledState } from './ledger/rule-shares.js';
export type { TableLedger } from './ledger/table-ledger.js';
export {
  type CarriedMessages,
  type CarryOptions,
  carryMessages,
  type MessageOutput,
} from './messages/carry-messages.js';
export {
  type AuthorFacts,
  createMessageContext,
  type MessageContext,
  type RoomFacts,
  type RoomState,
} from './messages/message-context.js';
export type {
  MessageRule,
  MessageRun,
  MessageVoice,
  Ruling,
} from './messages/message-rule.js';
export { type MessageWindow, OrderBroken } from './messages/message-window.js';
export { type SortOptions, sortMessages } from './messages/sort-messages.js';
export { DEFAULT_OPTIONS, type TransformOptions } from './options.js';
export type { Basis, DirectoryRule, Said, Voice } from './rule.js';
export { DIRECTORY_RULES } from './rules/index.js';
export { MESSAGE_RULES } from './rules/messages.js';
export { runTransform, type Stage, type TransformRequest } from './run-transform.js';
export { parsePlain, plainText } from './shards/plain-data.js';
export { type MergeRequest, runMerge } from './shards/run-merge.js';
export { runShard, type ShardRequest, type ShardSummary } from './shards/run-shard.js';
export { MOST_SHARDS, parseShard, type Shard, shardOf } from './shards/shard.js';
