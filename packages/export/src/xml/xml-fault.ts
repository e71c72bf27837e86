import type { Place } from '../finding.js';

/** What is not well-formed, or over a limit. */
export type XmlFaultCode =
  | 'unexpected-end'
  | 'tag-mismatch'
  | 'second-root'
  | 'no-root'
  | 'text-outside-root'
  | 'bad-markup'
  | 'bad-name'
  | 'bad-declaration'
  | 'bad-comment'
  | 'bad-instruction'
  | 'duplicate-attribute'
  | 'less-than-in-attribute'
  | 'bad-reference'
  | 'undefined-entity'
  | 'cdata-end-in-text'
  | 'forbidden-character'
  | 'invalid-bytes'
  | 'unbound-prefix'
  | 'bad-namespace'
  | 'doctype'
  | 'too-deep'
  | 'too-many-attributes'
  | 'too-many-names'
  | 'too-long-name'
  | 'too-long';

/** The first thing in a document that is not well-formed XML 1.0 with namespaces, and where it stands. */
export class XmlFault extends Error {
  override readonly name = 'XmlFault';
  readonly code: XmlFaultCode;
  readonly place: Place;

  constructor(code: XmlFaultCode, message: string, place: Place) {
    super(message);
    this.code = code;
    this.place = place;
  }
}

/**
 * Faults after which the structure is still certain, so that a reader may refuse the one record and go on.
 * After any other fault nothing that follows can be trusted.
 */
export const RECOVERABLE_FAULTS: ReadonlySet<XmlFaultCode> = new Set<XmlFaultCode>([
  'duplicate-attribute',
  'bad-reference',
  'undefined-entity',
  'cdata-end-in-text',
  'invalid-bytes',
  'unbound-prefix',
  'bad-namespace',
]);
