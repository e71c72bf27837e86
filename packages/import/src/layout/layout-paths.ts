import type { DocumentLayout, EntryPath, Layout, LayoutPath, ValuePath } from './layout-types.js';

/**
 * Every path of a layout with its evidence, in document order, such as
 * `Categories.xml Pool/Categories/Category/Scope/Principal/@isDenied`.
 */
export function layoutPaths(layout: Layout): LayoutPath[] {
  return layout.documents.flatMap(documentPaths);
}

/** Whether no path is only assumed. While it is false, a report may not say that the layout fits the target. */
export function isLayoutConfirmed(layout: Layout): boolean {
  return layoutPaths(layout).every((path) => path.evidence !== 'assumed');
}

function documentPaths(document: DocumentLayout): LayoutPath[] {
  const { group, record } = document;
  const top = `${document.name} ${document.path.join('/')}`;
  const groupPath = group === null ? top : `${top}/${group.name}`;
  const recordPath = `${groupPath}/${record.name}`;
  const groupPaths =
    group === null
      ? []
      : [{ path: groupPath, evidence: group.evidence }, ...attributePaths(groupPath, group.attributes)];
  return [
    { path: top, evidence: document.evidence },
    ...groupPaths,
    { path: recordPath, evidence: record.evidence },
    ...attributePaths(recordPath, record.attributes),
    ...record.children.flatMap((child) => {
      const path = `${recordPath}/${child.name}`;
      const own = { path, evidence: child.evidence };
      return 'entry' in child ? [own, ...entryPaths(path, child.entry)] : [own];
    }),
  ];
}

function entryPaths(parent: string, entry: EntryPath): LayoutPath[] {
  const path = `${parent}/${entry.name}`;
  return [{ path, evidence: entry.evidence }, ...attributePaths(path, entry.attributes)];
}

function attributePaths(
  parent: string,
  attributes: readonly Pick<ValuePath, 'name' | 'evidence'>[],
): LayoutPath[] {
  return attributes.map(({ name, evidence }) => ({ path: `${parent}/@${name}`, evidence }));
}
