export type { Check, CheckContext, CheckSession, FaultReport, ReadFault, RecordKind } from './check.js';
export { CHECKS, REHEARSAL_CHECKS } from './checks/index.js';
export { appendCustody } from './custody/append-entry.js';
export { verifyCustody } from './custody/verify-custody.js';
export { beginHandoff, type Handoff, type HandoffOptions } from './handoff/begin-handoff.js';
export { boundedLines, textLines } from './handoff/bounded-lines.js';
export { syncFile, syncFolder } from './handoff/durable.js';
export { isTaken, moveToFreeName } from './handoff/free-name.js';
export { CHECKPOINT_FILE, type UnfinishedPolicy } from './handoff/leftovers.js';
export { outputFailure, writeOutput, writing } from './handoff/output-failure.js';
export { type BagStrictness, verifyBag } from './handoff/verify-bag.js';
export type { BagOptions, BagSummary } from './handoff/write-bag.js';
export * from './layout/layout.js';
export { layoutConfirmation } from './layout/layout-confirmation.js';
export * from './ledger/ledger.js';
export { type ParsedLedger, parseLedger } from './ledger/parse-ledger.js';
export {
  allParts,
  type LocatedPackage,
  locatePackage,
  NOT_READY_PACKAGE_NAME,
  PACKAGE_NAME,
  packageNames,
} from './locate-package.js';
export { partialOf } from './package/archive-file.js';
export { appendBigInt } from './package/decimal.js';
export { directoryDocument, type LastChatIds } from './package/directory-documents.js';
export {
  type AuthorTally,
  createStretchWriter,
  type MessageStretch,
  type OrdinaryMessages,
  type StretchAuthor,
  type StretchStart,
  type StretchWriter,
} from './package/message-stretch.js';
export { type MessageDocuments, MessageWriter } from './package/message-writer.js';
export type { EntrySummary } from './package/package-entry.js';
export {
  createPartsWriter,
  PackagePartsWriter,
  type PartsState,
  type PartsWriterOptions,
  resumePartsWriter,
  type WrittenPart,
} from './package/package-parts-writer.js';
export {
  createPackageWriter,
  type PackageState,
  type PackageSummary,
  PackageWriter,
  type PackageWriterOptions,
  resumePackageWriter,
  type UnfinishedPackage,
} from './package/package-writer.js';
export { serialiseElement, type XmlElement } from './package/xml-element.js';
export {
  PARTS_NAME,
  type PackagePart,
  type ParsedParts,
  parseParts,
  partName,
  partOrder,
  partsJson,
} from './parts/package-parts.js';
export { type ValidatePartsOptions, validateParts } from './parts/validate-parts.js';
export { drawOrdinals } from './read-package/draw-ordinals.js';
export { OrdinalSample, type SampleRequest } from './read-package/ordinal-sample.js';
export { PackageDirectory } from './read-package/package-directory.js';
export { PackageLedger, type RoomTally } from './read-package/package-ledger.js';
export type { PackageMessage } from './read-package/package-message.js';
export { type PackageVisitor, type ReadScope, readPackage } from './read-package/read-package.js';
export { readParts } from './read-package/read-parts.js';
export { sampledText } from './read-package/sampled-text.js';
export { BlockFile } from './reports/block-file.js';
export { canonicalJson, type JsonValue, writeCanonicalJson } from './reports/canonical-json.js';
export { CsvFile } from './reports/csv-file.js';
export { type FileLinkPlace, FileLinkWriter, fileLinksOf } from './reports/file-link-writer.js';
export { countFindings, type FindingGroup, type FindingMark, FindingSink } from './reports/finding-sink.js';
export { writeHtmlReport } from './reports/html.js';
export {
  joined,
  type Markup,
  markup,
  NOTHING,
  row as rowMarkup,
  table as tableMarkup,
} from './reports/html-markup.js';
export { STYLE } from './reports/html-style.js';
export { importPackageScript } from './reports/import-script.js';
export { junitXml } from './reports/junit.js';
export { markdownReport } from './reports/markdown.js';
export { checkPages, parsePages, type RulePages, readPages } from './reports/rule-pages.js';
export * from './reports/run-summary.js';
export { type PackageToImport, type RunbookFacts, runbookMarkdown } from './reports/runbook.js';
export { summaryJson } from './reports/summary.js';
export { type TextOptions, textReport } from './reports/text.js';
export { columns, folded, wrapped } from './reports/text-layout.js';
export * from './reports/verdict.js';
export { counted, grouped, placeInWords, SEVERITY_WORD, visible } from './reports/wording.js';
export { runProgram } from './run-program.js';
export {
  PASSPHRASE_OPTION,
  SIGN_OPTION,
  SIGNING_HELP,
  type SigningFlags,
  signingKeyOf,
} from './seal/key-options.js';
export { type PublicKey, readPublicKey } from './seal/public-key.js';
export { defineSealCommand } from './seal/seal-command.js';
export { NO_TRUST, type SealReport, type SealTrust } from './seal/seal-report.js';
export { signHandoff } from './seal/sign-handoff.js';
export { readSigningKey, type SigningKey } from './seal/signing-key.js';
export { signedNotice } from './seal/verify-commands.js';
export { verifySignature } from './seal/verify-signature.js';
export * from './target-record.js';
export type { SkippedCheck } from './validate/run-checks.js';
export { defineValidateCommand } from './validate/validate-command.js';
export { type ValidateOptions, type ValidationResult, validatePackage } from './validate/validate-package.js';
export { VERSION } from './version.js';
export { MessageSample } from './view/message-sample.js';
export { RoomSpool } from './view/room-spool.js';
export { shownText } from './view/shown-text.js';
export { defineViewCommand } from './view/view-command.js';
