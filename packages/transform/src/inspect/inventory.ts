import type { Place } from '@chatferry/export';
import type { FindingGroup } from '@chatferry/import';
import type { EffectiveSettings, RoomDraft } from '../directory/draft.js';

/**
 * Everything that `inspect` tells; its text, page and JSON are pure functions of it. The JSON of `--json` is this
 * very object with its keys sorted. Dates are ISO 8601 in UTC with up to seven digits of a second, ids beyond int
 * are strings of digits, sizes are bytes; what could not be told is null. It holds ids and names, never the text of
 * a message. Keys are only ever added.
 */
export interface ExportInventory {
  readonly tool: { readonly name: string; readonly version: string };
  readonly command: 'inspect';
  readonly verdict: InspectVerdict;
  /** By name. */
  readonly documents: readonly DocumentSeen[];
  /** When the export was made, by its manifest; null without a manifest. */
  readonly exportedOn: string | null;
  /** By name. */
  readonly tables: readonly TableSeen[];
  /** Depth first from the root, siblings by id. */
  readonly categories: readonly CategorySeen[];
  /** Nodes that do not hang on the root, by id. */
  readonly nodesOutsideTree: readonly NodeOutside[];
  /** By id. */
  readonly rooms: readonly RoomSeen[];
  /** By number of the type. */
  readonly principals: readonly PrincipalTypeSeen[];
  readonly messages: MessagesSeen;
  /**
   * Whether the directory rules have judged the directory: `run`; `stopped` by the rule whose error is in
   * `readiness`; `left out`, because a table is missing without which they would say the same of every row.
   */
  readonly directoryRules: 'run' | 'stopped' | 'left out';
  /** What would block a migration (error) or change something (warning, note), with the default options. */
  readonly readiness: readonly FindingGroup[];
}

/** 1 when any condition blocks. */
export interface InspectVerdict {
  readonly exitCode: 0 | 1;
  readonly sentence: string;
}

export interface DocumentSeen {
  readonly name: string;
  /** Uncompressed, as stored; null when only reading tells. */
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly encoding: string;
  /** Such as `FOR XML, rows named "row", columns as attributes, root "tblNode"`. */
  readonly shape: string;
  /** By name. */
  readonly tables: readonly { readonly name: string; readonly rows: number }[];
}

export interface TableSeen {
  readonly name: string;
  /** `left-behind`: known, and not migrated; `unknown`: no table of the schema. */
  readonly role: 'directory' | 'messages' | 'left-behind' | 'unknown';
  readonly rows: number;
  /** Rows that cannot be read, among `rows`. */
  readonly damaged: number;
  readonly unknownColumns: readonly { readonly name: string; readonly rows: number }[];
}

/** The inheritable columns of a node as they are stored; null inherits. */
export interface StoredSettings {
  readonly visibility: number | null;
  readonly invite: boolean | null;
  readonly logged: boolean | null;
  readonly filePost: boolean | null;
  readonly restrictChildCreate: boolean | null;
}

export interface CategorySeen {
  readonly id: number;
  readonly guid: string;
  readonly name: string;
  /** null for the root. */
  readonly parentId: number | null;
  /** 0 for the root. */
  readonly depth: number;
  /** Directly in it. */
  readonly rooms: number;
  readonly stored: StoredSettings;
  /** After inheritance; null unless the rules ran and keep the category. */
  readonly effective: Readonly<EffectiveSettings> | null;
  /** The name in the target; null for the root, and for what stays behind. */
  readonly targetName: string | null;
}

export interface NodeOutside {
  readonly id: number;
  readonly kind: 'category' | 'room';
  readonly name: string;
}

export interface RoomSeen {
  readonly id: number;
  readonly guid: string;
  readonly name: string;
  readonly categoryId: number | null;
  readonly category: string | null;
  readonly isDisabled: boolean;
  /** What the default options make of it; null unless the rules ran. */
  readonly state: 'carried' | 'changed' | 'excluded' | 'refused' | null;
  readonly type: RoomDraft['type'] | null;
  readonly privacy: RoomDraft['privacy'] | null;
  /** With inherited ones, as the target will list them; null unless the rules ran and keep the room. */
  readonly managers: number | null;
  readonly members: number | null;
  readonly presenters: number | null;
  readonly messages: number;
  /** UTF-8 bytes of content and rtf. */
  readonly textBytes: number;
  readonly first: string | null;
  readonly last: string | null;
  /** By year. */
  readonly years: readonly YearSeen[];
}

/** `year` is null for dates that are no instants. */
export interface YearSeen {
  readonly year: number | null;
  readonly messages: number;
}

export interface PrincipalTypeSeen {
  readonly type: number;
  readonly name: string;
  readonly isFederated: boolean;
  readonly principals: number;
  /** Disabled, or deleted from the directory, among them. */
  readonly disabled: number;
}

export interface MessagesSeen {
  /** Without damaged rows. */
  readonly messages: number;
  readonly damaged: number;
  readonly textBytes: number;
  readonly first: string | null;
  readonly last: string | null;
  readonly years: readonly YearSeen[];
  /** By room and id, so that transform need not sort them on disk. */
  readonly isSorted: boolean;
  /** The first message that stands before an earlier one. */
  readonly unsortedAt: Place | null;
  /** Messages with the key of the one before; null when unsorted, because others may be far apart. */
  readonly duplicates: number | null;
  readonly alerts: number;
  readonly stories: number;
  readonly fileLinks: { readonly messages: number; readonly links: number };
  readonly roomLinks: { readonly messages: number };
  readonly rtf: number;
  readonly oddCharacters: OddCharactersSeen;
  /** Of a channelID that is no room of this export; null when it does not decode. */
  readonly withoutRoom: readonly WithoutRoom[];
}

export interface OddCharactersSeen {
  /** Code points that XML 1.0 forbids, such as `U+000B`. */
  readonly forbidden: readonly { readonly codePoint: string; readonly count: number }[];
  readonly loneSurrogates: number;
  /** Messages whose carriage returns were written raw, so that every XML parser reads line feeds. */
  readonly messagesWithRawReturns: number;
}

export interface WithoutRoom {
  readonly channelID: number | null;
  readonly messages: number;
  readonly textBytes: number;
}
