import { Buffer } from 'node:buffer';
import type { Place } from '../finding.js';
import { parseRecordText } from '../record-text.js';
import { RunFailure } from '../run-failure.js';
import { ByteSink } from '../xml/byte-sink.js';
import { LT } from '../xml/characters.js';
import { TextValue, TRAIT } from '../xml/text-value.js';
import { XmlFault } from '../xml/xml-fault.js';
import type { XmlName } from '../xml/xml-names.js';
import type { XmlScanner } from '../xml/xml-scanner.js';
import { ChatBatch, type MessagesTaker, XSI } from './chat-batch.js';
import { CHAT_COLUMNS, ChatRowView } from './chat-row-view.js';
import type { RawColumns } from './decode-row.js';
import {
  columnsOf,
  columnsWithoutValues,
  decodeBase64Utf16,
  requireNames,
  UnusableRow,
} from './row-columns.js';
import {
  CHAT_TABLE,
  decodeSqlName,
  isColumnName,
  type TableFacts,
  tableNamed,
  tableOfColumns,
  tableOfFile,
} from './tables.js';

/** A row that cannot be read, although the document around it can. */
export interface RowDamage {
  readonly code: string;
  readonly message: string;
  readonly place: Place;
}

/** What `next` found: a message in `chat`, another row in `columns`, a damaged row in `damage`. */
export type RowToken = 'more' | 'chat' | 'row' | 'damaged' | 'done';

/** A row that is being passed over because it is too long. */
interface LongRow {
  /** Elements around it. */
  readonly depth: number;
  readonly place: Place;
  name: XmlName | null;
}

const UNKNOWN_SLOT = -1;

/** What a pass has no use for. It is checked for well-formedness all the same. */
export interface SkippedRows {
  readonly skipsMessages?: boolean;
  readonly skipsDirectory?: boolean;
}

/** A row that takes more bytes is refused, because it must be held as a whole. No chat message comes near it. */
export const ROW_LIMIT_BYTES = 8 * 1024 * 1024;

/**
 * The same of the directory, whose rows are parsed into many strings: its longest columns hold some thousand
 * characters.
 */
const DIRECTORY_ROW_LIMIT_BYTES = 512 * 1024;

/**
 * Finds the rows of one document in every shape of FOR XML, DataSet.WriteXml and DataTable.WriteXml
 * (the design's source-formats.md): wrappers, inline schemas and DiffGram's originals are passed over.
 *
 * Messages are read from the scanner's bytes into one reused view. Rows of other tables are parsed by
 * fast-xml-parser, one at a time. A row that is damaged without harm to the structure comes as `damaged`.
 *
 * Memory: one row. Throws `XmlFault` for what ends the document, `RunFailure` for rows nested in rows.
 */
export class RowReader {
  readonly #scanner: XmlScanner;
  readonly #file: string;
  readonly #fileTable: TableFacts | null;
  readonly #roles: Map<XmlName, 'row' | 'wrapper'>[] = [];
  readonly #slots: number[] = [];
  readonly #tables: (TableFacts | null)[] = [];
  readonly #value = new TextValue();
  readonly #unknown = new TextValue();
  readonly #joined = new ByteSink(1 << 8);
  readonly #isTaken: boolean[] = CHAT_COLUMNS.map(() => false);
  #wrapperName = '';
  #skipsBelow = -1;
  #bareRowIsChat = false;
  #rowStart = 0;
  readonly #batch: ChatBatch;
  #long: LongRow | null = null;
  /** Of the row before, when it was too long to be kept. */
  #longPlace: Place | null = null;

  readonly chat: ChatRowView;
  /** Of the last `row` or `damaged`: its table, or null when unknown, with the name it goes by. */
  table: TableFacts | null = null;
  tableName = '';
  columns: RawColumns = new Map();
  damage: RowDamage | null = null;

  /** Messages are found and checked for well-formedness, but `chat` need not be filled. */
  readonly #skipsMessages: boolean;
  /**
   * The same of rows that carry the name of a table of their own: `columns` need not be filled, nor what damages them
   * be told.
   */
  readonly #skipsDirectory: boolean;

  constructor(scanner: XmlScanner, file: string, options: SkippedRows = {}) {
    this.#scanner = scanner;
    this.#skipsMessages = options.skipsMessages === true;
    this.#skipsDirectory = options.skipsDirectory === true;
    this.#file = file;
    this.#fileTable = tableOfFile(file);
    this.chat = new ChatRowView(() => this.place());
    this.#batch = new ChatBatch(scanner);
  }

