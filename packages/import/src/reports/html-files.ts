import { type Markup, markup, row, table } from './html-markup.js';
import type { PartFile, RunSummary } from './run-summary.js';
import { counted, grouped } from './wording.js';

/** The documents that were read. */
export function inputsTable(run: Pick<RunSummary, 'inputs'>): Markup {
  if (run.inputs.length === 0) return markup`<p>Nothing was read.</p>`;
  const rows = run.inputs.map((input) =>
    row(input.name, [
      input.bytes === null ? 'not known' : grouped(input.bytes),
      markup`<span class="id">${input.sha256 ?? 'not read to the end'}</span>`,
    ]),
  );
  return table('Documents of the export, as stored.', ['Document', 'Bytes', markup`SHA-256`], { rows });
}

/** The package that was written, or its parts. */
export function packageTable(run: Pick<RunSummary, 'package' | 'parts'>): Markup {
  if (run.parts !== undefined) return partsTables(run.parts);
  if (run.package === null) return markup`<p>No package was written.</p>`;
  const { name, bytes, sha256, entries } = run.package;
  const rows = entries.map((entry) =>
    row(entry.name, [grouped(entry.size), markup`<span class="id">${entry.sha256}</span>`]),
  );
  return markup`<p>${name}, ${counted(bytes, 'byte')}, SHA-256 <span class="id">${sha256}</span></p>
${table('Documents inside the package, uncompressed.', ['Document', 'Bytes', markup`SHA-256`], { rows })}`;
}

function partsTables(parts: readonly PartFile[]): Markup {
  const rows = parts.map(({ name, bytes, sha256, rooms, messages }) =>
    row(name, [grouped(rooms), grouped(messages), grouped(bytes), markup`<span class="id">${sha256}</span>`]),
  );
  const documents = parts.flatMap((part) =>
    part.entries.map((entry) =>
      row(`${part.name}: ${entry.name}`, [
        grouped(entry.size),
        markup`<span class="id">${entry.sha256}</span>`,
      ]),
    ),
  );
  return markup`<p>${counted(parts.length, 'part')}, to be imported in this order (PARTS.json). Each holds rooms of its own and all users, groups, add-ins and categories.</p>
${table('Parts of the package.', ['Part', 'Rooms', 'Messages', 'Bytes', markup`SHA-256`], { rows })}${table('Documents inside the parts, uncompressed.', ['Document', 'Bytes', markup`SHA-256`], { rows: documents })}`;
}
