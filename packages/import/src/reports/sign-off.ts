/** Who signs a report, and what they say. */
export const SIGNERS = ['Migration administrator', 'Auditor'] as const;
export const SIGNED = ['Name', 'Decision: import / do not import', 'Date', 'Signature'] as const;

const TAG_MANIFEST_SUM = 'SHA-256 of tagmanifest-sha256.txt';
const LEDGER_SUM = 'SHA-256 of ledger.json';

/** What signers write down themselves, because no page inside the handoff can know it. */
export function writtenByHand(isLedgerKnown: boolean): readonly string[] {
  return [
    TAG_MANIFEST_SUM,
    ...(isLedgerKnown ? [] : [LEDGER_SUM]),
    'Fingerprint of the key that signed',
    'SHA-256 of the last entry of custody.ndjson, as its writer told it',
    'Verdict of chatferry-validate (step 2 of RUNBOOK.md), or why it was left out',
  ];
}
