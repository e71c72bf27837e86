export { CONDITIONS_DOCUMENT, READER_CONDITIONS, type ReaderCondition } from './conditions.js';
export { type CutExport, cutExport, type DocumentCut } from './cut-export.js';
export * from './finding.js';
export { HashThread } from './hash/hash-thread.js';
export { defaultWorkers, type Hashing, parseWorkers, startHashing } from './hash/hashing.js';
export { type FinishedHash, type HashMaker, inlineHash, type StreamHash } from './hash/stream-hash.js';
export { truncationHint } from './input/console-artefacts.js';
export type { ExportDocument } from './input/export-document.js';
export {
  checkManifest,
  type ExportManifest,
  type SeenExport,
  type TickRange,
} from './input/export-manifest.js';
export type { ReadSoFar } from './input/hashed-source.js';
export { DEFAULT_INPUT_LIMITS, type InputLimits } from './input/input-limits.js';
export { type OpenExportOptions, type OpenedExport, openExport } from './input/open-export.js';
export { openZipArchive, type ZipArchive, type ZipEntry } from './input/zip-archive.js';
export { bytesPassed, partEnded } from './memory/collect-garbage.js';
export { type RowWindow, readRowWindows } from './read-document.js';
export {
  countUnknown as countUnknownColumns,
  DirectoryIncomplete,
  type DirectoryReading,
  directoryOf,
  type EndedRow,
  isSeen as isTableSeen,
  keepRow as keepDirectoryRow,
  type MessageWindow,
  NEEDED as NEEDED_TABLES,
  type Progress,
  type ReadOptions,
  readDirectory,
  readMessages,
  reportDamage,
  WANTED as WANTED_TABLES,
} from './read-export.js';
export type { HeldMessages, MessagesTaker } from './rows/chat-batch.js';
export { CHAT_COLUMNS } from './rows/chat-row-view.js';
export { CHAT_TABLE, type TableFacts, tableNamed, tableOfFile } from './rows/tables.js';
export * from './run-failure.js';
export * from './source-record.js';
export { reportTables, type TableCount, TableCounts } from './table-counts.js';
export { ByteSink } from './xml/byte-sink.js';
export { RecordBatch } from './xml/record-batch.js';
export { type HeldRecords, type KernelGuest, kernelGuest } from './xml/record-kernel.js';
export { CODING, type Coding, MOST_NAME_BYTES, RecordShape } from './xml/record-shape.js';
export { escapeInto, type TextForm, TextValue, TRAIT } from './xml/text-value.js';
export { XmlFault, type XmlFaultCode } from './xml/xml-fault.js';
export type { XmlName } from './xml/xml-names.js';
export { XML_LIMITS, XmlScanner, type XmlScannerOptions, type XmlToken } from './xml/xml-scanner.js';
