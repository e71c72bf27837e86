import {
  openZipArchive,
  type Place,
  RunFailure,
  XmlFault,
  XmlScanner,
  type ZipArchive,
  type ZipEntry,
} from '@chatferry/export';

/** One element of a document, and what has been seen in all of its kind. Names carry their namespace: `{uri}name`. */
export class ElementShape {
  readonly name: string;
  readonly children = new Map<string, ElementShape>();
  readonly attributes = new Set<string>();
  /** `before` and `after` of children of one element, in the order in which they came. */
  readonly orders = new Set<string>();

  constructor(name: string) {
    this.name = name;
  }

  child(name: string): ElementShape {
    const known = this.children.get(name);
    if (known !== undefined) return known;
    const made = new ElementShape(name);
    this.children.set(name, made);
    return made;
  }
}

/** What a walk over a document tells, element by element; names carry their namespaces. */
export interface StructureVisitor {
  /** `depth` from 1; `earlier`: the other names among the elements before it in the same parent. */
  element(name: string, depth: number, earlier: readonly string[], place: () => Place): void;
  attribute(name: string, depth: number, place: () => Place): void;
}

const NAMES_IN_ONE_ELEMENT = 256;

const NAME_REFERENCE = 'Name the ZIP as Export-CsPersistentChatData wrote it.';

/**
 * Walks over the elements of one document, whatever it is. Memory: one window.
 *
 * @throws RunFailure for an archive that is damaged, a document that is not well-formed, or more than 256 kinds of
 *   elements in one.
 */
export async function walkStructure(
  archive: ZipArchive,
  entry: ZipEntry,
  visitor: StructureVisitor,
): Promise<void> {
  const scanner = new XmlScanner({ file: entry.name, forbidden: 'report' });
  const seen: string[][] = [[]];
  const drain = (): void => {
    for (;;) {
      const token = scanner.next();
      if (token === 'more' || token === 'done') return;
      if (token === 'start') visit(scanner, seen, visitor);
    }
  };
  try {
    for await (const chunk of archive.open(entry)) {
      scanner.push(chunk);
      drain();
    }
    scanner.finish();
    drain();
  } catch (error) {
    if (error instanceof XmlFault) throw notWellFormed(error);
    throw error;
  }
}

function visit(scanner: XmlScanner, seen: string[][], visitor: StructureVisitor): void {
  const { depth } = scanner;
  const place = () => scanner.place();
  const name = qualified(scanner, scanner.name.prefix, scanner.name.local);
  const earlier = seen[depth - 1] as string[];
  visitor.element(name, depth, earlier, place);
  if (!earlier.includes(name)) earlier.push(name);
  if (earlier.length > NAMES_IN_ONE_ELEMENT) {
    throw new RunFailure(
      'input-limit',
      `More than ${NAMES_IN_ONE_ELEMENT} kinds of elements in one element of ${place().file}.`,
      'Name a ZIP of Export-CsPersistentChatData as the reference.',
    );
  }
  seen[depth] = [];
  for (let i = 0; i < scanner.attributeCount; i++) {
    const attribute = scanner.attributeName(i);
    if (attribute.isDeclaration) continue;
    // Without a prefix an attribute is in no namespace.
    const isPlain = attribute.prefix === '';
    const written = isPlain ? attribute.local : qualified(scanner, attribute.prefix, attribute.local);
    visitor.attribute(written, depth, place);
  }
}

function qualified(scanner: XmlScanner, prefix: string, local: string): string {
  const uri = scanner.namespaceOf(prefix);
  return uri === null || uri === '' ? local : `{${uri}}${local}`;
}

/**
 * What the documents of a reference look like, by name; those that were split have one shape.
 *
 * @throws RunFailure for a reference that cannot be read.
 */
export async function structureOf(zipPath: string): Promise<Map<string, ElementShape>> {
  try {
    return await learned(zipPath);
  } catch (error) {
    if (!(error instanceof RunFailure) || !error.code.startsWith('archive-')) throw error;
    // Not the remedy of an export, which may be given as a folder too.
    throw new RunFailure(error.code, error.message, `${NAME_REFERENCE} If it is that, copy it again.`, {
      cause: error,
    });
  }
}

/** Whether a path of a layout occurs, such as `Categories.xml Pool/Categories/Category/@id`. */
export function hasPath(documents: ReadonlyMap<string, ElementShape>, path: string): boolean {
  const [document = '', below = ''] = path.split(' ');
  let shape = documents.get(document);
  for (const name of below.split('/')) {
    if (name.startsWith('@')) return shape?.attributes.has(name.slice(1)) === true;
    shape = shape?.children.get(name);
  }
  return shape !== undefined;
}

async function learned(zipPath: string): Promise<Map<string, ElementShape>> {
  const documents = new Map<string, ElementShape>();
  const archive = await openZipArchive(zipPath);
  try {
    for (const entry of archive.entries) {
      if (!entry.name.toLowerCase().endsWith('.xml')) continue;
      const document = documents.get(documentName(entry.name)) ?? new ElementShape('');
      documents.set(documentName(entry.name), document);
      await walkStructure(archive, entry, learner(document));
    }
  } finally {
    await archive.close();
  }
  return documents;
}

function learner(document: ElementShape): StructureVisitor {
  const path: ElementShape[] = [document];
  return {
    element(name, depth, earlier) {
      const parent = path[depth - 1] as ElementShape;
      path[depth] = parent.child(name);
      for (const before of earlier) if (before !== name) parent.orders.add(orderOf(before, name));
    },
    attribute(name, depth) {
      path[depth]?.attributes.add(name);
    },
  };
}

export function orderOf(before: string, after: string): string {
  return `${before}\n${after}`;
}

/** `Messages.xml` for `Messages-0002.xml`. */
export function documentName(entry: string): string {
  return entry.replace(/-\d{4}(?=\.xml$)/i, '');
}

function notWellFormed(error: XmlFault): RunFailure {
  return new RunFailure(
    'input-not-well-formed',
    `${error.place.file} is not well-formed: ${error.message}.`,
    NAME_REFERENCE,
    { place: error.place },
  );
}
