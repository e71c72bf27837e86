import { XMLParser } from 'fast-xml-parser';
import { type TextForm, TextValue, TRAIT } from './xml/text-value.js';

/** A piece of an element in document order: a child element, character data, or a CDATA section. */
export type RecordPiece =
  | { readonly kind: 'element'; readonly element: RecordElement }
  | { readonly kind: 'text'; readonly text: string };

/** One element of a directory record; names as written, values decoded. */
export interface RecordElement {
  readonly name: string;
  /** Attributes in document order, namespace declarations included. */
  readonly attributes: readonly (readonly [string, string])[];
  readonly pieces: readonly RecordPiece[];
}

const TEXT = '#text';
const CDATA = '#cdata';
const ATTRIBUTES = ':@';

type Ordered = Readonly<Record<string, unknown>>;

/**
 * The one door to fast-xml-parser. Its defaults lose data: they trim, turn "007" into a number, drop `&#1;`, leave
 * numeric references and join CDATA with text. So it runs with every conversion off and in document order, and
 * references and white space are resolved here as XML 1.0 asks, by the code that also serves messages.
 *
 * It is lenient, so it is only given records that `XmlScanner` has found well-formed, without a DTD.
 */
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  allowBooleanAttributes: false,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  cdataPropName: CDATA,
});

/**
 * Parses one record, a single well-formed element. Memory: a few times the record.
 * Throws `Error` when fast-xml-parser does not return exactly one element, which is a bug.
 */
export function parseRecordText(text: string): RecordElement {
  const roots = (parser.parse(withoutAsides(text)) as Ordered[]).filter((piece) => !(TEXT in piece));
  const [root] = roots;
  if (roots.length !== 1 || root === undefined) throw new Error('fast-xml-parser returned no single element');
  return toElement(root);
}

/**
 * fast-xml-parser looks for quotes inside processing instructions and so may run past their ends. An empty CDATA
 * section keeps the texts around one apart, as a parser does for line ends.
 */
function withoutAsides(text: string): string {
  if (!/<[?!]/.test(text)) return text;
  return text.replace(/<!\[CDATA\[[\s\S]*?\]\]>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>/g, (piece) =>
    piece.startsWith('<![CDATA[') ? piece : '<![CDATA[]]>',
  );
}

function toElement(ordered: Ordered): RecordElement {
  const name = Object.keys(ordered).find((key) => key !== ATTRIBUTES) as string;
  const attributes = Object.entries((ordered[ATTRIBUTES] ?? {}) as Record<string, string>);
  return {
    name,
    attributes: attributes.map(([key, value]) => [key, decode(value, 'attribute')] as const),
    pieces: (ordered[name] as Ordered[]).map(toPiece),
  };
}

function toPiece(ordered: Ordered): RecordPiece {
  if (TEXT in ordered) return { kind: 'text', text: decode(String(ordered[TEXT]), 'element') };
  if (CDATA in ordered) {
    const [content] = ordered[CDATA] as Ordered[];
    return { kind: 'text', text: decode(String(content?.[TEXT] ?? ''), 'cdata') };
  }
  return { kind: 'element', element: toElement(ordered) };
}

function decode(raw: string, form: TextForm): string {
  if (!/[&\r\n\t]/.test(raw)) return raw;
  const value = TextValue.from(raw);
  value.set(
    value.bytes,
    0,
    value.end,
    form,
    TRAIT.REFERENCE | TRAIT.CARRIAGE_RETURN | TRAIT.ATTRIBUTE_SPACE | TRAIT.FORBIDDEN,
  );
  return value.toString();
}
