export * from './ledger.js';
export * from './target-record.js';