  /** Where the last row begins. */
  place(): Place {
    return this.#longPlace ?? this.#scanner.place(null, this.#rowStart);
  }

  /**
   * Between two calls of `next`: offers messages behind the last one at once, as the kernel holds them, and passes over
   * those that are taken. Returns how many these are.
   */
  offer(take: MessagesTaker): number {
    return this.#long === null ? this.#batch.offer(take) : 0;
  }

  next(): RowToken {
    if (this.#long !== null) return this.#passLongRow(this.#long);
    this.#longPlace = null;
    for (;;) {
      const token = this.#next();
      if (token !== 'more') return this.#isLong(token) ? this.#tooLong(this.place()) : token;
      if (this.#skipsBelow >= 0 || this.#scanner.pendingBytes <= ROW_LIMIT_BYTES) return token;
      if (this.#scanner.window[this.#scanner.tokenStart] === LT) break;
      this.#passLongText();
    }
    // Back at the beginning of a row that is not whole, which from here on is not kept.
    this.#scanner.unmark();
    this.#scanner.cutsLongTokens = true;
    this.#long = { depth: this.#scanner.depth, place: this.#scanner.place(), name: null };
    return this.#passLongRow(this.#long);
  }

  /** A row of several chunks may be whole in the window all the same: what is refused must not depend on the chunks. */
  #isLong(token: RowToken): boolean {
    // What is taken many at a time is far from it.
    return token !== 'done' && this.#scanner.tokenEnd - this.#rowStart > ROW_LIMIT_BYTES;
  }

  /** White space between rows may be of any length, other text may not. */
  #passLongText(): void {
    const scanner = this.#scanner;
    const place = scanner.place();
    scanner.cutsLongTokens = true;
    scanner.next();
    scanner.cutsLongTokens = false;
    if (!scanner.isBlankText) throw longText(place);
  }

  /** Checks a row that is too long, piece by piece, and ends as `damaged` behind it. */
  #passLongRow(long: LongRow): RowToken {
    const scanner = this.#scanner;
    do {
      const token = scanner.next();
      if (token === 'more' || token === 'done') return token;
      if (token === 'start') long.name ??= scanner.name;
    } while (scanner.depth > long.depth || long.name === null);
    scanner.cutsLongTokens = false;
    this.#long = null;
    const table = this.#tableOf(long.name);
    this.table = table ?? (this.#bareRowIsChat ? CHAT_TABLE : this.#tableByContext());
    this.tableName = this.table?.name ?? decodeSqlName(long.name.text);
    return this.#tooLong(long.place);
  }

  #tooLong(place: Place): 'damaged' {
    this.#longPlace = place;
    this.damage = { code: 'record-too-long', message: tooLong(ROW_LIMIT_BYTES), place };
    return 'damaged';
  }

  #next(): RowToken {
    const scanner = this.#scanner;
    for (;;) {
      if (this.#skipsBelow < 0 && this.#batch.next()) return this.#takeOfBatch();
      scanner.heldFault = null;
      if (this.#skipsBelow < 0) scanner.mark();
      const token = scanner.next();
      if (token === 'more' || token === 'done') return token;
      if (this.#skipsBelow >= 0) {
        if (token === 'end' && scanner.depth === this.#skipsBelow) this.#skipsBelow = -1;
      } else if (token === 'start') {
        const found = this.#openElement();
        if (found !== null) return found;
      } else if (token === 'text' && !scanner.isBlankText) {
        return this.#strayText();
      }
      // Outside rows there is no record to refuse, so the fault is the document's.
      if (scanner.heldFault !== null) throw scanner.heldFault;
    }
  }

  /** A message that needed no tokens. */
  #takeOfBatch(): RowToken {
    this.#rowStart = this.#batch.start;
    this.table = CHAT_TABLE;
    this.tableName = CHAT_TABLE.name;
    this.damage = null;
    if (!this.#skipsMessages) this.#batch.read(this.chat);
    return 'chat';
  }

  /** Text between rows is nobody's record; it must not vanish in silence. */
  #strayText(): RowToken {
    this.#rowStart = this.#scanner.tokenStart;
    this.table = null;
    this.tableName = '';
    const place = this.place();
    if (this.#scanner.tokenEnd - this.#rowStart > ROW_LIMIT_BYTES) throw longText(place);
    this.damage = {
      code: 'text-between-rows',
      message: 'Unexpected text between rows, expected markup only',
      place,
    };
    return 'damaged';
  }

  #openElement(): RowToken | null {
    const scanner = this.#scanner;
    const name = scanner.name;
    const depth = scanner.depth;
    this.#rowStart = scanner.tokenStart;
    if (this.#isPassedOver(name)) {
      scanner.unmark();
      this.#skipsBelow = depth - 1;
      return null;
    }
    let role = this.#roleOf(name, depth);
    if (role === 'more' && scanner.pendingBytes > ROW_LIMIT_BYTES) {
      // The tag of its first child is too long to be seen whole, so it has attributes, which no column has.
      this.#again();
      role = 'wrapper';
      this.#roles[depth]?.set(name, role);
    }
    if (role === 'more') {
      scanner.rewind();
      return 'more';
    }
    if (role === 'wrapper') {
      this.#wrapperName = name.text;
      return null;
    }
    return this.#readRow(name);
  }

  /** Inline schemas, and what a DiffGram keeps of rows that no longer are. */
  #isPassedOver(name: XmlName): boolean {
    if (name.local === 'schema' || name.local === 'Schema') return true;
    return name.prefix !== '' && (name.local === 'before' || name.local === 'errors');
  }

