import { type Place, TextValue, type XmlName, type XmlScanner } from '@chatferry/export';
import type { FaultKind, ReadFault } from '../check.js';
import type { DocumentLayout, EntryPath, ListPath } from '../layout/layout.js';
import { readEntry } from './entry-reader.js';
import { isRuntimeTable } from './runtime-tables.js';
import { ValueSlot } from './value-slot.js';

interface ListSlot {
  readonly path: ListPath;
  readonly position: number;
  isSeen: boolean;
}

type ChildSlot = ValueSlot | ListSlot;

/**
 * Reads one element of the layout, its attributes and children, strictly: what the layout does not have is a fault,
 * in whatever order attributes stand, because XML 1.0 gives that order no meaning (section 3.1).
 *
 * The faults belong to the record and are only told once it is whole: when the bytes end within it, the caller
 * rewinds and reads it again. Memory: the lists of one record.
 */
export class RecordReader {
  readonly scanner: XmlScanner;
  /** By name of the list, such as `members`; in the order of the document. */
  readonly lists = new Map<string, number[]>();
  readonly faults: ReadFault[] = [];
  /** Whether something required is missing or cannot be decoded, so that the record is no record. */
  isBroken = false;
  /** Offset of the record's start tag in the scanner's window. */
  start = 0;
  readonly #document: DocumentLayout;
  readonly #attributes: readonly ValueSlot[];
  readonly #children: readonly ChildSlot[];
  readonly #slots = new Map<string, ValueSlot>();
  readonly #scratch = new TextValue();

  /** `homeOf` lends a field's text value a home of the caller's. */
  constructor(
    scanner: XmlScanner,
    document: DocumentLayout,
    homeOf?: (field: string) => TextValue | undefined,
  ) {
    this.scanner = scanner;
    this.#document = document;
    const { attributes, children } = document.record;
    const valueFor = (field: string | null) => (field === null ? undefined : homeOf?.(field));
    this.#attributes = attributes.map((path, index) => new ValueSlot(path, index, valueFor(path.field)));
    this.#children = children.map((path, position) =>
      'entry' in path
        ? { path, position, isSeen: false }
        : new ValueSlot(path, position, valueFor(path.field)),
    );
    for (const slot of [...this.#attributes, ...this.#children]) {
      if (slot instanceof ValueSlot && slot.path.field !== null) this.#slots.set(slot.path.field, slot);
    }
  }

  /** The slot of a field; undefined when the layout writes it elsewhere (on the group). */
  slot(field: string): ValueSlot | undefined {
    return this.#slots.get(field);
  }

  list(name: string): readonly number[] {
    return this.lists.get(name) ?? [];
  }

