import { scaleBand, scaleLinear } from 'd3-scale';
import { joined, type Markup, markup, wideStart } from '../html-markup.js';
import { grouped } from '../wording.js';
import { pixels } from './svg-numbers.js';

/** A bar and what stands beside it. */
export interface Bar {
  readonly label: string;
  readonly count: number;
  /** A class of the style sheet, such as `error`. */
  readonly kind: string;
}

const WIDTH = 720;
const ROW = 24;
const LABELS = 250;
const COUNTS = 80;
const LONGEST_LABEL = 36;
const PADDING = 0.25;

/**
 * Horizontal bars as SVG, the first on top. Its colours are those of the style sheet; whoever cannot see it needs the
 * same figures in a table beside it. @param id unique in the page.
 */
export function barChart(id: string, title: string, bars: readonly Bar[]): Markup {
  const height = bars.length * ROW;
  const x = scaleLinear([0, Math.max(1, ...bars.map(({ count }) => count))], [LABELS, WIDTH - COUNTS]);
  const y = scaleBand(
    bars.map((_, index) => index),
    [0, height],
  ).padding(PADDING);
  const thick = y.bandwidth();
  const rows = bars.map(({ label, count, kind }, index) => {
    const top = y(index) ?? 0;
    const middle = pixels(top + thick / 2);
    const end = pixels(x(count));
    return markup`<text class="label" x="${LABELS - 8}" y="${middle}" text-anchor="end" dominant-baseline="central">${clipped(label)}</text><rect class="${kind}" x="${LABELS}" y="${pixels(top)}" width="${pixels(end - LABELS)}" height="${pixels(thick)}"/><text x="${end + 6}" y="${middle}" dominant-baseline="central">${grouped(count)}</text>
`;
  });
  const most = bars.map(({ label, count }) => `${label} ${grouped(count)}`).slice(0, 3);
  return markup`${wideStart(title)}<svg class="chart" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${title}</title><desc id="${id}-desc">Bars, the first of them: ${most.join(', ')}. All figures are in the table.</desc>
${joined(rows)}</svg></div>
`;
}

function clipped(label: string): string {
  const characters = [...label];
  return characters.length <= LONGEST_LABEL ? label : `${characters.slice(0, LONGEST_LABEL - 1).join('')}…`;
}
