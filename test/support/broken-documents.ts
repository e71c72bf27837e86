import type { FailureCode } from '@chatferry/export';

/** An export.xml after which nothing can be trusted: how the text of the base is broken, and what ends the run. */
export interface BrokenDocument {
  readonly spoil: (xml: string) => string;
  readonly code: FailureCode;
  readonly words: RegExp;
}

const FIRST_ROW = '<tblRoleType rtypeID="1"';
const before =
  (markup: string) =>
  (xml: string): string =>
    xml.replace(FIRST_ROW, markup + FIRST_ROW);
const inFirstRow =
  (attributes: string) =>
  (xml: string): string =>
    xml.replace(FIRST_ROW, `${FIRST_ROW} ${attributes}`);
const above =
  (markup: string) =>
  (xml: string): string =>
    `${markup}\n${xml}`;

const BOMB = `<!DOCTYPE root [
<!ENTITY a "ha">
${[...'bcdefghij'].map((name, index) => `<!ENTITY ${name} "${`&${'abcdefghi'[index]};`.repeat(10)}">`).join('\n')}
]>`;

/** By the name of the fault, which is the name of the file below fixtures/refuse/document. */
export const BROKEN_DOCUMENTS: Readonly<Record<string, BrokenDocument>> = {
  'cut-in-tag': {
    spoil: (xml) => xml.slice(0, xml.indexOf('<tblChat') + 20),
    code: 'input-not-well-formed',
    words: /Unexpected end of the document/,
  },
  'cut-in-value': {
    spoil: (xml) => xml.slice(0, xml.indexOf('Good evening') + 4),
    code: 'input-not-well-formed',
    words: /Unexpected end of the document/,
  },
  'cut-between-rows': {
    spoil: (xml) => xml.slice(0, xml.indexOf('</root>')),
    code: 'input-not-well-formed',
    words: /Unexpected end of the document inside <root>/,
  },
  'cut-in-comment': {
    spoil: (xml) => `${xml}<!-- and`,
    code: 'input-not-well-formed',
    words: /Unexpected end of the document/,
  },
  'tag-mismatched': {
    spoil: (xml) => xml.replace('</root>', '</rows>'),
    code: 'input-not-well-formed',
    words: /Unexpected end tag, expected <\/root>/,
  },
  'end-tag-alone': {
    spoil: (xml) => `${xml}</root>\n`,
    code: 'input-not-well-formed',
    words: /Unexpected end tag/,
  },
  'attribute-without-quotes': {
    spoil: (xml) => xml.replace('rtypeID="2"', 'rtypeID=2'),
    code: 'input-not-well-formed',
    words: /Unexpected/,
  },
  'attributes-without-blank': {
    spoil: (xml) => xml.replace('rtypeID="2" ', 'rtypeID="2"'),
    code: 'input-not-well-formed',
    words: /expected a blank/,
  },
  'less-than-in-value': {
    spoil: inFirstRow('note="a < b"'),
    code: 'input-not-well-formed',
    words: /Unexpected </,
  },
  'name-begins-with-digit': {
    spoil: before('<1st/>'),
    code: 'input-not-well-formed',
    words: /Unexpected/,
  },
  'comment-with-two-hyphens': {
    spoil: before('<!-- a -- b -->'),
    code: 'input-not-well-formed',
    words: /Unexpected --/,
  },
  'declaration-not-first': {
    spoil: before('<?xml version="1.0"?>'),
    code: 'input-not-well-formed',
    words: /Unexpected/,
  },
  'xml-1.1': {
    spoil: above('<?xml version="1.1"?>'),
    code: 'input-not-well-formed',
    words: /Unexpected XML version, expected 1\.0/,
  },
  'row-in-row': {
    spoil: (xml) =>
      xml.replace(/(<tblRoleType rtypeID="3"[^>]*)\/>/, '$1><tblNode nodeID="5"/></tblRoleType>'),
    code: 'input-not-an-export',
    words: /Unexpected rows of tblNode inside another row in row-in-row\.xml/,
  },
  'document-type': { spoil: above('<!DOCTYPE root>'), code: 'input-dtd', words: /document type/ },
  'external-entity': {
    spoil: (xml) =>
      above('<!DOCTYPE root [<!ENTITY own SYSTEM "file:///etc/hostname">]>')(inFirstRow('note="&own;"')(xml)),
    code: 'input-dtd',
    words: /document type/,
  },
  'entity-bomb': {
    spoil: (xml) => above(BOMB)(inFirstRow('note="&j;"')(xml)),
    code: 'input-dtd',
    words: /document type/,
  },
  'nested-too-deep': {
    spoil: before(`${'<a>'.repeat(70)}${'</a>'.repeat(70)}`),
    code: 'input-limit',
    words: /nesting deeper than 64/,
  },
  'too-many-attributes': {
    spoil: inFirstRow(Array.from({ length: 1024 }, (_, index) => `a${index}=""`).join(' ')),
    code: 'input-limit',
    words: /more than 1024 attributes/,
  },
  'name-too-long': {
    spoil: before(`<${'n'.repeat(1025)}/>`),
    code: 'input-limit',
    words: /name of more than 1024 bytes/,
  },
  'root-missing': {
    spoil: (xml) => xml.replace(/ *<tblNode nodeID="1" .*\n/, ''),
    code: 'input-not-an-export',
    words: /tblNode without node 1/,
  },
  'table-missing': {
    spoil: (xml) => xml.replace(/ *<tblScopePrincipal .*\n/, ''),
    code: 'input-table-missing',
    words: /absence of tblScopePrincipal/,
  },
  'messages-missing': {
    spoil: (xml) => xml.replace(/ *<tblChat .*\n/, ''),
    code: 'input-table-missing',
    words: /absence of tblChat/,
  },
};
