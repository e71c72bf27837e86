import { RunFailure } from '@chatferry/export';
import { create } from 'xmlbuilder2';
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js';

/** An element with either text or child elements; never both, because indentation would then be text. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly content: string | readonly XmlElement[];
}

/** Of every document of the package: no byte order mark, nothing after it. */
export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

/** Children that become one tree of xmlbuilder2. */
const BATCH = 1000;

/**
 * The element as XML without white space between elements. This is the only door to xmlbuilder2, whose own escaping
 * loses text: it writes a text that looks like a reference (`&lt;`) as it stands, and CR, LF and TAB raw. Here CR in
 * text becomes `&#xD;`, and CR, LF and TAB in attributes `&#xD;` `&#xA;` `&#x9;`, so that a conforming parser reads the
 * same text (XML 1.0 sections 2.11 and 3.3.3). An empty text gives `<Desc></Desc>`, an empty list `<Roles/>`.
 *
 * Memory held: the text, and a tree of at most about a thousand elements; longer lists are built in batches, because a
 * room may have as many members as the pool has users.
 *
 * @throws RunFailure `bug` when a text holds a character that XML 1.0 forbids: a rule should have dealt with it.
 */
export function serialiseElement(element: XmlElement): string {
  if (!isLong(element)) return serialiseTree(element);
  const start = serialiseTree({ ...element, content: [] }).slice(0, -'/>'.length);
  return `${start}>${serialiseContent(element)}</${element.name}>`;
}

function isLong({ content }: XmlElement): boolean {
  return typeof content !== 'string' && (content.length > BATCH || content.some(isLong));
}

function serialiseContent({ name, content }: XmlElement): string {
  if (typeof content === 'string') throw new TypeError(`${name} has no children`);
  if (content.length <= BATCH) return content.map(serialiseElement).join('');
  let xml = '';
  for (let start = 0; start < content.length; start += BATCH) {
    const batch = content.slice(start, start + BATCH);
    xml += batch.some(isLong) ? batch.map(serialiseElement).join('') : serialiseBatch(batch);
  }
  return xml;
}

/** xmlbuilder2 wants one root, which goes again. */
function serialiseBatch(content: readonly XmlElement[]): string {
  return serialiseTree({ name: '_', attributes: [], content }).slice('<_>'.length, -'</_>'.length);
}

function serialiseTree(element: XmlElement): string {
  const document = create();
  append(document, element);
  try {
    return withHexadecimalReferences(document.root().toString({ wellFormed: true }));
  } catch (cause) {
    throw new RunFailure(
      'bug',
      `The element ${element.name}${describe(element)} holds a character that XML 1.0 forbids.`,
      'Report this: a rule should have replaced the character before it reached the package.',
      { cause },
    );
  }
}

function append(parent: XMLBuilder, element: XmlElement): void {
  const node = parent.ele(element.name);
  for (const [name, value] of element.attributes) node.att(name, escapeReferences(value, /[&\r\n\t]/g));
  if (typeof element.content === 'string') node.txt(escapeReferences(element.content, /[&\r]/g));
  else for (const child of element.content) append(node, child);
}

/** Decimal references pass xmlbuilder2 unchanged; hexadecimal ones would be escaped again. */
function escapeReferences(text: string, characters: RegExp): string {
  return text.replace(characters, (character) =>
    character === '&' ? '&amp;' : `&#${character.charCodeAt(0)};`,
  );
}

/** Every `&` of a text is `&amp;` by now, so these three can only be the references made above. */
function withHexadecimalReferences(xml: string): string {
  return xml.replaceAll('&#13;', '&#xD;').replaceAll('&#10;', '&#xA;').replaceAll('&#9;', '&#x9;');
}

function describe(element: XmlElement): string {
  const id = element.attributes.find(([name]) => /id$/i.test(name));
  return id === undefined ? '' : ` with ${id[0]} ${id[1]}`;
}