  /**
   * Whether an element below the wrappers is a row or one more wrapper. Looks at the first child once a name and depth.
   */
  #roleOf(name: XmlName, depth: number): 'row' | 'wrapper' | 'more' {
    this.#roles[depth] ??= new Map();
    const roles = this.#roles[depth] as Map<XmlName, 'row' | 'wrapper'>;
    const known = roles.get(name);
    if (known === 'row' || (known === 'wrapper' && !this.#hasDocumentedColumn())) return known;
    if (name.local === 'diffgram') return 'wrapper';
    if (this.#hasDocumentedColumn()) {
      roles.set(name, 'row');
      return 'row';
    }
    const hasColumns = this.#columnAttributes() > 0;
    const role = this.#roleByFirstChild(name, depth, hasColumns);
    if (role === 'row' || role === 'wrapper') roles.set(name, role);
    if (role === 'empty' && hasColumns) {
      roles.set(name, 'row');
      return 'row';
    }
    return role === 'empty' ? (tableNamed(name.local) !== null && depth > 1 ? 'row' : 'wrapper') : role;
  }

  /** Reads on to the first child and comes back, so that the element's own tag is the current token again. */
  #roleByFirstChild(name: XmlName, depth: number, hasColumns: boolean): 'row' | 'wrapper' | 'more' | 'empty' {
    const scanner = this.#scanner;
    let token = scanner.next();
    while (token === 'text') token = scanner.next();
    if (token === 'more') return 'more';
    let role: 'row' | 'wrapper' | 'empty' = 'empty';
    if (token === 'start') {
      const isRow = hasColumns ? !this.#isRow(scanner.name) : this.#isRowChild(scanner.name, name, depth);
      role = isRow ? 'row' : 'wrapper';
    }
    this.#again();
    return role;
  }

