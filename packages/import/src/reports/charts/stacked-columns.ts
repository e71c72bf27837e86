import { scaleBand, scaleLinear } from 'd3-scale';
import { stack } from 'd3-shape';
import { joined, type Markup, markup, wideStart } from '../html-markup.js';
import { grouped } from '../wording.js';
import { pixels } from './svg-numbers.js';

/** A column: its parts stand one upon the other. */
export interface Column<Part extends string> {
  /** Such as `2010-09`. */
  readonly label: string;
  readonly counts: Readonly<Record<Part, number>>;
}

export interface StackedColumns<Part extends string> {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** From the bottom up; classes of the style sheet, and words of the legend. */
  readonly parts: readonly Part[];
  readonly columns: readonly Column<Part>[];
}

const WIDTH = 720;
const HEIGHT = 260;
const LEFT = 84;
const BOTTOM = 26;
const TOP = 30;
const TICKS = 4;
const LABELS = 9;
const LEGEND_STEP = 96;

/** Columns as SVG with axes and a legend. Its colours are those of the style sheet. */
export function stackedColumns<Part extends string>(chart: StackedColumns<Part>): Markup {
  const { id, title, description, parts, columns } = chart;
  const most = Math.max(1, ...columns.map(({ counts }) => sumOf(parts, counts)));
  const y = scaleLinear([0, most], [HEIGHT - BOTTOM, TOP]).nice(TICKS);
  const x = scaleBand(
    columns.map(({ label }) => label),
    [LEFT, WIDTH],
  ).padding(columns.length > 60 ? 0.1 : 0.2);
  const layers = stack<Column<Part>, Part>()
    .keys(parts)
    .value(({ counts }, part) => counts[part])([...columns]);
  const bars = layers.flatMap((layer) =>
    layer.flatMap(([from, to], index) => {
      if (from === to) return [];
      const { label } = columns[index] as Column<Part>;
      const top = y(to);
      return markup`<rect class="${layer.key}" x="${pixels(x(label) ?? 0)}" y="${pixels(top)}" width="${pixels(x.bandwidth())}" height="${pixels(y(from) - top)}"/>`;
    }),
  );
  const lines = y
    .ticks(TICKS)
    .filter(Number.isInteger)
    .map((tick) => {
      const at = pixels(y(tick));
      return markup`<line class="grid" x1="${LEFT}" x2="${WIDTH}" y1="${at}" y2="${at}"/><text x="${LEFT - 8}" y="${at}" text-anchor="end" dominant-baseline="central">${grouped(tick)}</text>`;
    });
  return markup`${wideStart(title)}<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${title}</title><desc id="${id}-desc">${description}</desc>
${joined(legend(parts))}${joined(lines)}
${joined(bars)}
${joined(labels(columns, (label) => (x(label) ?? 0) + x.bandwidth() / 2))}</svg></div>
`;
}

function sumOf<Part extends string>(parts: readonly Part[], counts: Readonly<Record<Part, number>>): number {
  return parts.reduce((sum, part) => sum + counts[part], 0);
}

function legend(parts: readonly string[]): Markup[] {
  return parts.map((part, index) => {
    const at = LEFT + index * LEGEND_STEP;
    return markup`<rect class="${part}" x="${at}" y="4" width="12" height="12"/><text x="${at + 18}" y="10" dominant-baseline="central">${part}</text>`;
  });
}

/** Not more of them than can stand side by side. */
function labels(columns: readonly Column<string>[], middleOf: (label: string) => number): Markup[] {
  const step = Math.ceil(columns.length / LABELS);
  return columns
    .filter((_, index) => index % step === 0)
    .map(
      ({ label }) =>
        markup`<text x="${pixels(middleOf(label))}" y="${HEIGHT - 8}" text-anchor="middle">${label}</text>`,
    );
}
