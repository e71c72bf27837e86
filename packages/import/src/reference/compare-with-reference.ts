import { openZipArchive, type Place, RunFailure } from '@chatferry/export';
import type { FaultReport } from '../check.js';
import { type Layout, layoutPaths } from '../layout/layout.js';
import { counted } from '../reports/wording.js';
import {
  documentName,
  type ElementShape,
  hasPath,
  orderOf,
  type StructureVisitor,
  structureOf,
  walkStructure,
} from './package-structure.js';

export interface ReferenceOptions {
  /** By which the package was written. */
  readonly layout: Layout;
  readonly zipPaths: readonly string[];
  readonly referencePath: string;
}

/** What a reference has said of the form of a package. */
export interface ReferenceForm {
  /** Of the layout; without evidence that the target uses them. */
  readonly assumedPaths: number;
  /** How many of those occur in the reference. One that does not may only have had no record to stand in. */
  readonly seenPaths: number;
  /** Kinds of documents, elements, attributes and orders of the package that the reference has not. */
  readonly deviations: number;
  /** Whether all of the package could be read for it. */
  readonly isWhole: boolean;
}

/**
 * Compares the form of a package with a ZIP that the target's own Export-CsPersistentChatData has written: every
 * document, element, attribute and namespace of the package must occur there in the same place, and no two elements may
 * stand in an order that the reference has only the other way round. What the reference has and the package has not is
 * no fault.
 *
 * A package that is damaged is left to the checks: of it, what can be read is compared. Memory: one shape for each kind
 * of element, not for each element.
 *
 * @throws RunFailure for a reference that cannot be read.
 */
export async function compareWithReference(
  { layout, zipPaths, referencePath }: ReferenceOptions,
  fault: FaultReport,
): Promise<ReferenceForm> {
  const reference = await structureOf(referencePath);
  const deviations = new Deviations();
  let isWhole = true;
  for (const zipPath of zipPaths) {
    if (!(await comparePart(zipPath, reference, deviations))) isWhole = false;
  }
  deviations.sayTo(fault);
  const assumed = layoutPaths(layout).filter(({ evidence }) => evidence === 'assumed');
  return {
    assumedPaths: assumed.length,
    seenPaths: assumed.filter(({ path }) => hasPath(reference, path)).length,
    deviations: deviations.kinds,
    isWhole,
  };
}

/** Whether all of a part could be read. */
async function comparePart(
  zipPath: string,
  reference: ReadonlyMap<string, ElementShape>,
  deviations: Deviations,
): Promise<boolean> {
  const archive = await openZipArchive(zipPath).catch(onlyDamage);
  if (archive === null) return false;
  let isWhole = true;
  try {
    for (const entry of archive.entries) {
      const document = reference.get(documentName(entry.name));
      if (document === undefined) {
        deviations.add(`document ${documentName(entry.name)}`, {
          file: entry.name,
          line: 1,
          column: 1,
          record: null,
        });
        continue;
      }
      const walked = await walkStructure(archive, entry, comparer(document, deviations)).catch(onlyDamage);
      if (walked === null) isWhole = false;
    }
    return isWhole;
  } finally {
    await archive.close();
  }
}

/** The checks tell what is wrong with the package itself. */
function onlyDamage(error: unknown): null {
  if (error instanceof RunFailure) return null;
  throw error;
}

function comparer(document: ElementShape, deviations: Deviations): StructureVisitor {
  /** By depth; null below an element that the reference has not. */
  const path: (ElementShape | null)[] = [document];
  const names: string[] = [];
  const where = (depth: number) => names.slice(0, depth).join('/');
  return {
    element(name, depth, earlier, place) {
      names[depth - 1] = name;
      const parent = path[depth - 1] ?? null;
      const shape = parent?.children.get(name) ?? null;
      path[depth] = shape;
      if (parent === null) return;
      if (shape === null) {
        deviations.add(`element ${where(depth)}`, place());
        return;
      }
      for (const before of earlier) {
        if (before === name || parent.orders.has(orderOf(before, name))) continue;
        if (parent.orders.has(orderOf(name, before))) {
          deviations.add(`order of ${before} before ${name} in ${where(depth - 1)}`, place());
        }
      }
    },
    attribute(name, depth, place) {
      const shape = path[depth] ?? null;
      if (shape === null || shape.attributes.has(name)) return;
      deviations.add(`attribute ${name} of ${where(depth)}`, place());
    },
  };
}

/** Each deviation once, with its first place and how often it occurs. */
class Deviations {
  readonly #found = new Map<string, { readonly place: Place; count: number }>();

  get kinds(): number {
    return this.#found.size;
  }

  add(what: string, place: Place): void {
    const known = this.#found.get(what);
    if (known === undefined) this.#found.set(what, { place, count: 1 });
    else known.count += 1;
  }

  sayTo(fault: FaultReport): void {
    for (const [what, { place, count }] of this.#found) {
      fault({
        kind: 'layout',
        place,
        message: `Unexpected ${what}, expected only what the reference has; ${counted(count, 'time')}`,
        remedy: 'Calibrate the layout with the reference, and run the transform again with that layout.',
      });
    }
  }
}