  /** Whether a name says by itself that its element is a row. */
  #isRow(name: XmlName): boolean {
    return name.local === 'row' || (tableNamed(name.local) !== null && !isColumnName(name.local));
  }

  #isRowChild(child: XmlName, parent: XmlName, depth: number): boolean {
    if (this.#columnAttributes() > 0 || child.local === 'row' || child.local === 'schema') return false;
    if (isColumnName(child.local)) return true;
    if (tableNamed(child.local) !== null || child.local === 'diffgram') return false;
    return depth > 1 || tableNamed(parent.local) !== null;
  }

  /** An element with a column of the schema is a row whatever it holds: rows inside it would be a join, and refused. */
  #hasDocumentedColumn(): boolean {
    const scanner = this.#scanner;
    for (let i = 0; i < scanner.attributeCount; i++) {
      const name = scanner.attributeName(i);
      if (name.prefix === '' && !name.isDeclaration && isColumnName(name.local)) return true;
    }
    return false;
  }

  /** Attributes that are columns: all but namespaces, xsi:, xml:, and what DataSet writes about a row. */
  #columnAttributes(): number {
    const scanner = this.#scanner;
    let count = 0;
    for (let i = 0; i < scanner.attributeCount; i++) {
      const name = scanner.attributeName(i);
      if (!name.isDeclaration && name.prefix === '' && name.local !== 'encoding') count += 1;
    }
    return count;
  }

  #readRow(name: XmlName): RowToken {
    const scanner = this.#scanner;
    this.damage = null;
    const table = this.#tableOf(name);
    if (table?.role === 'messages') {
      return this.#skipsMessages && this.#batch.knows(name) ? this.#skipRow(table, 'chat') : this.#readChat();
    }
    if (table !== null && this.#skipsDirectory) return this.#skipRow(table, 'row');
    const isBare = table === null;
    if (isBare && this.#bareRowIsChat) {
      const found = this.#readChat();
      if (found === 'more' || (this.chat.isPresent[0] && this.chat.isPresent[1])) return found;
      // Without its key the row may belong to another table.
      this.#bareRowIsChat = false;
      this.#batch.pause();
      this.damage = null;
      this.#again();
    }
    const found = this.#readColumns(scanner.depth - 1);
    if (found === 'more') return 'more';
    this.table = table ?? tableOfColumns(new Set(this.columns.keys())) ?? this.#tableByContext();
    this.tableName = this.table?.name ?? decodeSqlName(name.text);
    if (this.table?.role === 'directory' && this.#isBeyondParsing()) {
      return this.#damaged('record-too-long', tooLong(DIRECTORY_ROW_LIMIT_BYTES), this.place());
    }
    if (this.table?.role !== 'messages') return found;
    this.#bareRowIsChat = isBare;
    this.damage = null;
    this.#again();
    return this.#readChat();
  }

  /** Back to the row's start tag. */
  #again(): void {
    this.#scanner.rewind();
    this.#scanner.next();
  }

  /** The table of an element name, remembered by the scanner's name ids. */
  #tableOf(name: XmlName): TableFacts | null {
    const known = this.#tables[name.id];
    if (known !== undefined) return known;
    const table = tableNamed(name.local);
    this.#tables[name.id] = table;
    return table;
  }

  #tableByContext(): TableFacts | null {
    return this.#fileTable ?? tableNamed(this.#wrapperName);
  }

  /**
   * The row's text parsed by fast-xml-parser, once the scanner has seen its end; of a very long row only the names of
   * the columns.
   */
  #readColumns(outerDepth: number): RowToken {
    const scanner = this.#scanner;
    const attributes = this.#attributeNames();
    let children: string[] | Set<string> = [];
    for (;;) {
      const token = scanner.next();
      if (token === 'more') {
        scanner.rewind();
        return 'more';
      }
      if (token === 'start') {
        this.#refuseNestedTable(outerDepth);
        if (scanner.depth !== outerDepth + 2) continue;
        if (Array.isArray(children) && this.#isBeyondParsing()) children = new Set(children);
        if (Array.isArray(children)) children.push(scanner.name.text);
        else children.add(scanner.name.text);
      }
      if (token === 'end' && scanner.depth === outerDepth) break;
    }
    const place = this.place();
    this.columns = new Map();
    if (scanner.heldFault !== null)
      return this.#damaged(scanner.heldFault.code, scanner.heldFault.message, scanner.heldFault.place);
    if (this.#isBeyondParsing()) {
      this.columns = columnsWithoutValues(attributes, children);
      return 'row';
    }
    // As decoded text with forbidden characters, so that surrogates in three-byte form come out as they are.
    this.#value.set(scanner.window, this.#rowStart, scanner.tokenEnd, 'decoded', TRAIT.FORBIDDEN);
    try {
      const record = parseRecordText(this.#value.toString());
      requireNames(record, [...attributes, ...children]);
      this.columns = columnsOf(record);
      return 'row';
    } catch (error) {
      if (error instanceof UnusableRow) return this.#damaged(error.code, error.message, place);
      // fast-xml-parser refuses names such as `constructor`.
      return this.#damaged(
        'name-unusable-in-row',
        'Unexpected column or table name that JavaScript reserves',
        place,
      );
    }
  }

  #isBeyondParsing(): boolean {
    return this.#scanner.tokenEnd - this.#rowStart > DIRECTORY_ROW_LIMIT_BYTES;
  }

  #attributeNames(): string[] {
    return Array.from(
      { length: this.#scanner.attributeCount },
      (_, i) => this.#scanner.attributeName(i).text,
    );
  }

  #refuseNestedTable(outerDepth: number): void {
    const { name, depth } = this.#scanner;
    if (depth !== outerDepth + 2 || this.#tableOf(name) === null || isColumnName(name.local)) return;
    throw new RunFailure(
      'input-not-an-export',
      `Unexpected rows of ${name.text} inside another row in ${this.#file}; a join with FOR XML AUTO or a nested relation wrote it`,
      'Export each table by its own query, or set Nested to false on the DataSet relations.',
      { place: this.#scanner.place() },
    );
  }

  /** A message from the scanner's bytes. */
  #readChat(): RowToken {
    const scanner = this.#scanner;
    const outerDepth = scanner.depth - 1;
    const { chat } = this;
    this.table = CHAT_TABLE;
    this.tableName = CHAT_TABLE.name;
    chat.clear();
    this.#isTaken.fill(false);
    this.#batch.learnRow(scanner.name, outerDepth);
    for (let i = 0; i < scanner.attributeCount; i++) this.#chatAttribute(i);
    for (;;) {
      const token = scanner.next();
      if (token === 'end') break;
      if (token === 'more' || (token === 'start' && !this.#chatElement())) {
        scanner.rewind();
        return 'more';
      }
      if (token === 'text' && !scanner.isBlankText) {
        this.#damaged('text-in-row', 'Unexpected text beside the columns of a row', scanner.place());
      }
    }
    if (scanner.depth !== outerDepth) throw new Error('the row reader lost its depth');
    const held = scanner.heldFault;
    chat.decode();
    if (held !== null) this.damage = { code: held.code, message: held.message, place: held.place };
    return this.damage === null ? 'chat' : 'damaged';
  }

  /** Only rows that carry their table's name are skipped unread: a bare `row` may belong to any table. */
  #skipRow(table: TableFacts, found: 'chat' | 'row'): RowToken {
    const scanner = this.#scanner;
    const outerDepth = scanner.depth - 1;
    this.table = table;
    this.tableName = table.name;
    for (;;) {
      const token = scanner.next();
      if (token === 'end' && scanner.depth === outerDepth) return found;
      if (token === 'start') this.#refuseNestedTable(outerDepth);
      if (token !== 'more') continue;
      scanner.rewind();
      return 'more';
    }
  }

  #chatAttribute(index: number): void {
    const name = this.#scanner.attributeName(index);
    if (name.isDeclaration || name.prefix !== '') return;
    const slot = this.#slotOf(name);
    this.#batch.learnColumn(name, slot, 'attribute');
    if (!this.#takeColumn(slot, name)) return;
    const value = slot === UNKNOWN_SLOT ? this.#unknown : (this.chat.values[slot] as TextValue);
    this.#scanner.attributeValue(index, value);
    if (slot === UNKNOWN_SLOT) this.chat.addExtra(name.local, value.toString());
    else this.chat.isPresent[slot] = true;
  }

  /** False, and the row damaged, when the column has occurred before, NULL or not. */
  #takeColumn(slot: number, name: XmlName): boolean {
    const isFirst = slot === UNKNOWN_SLOT ? !this.chat.extra.has(name.local) : this.#isTaken[slot] !== true;
    if (slot !== UNKNOWN_SLOT) this.#isTaken[slot] = true;
    if (!isFirst) {
      this.#damaged('column-repeated', `Unexpected second column ${name.local} in one row`, this.place());
    }
    return isFirst;
  }

  /** The slot of a column name, remembered by the scanner's name ids. */
  #slotOf(name: XmlName): number {
    const known = this.#slots[name.id];
    if (known !== undefined) return known;
    const column = decodeSqlName(name.local).toLowerCase();
    const index = CHAT_COLUMNS.findIndex((chatColumn) => chatColumn.toLowerCase() === column);
    const slot = index < 0 ? UNKNOWN_SLOT : index;
    this.#slots[name.id] = slot;
    return slot;
  }

  /** One column element up to its end tag. False: more bytes needed. */
  #chatElement(): boolean {
    const scanner = this.#scanner;
    const name = scanner.name;
    const depth = scanner.depth;
    this.#refuseNestedTable(depth - 2);
    const slot = this.#slotOf(name);
    this.#batch.learnColumn(name, slot, 'child');
    const isNull = this.#isNil();
    if (isNull) this.#batch.learnNull(name, slot);
    const isEncoded = this.#isBase64();
    this.#refuseStrangeAttributes(name, isEncoded);
    const isTaken = this.#takeColumn(slot, name);
    const value = isTaken && slot >= 0 ? (this.chat.values[slot] as TextValue) : this.#unknown;
    if (!this.#columnText(value, depth)) return false;
    if (isEncoded) this.#decodeBase64(value, name.text);
    if (!isTaken) return true;
    if (slot === UNKNOWN_SLOT) this.chat.addExtra(name.local, isNull ? null : value.toString());
    else this.chat.isPresent[slot] = !isNull;
    return true;
  }

  /** The text of a column up to its end tag. False: more bytes needed. */
  #columnText(value: TextValue, depth: number): boolean {
    const scanner = this.#scanner;
    value.set(scanner.window, 0, 0, 'element', 0);
    let pieces = 0;
    for (;;) {
      const token = scanner.next();
      if (token === 'more') return false;
      if (token === 'end' && scanner.depth < depth) break;
      if (token === 'start') {
        this.#damaged('column-has-elements', 'Unexpected element inside a column', scanner.place());
      }
      if (token !== 'text') continue;
      pieces += 1;
      if (pieces === 1) scanner.textValue(value);
      else this.#joinPiece(value, pieces === 2);
    }
    if (pieces > 1)
      value.set(Buffer.from(this.#joined.view()), 0, this.#joined.length, 'decoded', value.traits);
    return true;
  }

  /** A column whose text comes in pieces (CDATA, comments) is joined decoded; rare, so at the price of copies. */
  #joinPiece(value: TextValue, isSecond: boolean): void {
    if (isSecond) {
      this.#joined.clear();
      value.appendDecoded(this.#joined);
    }
    this.#scanner.textValue(this.#value);
    this.#value.appendDecoded(this.#joined);
    const forbidden = (value.traits | this.#value.traits) & TRAIT.FORBIDDEN;
    value.set(this.#joined.bytes, 0, 0, 'decoded', forbidden);
  }

  /** A column has no attributes but xsi:nil, xml:space and our own script's flag: what has others is no column. */
  #refuseStrangeAttributes(name: XmlName, isEncoded: boolean): void {
    if (this.#scanner.attributeCount === 0) return;
    const hasEncoding = this.#attributeIs((attribute) => attribute.text === 'encoding', null);
    if (this.#columnAttributes() === 0 && hasEncoding === isEncoded) return;
    this.#damaged(
      'column-has-attributes',
      `Unexpected attribute on column ${name.text}`,
      this.#scanner.place(),
    );
  }

  #isNil(): boolean {
    return this.#attributeIs(
      (name) => name.local === 'nil' && this.#scanner.namespaceOf(name.prefix) === XSI,
      ['true', '1'],
    );
  }

  #isBase64(): boolean {
    return this.#attributeIs((name) => name.text === 'encoding', ['base64-utf16le']);
  }

  /** Whether there is such an attribute with one of the values; null accepts any. */
  #attributeIs(matches: (name: XmlName) => boolean, values: readonly string[] | null): boolean {
    const scanner = this.#scanner;
    for (let i = 0; i < scanner.attributeCount; i++) {
      if (!matches(scanner.attributeName(i))) continue;
      if (values === null) return true;
      scanner.attributeValue(i, this.#value);
      return values.includes(this.#value.toString());
    }
    return false;
  }

  /** Our own export script's form for text that XML 1.0 cannot hold. */
  #decodeBase64(value: TextValue, column: string): void {
    const decoded = decodeBase64Utf16(value.toString());
    if (decoded === null) {
      this.#damaged(
        'column-undecodable',
        `Unexpected text in column ${column}, expected base64 of UTF-16LE`,
        this.place(),
      );
      return;
    }
    const text = TextValue.from(decoded.text);
    value.set(text.bytes, text.start, text.end, 'decoded', decoded.traits);
  }

  #damaged(code: string, message: string, place: Place): 'damaged' {
    this.damage ??= { code, message, place };
    return 'damaged';
  }
}

function tooLong(limit: number): string {
  return `Unexpected single record of more than ${limit} bytes`;
}

function longText(place: Place): XmlFault {
  return new XmlFault(
    'too-long',
    `Unexpected text of more than ${ROW_LIMIT_BYTES} bytes between rows, expected markup only`,
    place,
  );
}
