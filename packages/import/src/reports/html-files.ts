import { type Markup, markup, named, row, table } from './html-markup.js';
import type { PartFile, RunSummary } from './run-summary.js';
import { counted, grouped } from './wording.js';

/** The documents that were read. */
export function inputsTable(run: Pick<RunSummary, 'inputs'>): Markup {
  if (run.inputs.length === 0) return markup`<p>Nothing was read.</p>`;
  const rows = run.inputs.map((input) =>
    row(named(input.name, input.sha256 ?? 'not read to the end'), [
      input.bytes === null ? 'not known' : grouped(input.bytes),
    ]),
  );
  return table('Documents of the export, as stored.', ['Document and SHA-256', 'Bytes'], { rows });
}

/** The package that was written, or its parts. */
export function packageTable(run: Pick<RunSummary, 'package' | 'parts'>): Markup {
  if (run.parts !== undefined) return partsTables(run.parts);
  if (run.package === null) return markup`<p>No package was written.</p>`;
  const { name, bytes, sha256, entries } = run.package;
  const rows = entries.map((entry) => row(named(entry.name, entry.sha256), [grouped(entry.size)]));
  return markup`<p>${name}, ${counted(bytes, 'byte')}, SHA-256 <span class="id">${sha256}</span></p>
${table('Documents inside the package, uncompressed.', ['Document and SHA-256', 'Bytes'], { rows })}`;
}

function partsTables(parts: readonly PartFile[]): Markup {
  const rows = parts.map(({ name, bytes, sha256, rooms, messages }) =>
    row(named(name, sha256), [grouped(rooms), grouped(messages), grouped(bytes)]),
  );
  const documents = parts.flatMap((part) =>
    part.entries.map((entry) =>
      row(named(`${part.name}: ${entry.name}`, entry.sha256), [grouped(entry.size)]),
    ),
  );
  return markup`<p>${counted(parts.length, 'part')}, to be imported in this order (PARTS.json). Each holds rooms of its own and all users, groups, add-ins and categories.</p>
${table('Parts of the package.', ['Part and SHA-256', 'Rooms', 'Messages', 'Bytes'], { rows })}${table('Documents inside the parts, uncompressed.', ['Document and SHA-256', 'Bytes'], { rows: documents })}`;
}