  /** Call at the record's `start` token; ends after its `end` token. False: the bytes end within the record. */
  read(): boolean {
    this.#reset();
    readAttributes(this, this.#attributes);
    if (!this.#readChildren()) return false;
    this.#expectComplete(this.#attributes);
    this.#expectComplete(this.#children);
    return true;
  }

  fault(kind: FaultKind, message: string, seen?: Omit<ReadFault, 'kind' | 'message' | 'place'>): void {
    this.faults.push({ kind, message, place: this.scanner.place(), ...seen });
  }

  /** A fault of a value, found once the record is whole: it stands where the record begins. */
  valueFault(kind: FaultKind, message: string, seen?: Omit<ReadFault, 'kind' | 'message' | 'place'>): void {
    this.faults.push({ kind, message, place: this.place(null), ...seen });
  }

  /** The record's place, with its key when that is known. */
  place(record: string | null): Place {
    return this.scanner.place(record, this.start);
  }

  /** Passes over the element of the current `start` token. False: the bytes end within it. */
  skip(): boolean {
    const outside = this.scanner.depth - 1;
    for (;;) {
      const token = this.scanner.next();
      if (token === 'more') return false;
      if (token === 'end' && this.scanner.depth === outside) return true;
    }
  }

  #reset(): void {
    this.start = this.scanner.tokenStart;
    this.isBroken = false;
    this.faults.length = 0;
    this.lists.clear();
    for (const slot of this.#attributes) slot.isSeen = false;
    for (const slot of this.#children) slot.isSeen = false;
  }

  #readChildren(): boolean {
    let reached = 0;
    for (;;) {
      const token = this.scanner.next();
      if (token === 'more') return false;
      if (token === 'end') return true;
      if (token === 'text') {
        this.fault('layout', `Unexpected text in <${this.#document.record.name}>, expected elements only`);
        continue;
      }
      const child = this.#childNamed(this.scanner.name, reached);
      if (child === null) {
        this.#sayUnknown(this.scanner.name);
        if (!this.skip()) return false;
        continue;
      }
      if (!this.#takeChild(child, reached)) return false;
      reached = Math.max(reached, child.position);
    }
  }

  #takeChild(child: ChildSlot, reached: number): boolean {
    const name = child.path.name;
    if (child.isSeen) {
      this.fault('layout', `Unexpected second <${name}> in <${this.#document.record.name}>`);
      return this.skip();
    }
    if (child.position < reached) {
      const order = this.#children.map((slot) => slot.path.name).join(', ');
      this.fault('layout', `Unexpected place of <${name}>, expected the order ${order}`);
    }
    if (this.scanner.attributeCount > 0) this.fault('layout', `Unexpected attribute on <${name}>`);
    child.isSeen = true;
    return child instanceof ValueSlot ? this.#readText(child) : this.#readList(child.path.entry, name);
  }

  #readText(slot: ValueSlot): boolean {
    slot.beginText();
    for (;;) {
      const token = this.scanner.next();
      if (token === 'more') return false;
      if (token === 'end') return true;
      if (token === 'text') slot.takeText(this.scanner);
      else {
        this.fault(
          'layout',
          `Unexpected <${this.scanner.name.text}> in <${slot.path.name}>, expected text only`,
        );
        if (!this.skip()) return false;
      }
    }
  }

  #readList(entry: EntryPath, listName: string): boolean {
    const scope = { scratch: this.#scratch, before: new Set<number>() };
    for (;;) {
      const token = this.scanner.next();
      if (token === 'more') return false;
      if (token === 'end') return true;
      if (token === 'text') {
        this.fault('layout', `Unexpected text in <${listName}>, expected <${entry.name}> only`);
      } else if (this.scanner.name.text === entry.name) {
        readEntry(this, entry, scope);
        if (!this.#closeEmpty(entry.name)) return false;
      } else {
        this.#sayUnknown(this.scanner.name);
        if (!this.skip()) return false;
      }
    }
  }

  /** From the start tag of an element without content to its end. */
  #closeEmpty(name: string): boolean {
    for (;;) {
      const token = this.scanner.next();
      if (token === 'more') return false;
      if (token === 'end') return true;
      this.fault('layout', `Unexpected content of <${name}>, expected none`);
      if (token === 'start' && !this.skip()) return false;
    }
  }

  #childNamed(name: XmlName, from: number): ChildSlot | null {
    const count = this.#children.length;
    for (let i = 0; i < count; i++) {
      const child = this.#children[(from + i) % count] as ChildSlot;
      if (child instanceof ValueSlot ? child.isNamed(name) : child.path.name === name.text) return child;
    }
    return null;
  }

  #sayUnknown(name: XmlName): void {
    const { kind, record } = this.#document;
    if (kind === 'category' && name.text === record.name) {
      this.fault('nesting', 'Unexpected category inside a category, expected one level only');
    } else {
      this.fault(
        isRuntimeTable(name.text) ? 'forbidden' : 'layout',
        `Unexpected <${name.text}> in <${record.name}>, expected what the layout has`,
      );
    }
  }

  #expectComplete(slots: readonly ChildSlot[]): void {
    for (const slot of slots) {
      const { path } = slot;
      if (!slot.isSeen) {
        if (slot instanceof ValueSlot && slot.path.optional) continue;
        this.isBroken = true;
        const inside = `<${this.#document.record.name}>`;
        this.valueFault('layout', `Unexpected absence of ${path.name} in ${inside}, expected a value`);
      } else if (slot instanceof ValueSlot && slot.path.constant !== null) {
        expectConstant(this, slot, slot.path.constant);
      }
    }
  }
}

/** Takes the attributes of the current `start` token into their slots. */
export function readAttributes(reader: RecordReader, slots: readonly ValueSlot[]): void {
  const { scanner } = reader;
  const count = scanner.attributeCount;
  let guess = 0;
  for (let i = 0; i < count; i++) {
    const name = scanner.attributeName(i);
    let slot = slots[guess];
    if (slot === undefined || !slot.isNamed(name)) slot = slots.find((candidate) => candidate.isNamed(name));
    if (slot === undefined) {
      reader.fault('layout', `Unexpected attribute ${name.text}, expected what the layout has`);
      continue;
    }
    slot.takeAttribute(scanner, i);
    guess = slot.position + 1;
  }
}

function expectConstant(reader: RecordReader, slot: ValueSlot, constant: string): void {
  if (slot.value.toString() === constant) return;
  reader.valueFault('layout', `Unexpected value of ${slot.path.name}, expected "${constant}"`);
}
