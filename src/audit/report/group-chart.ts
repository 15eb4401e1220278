import * as Plot from '@observablehq/plot';
import { draw, narrowChartWidth } from './drawing.js';
import { count, percent } from './format.js';
import type { Share } from './share.js';
import { colour } from './styles.js';

export interface Bar {
  readonly name: string;
  readonly share: Share;
}

const [top, rowHeight, bottom] = [26, 24, 4];
const [countWidth, nameWidth, shareWidth, percentWidth] = [520, 216, 380, 64];

/** How many certificates are wrong, and beside it what share that is, in two charts of the same rows. */
export function groupCharts(bars: readonly Bar[], overall: number): string[] {
  const rows = bars.map((bar, index) => ({ ...bar, index }));
  const frame: Plot.PlotOptions = {
    height: top + rowHeight * bars.length + bottom,
    marginTop: top,
    marginBottom: bottom,
    // By its place, since two may have one name.
    y: { type: 'band', axis: null, domain: rows.map(({ index }) => index), padding: 0.28 },
  };
  return [countChart(frame, rows), shareChart(frame, rows, overall)];
}

type Row = Bar & { readonly index: number };

const countChart = (frame: Plot.PlotOptions, rows: readonly Row[]): string =>
  draw({
    ...frame,
    width: countWidth,
    marginLeft: nameWidth,
    marginRight: 84,
    x: { axis: null, domain: [0, Math.max(...rows.map(({ share }) => share.mismatched), 1)] },
    marks: [
      heading('Wrong certificates', { textAnchor: 'start', frameAnchor: 'top-left' }),
      Plot.text(rows, {
        y: 'index',
        text: 'name',
        frameAnchor: 'left',
        textAnchor: 'end',
        dx: -8,
        lineWidth: 16.5,
        textOverflow: 'ellipsis',
      }),
      Plot.barX(rows, {
        x: ({ share }: Row) => share.mismatched,
        y: 'index',
        fill: colour('wrong'),
        title: ({ name, share }: Row) => `${name}: ${inWords(share)}`,
      }),
      Plot.text(rows, {
        x: ({ share }: Row) => share.mismatched,
        y: 'index',
        text: ({ share }: Row) => count(share.mismatched),
        textAnchor: 'start',
        dx: 6,
      }),
    ],
  });

function shareChart(frame: Plot.PlotOptions, rows: readonly Row[], overall: number): string {
  // Without the intervals: that of a small group would press all the others together.
  const end = Math.min(1, Math.max(overall, ...rows.map(({ share }) => share.value)) * 1.12);
  const dot = ({ share }: Row): string => colour(share.low > overall ? 'wrong' : 'right');
  return draw({
    ...frame,
    width: shareWidth,
    marginLeft: 16,
    marginRight: percentWidth,
    x: { axis: null, domain: [0, end] },
    marks: [
      heading('Share of the judged', { textAnchor: 'start', frameAnchor: 'top-left' }),
      Plot.ruleY(rows, { y: 'index', x1: 0, x2: end, stroke: colour('line') }),
      Plot.ruleX([overall], { stroke: colour('text'), strokeDasharray: '3,3' }),
      Plot.ruleY(rows, {
        y: 'index',
        x1: ({ share }: Row) => share.low,
        x2: ({ share }: Row) => Math.min(end, share.high),
        stroke: dot,
        strokeWidth: 5,
        strokeOpacity: 0.45,
      }),
      Plot.dot(rows, {
        x: ({ share }: Row) => share.value,
        y: 'index',
        r: 5,
        fill: dot,
        symbol: ({ share }: Row) => (share.low > overall ? 'diamond' : 'circle'),
        title: ({ name, share }: Row) => `${name}: ${inWords(share)}`,
      }),
      Plot.text(rows, {
        y: 'index',
        text: ({ share }: Row) => percent(share.value),
        frameAnchor: 'right',
        textAnchor: 'end',
        dx: percentWidth - 2,
        fontVariant: 'tabular-nums',
      }),
    ],
  });
}

/** Both figures in one chart, with the name of a row above its bar. */
export function narrowGroupChart(bars: readonly Bar[], overall: number): string {
  const rows = bars.map((bar, index) => ({ ...bar, index }));
  const lineHeight = 44;
  const above = { y: 'index', dy: -13 };
  return draw({
    width: narrowChartWidth,
    height: lineHeight * rows.length,
    margin: 0,
    marginRight: 64,
    x: { axis: null, domain: [0, Math.max(...rows.map(({ share }) => share.mismatched), 1)] },
    y: { type: 'band', axis: null, domain: rows.map(({ index }) => index) },
    marks: [
      Plot.barX(rows, {
        x: ({ share }: Row) => share.mismatched,
        y: 'index',
        fill: colour('wrong'),
        insetTop: 20,
        insetBottom: 10,
      }),
      Plot.text(rows, {
        ...above,
        text: 'name',
        frameAnchor: 'left',
        textAnchor: 'start',
        lineWidth: 18,
        textOverflow: 'ellipsis',
      }),
      Plot.text(rows, {
        ...above,
        text: ({ share }: Row) => percent(share.value),
        frameAnchor: 'right',
        textAnchor: 'end',
        dx: 64,
        fontWeight: 600,
        fill: ({ share }: Row) => colour(share.low > overall ? 'wrong' : 'right'),
      }),
      Plot.text(rows, {
        x: ({ share }: Row) => share.mismatched,
        y: 'index',
        text: ({ share }: Row) => count(share.mismatched),
        textAnchor: 'start',
        dx: 6,
        dy: 5,
      }),
    ],
  });
}

const heading = (text: string, options: Plot.TextOptions): Plot.Markish =>
  Plot.text([text], { ...options, dy: -20, fontWeight: 600, fill: colour('muted') });

const inWords = ({ judged, mismatched, value, low, high }: Share): string =>
  `${count(mismatched)} of ${count(judged)} judged, ${percent(value)} (95%: ${percent(low)} to ${percent(high)})`;
