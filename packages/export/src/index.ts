export * from './finding.js';
export * from './run-failure.js';
export * from './source-record.js';
export { ByteSink } from './xml/byte-sink.js';
export { escapeInto, type TextForm, TextValue, TRAIT } from './xml/text-value.js';
