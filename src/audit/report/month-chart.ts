import * as Plot from '@observablehq/plot';
import { draw } from './drawing.js';
import { count, month, percent, shortCount } from './format.js';
import type { Share } from './share.js';
import { colour } from './styles.js';

export interface Month {
  readonly date: Date;
  readonly rows: number;
  /** Undefined where too few were judged. */
  readonly share: Share | undefined;
}

/** The share by month, and below it how many meters that is of. The months follow one another without a gap. */
export function monthCharts(months: readonly Month[], overall: number, width: number): string {
  const first = months[0]?.date;
  const last = months.at(-1)?.date;
  const frame: Plot.PlotOptions = {
    width,
    marginLeft: 48,
    marginRight: 16,
    x: {
      type: 'utc',
      domain: [first, last === undefined ? first : nextMonth(last)],
      label: null,
      ...(months.length < 12 && { ticks: 'month' }),
    },
  };
  return shareChart(frame, months, overall) + volumeChart(frame, months);
}

export const nextMonth = (date: Date): Date =>
  new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1));

function shareChart(frame: Plot.PlotOptions, months: readonly Month[], overall: number): string {
  const end = Math.min(1, Math.max(overall, ...months.map(({ share }) => share?.value ?? 0)) * 1.15) || 1;
  const middle = ({ date }: Month): Date => new Date((date.getTime() + nextMonth(date).getTime()) / 2);
  const shareAt =
    (of: (share: Share) => number) =>
    ({ share }: Month) =>
      share === undefined ? NaN : Math.min(end, of(share));
  return draw({
    ...frame,
    height: 240,
    marginTop: 28,
    marginBottom: 8,
    x: { ...frame.x, axis: null },
    y: { domain: [0, end], label: null, ticks: 5, tickFormat: axisPercent, grid: true },
    marks: [
      Plot.text(['Share of the judged that are wrong'], headingOptions),
      Plot.ruleY([overall], { stroke: colour('text'), strokeDasharray: '3,3' }),
      Plot.areaY(months, {
        x: middle,
        y1: shareAt(({ low }) => low),
        y2: shareAt(({ high }) => high),
        fill: colour('wrong'),
        fillOpacity: 0.25,
      }),
      Plot.lineY(months, {
        x: middle,
        y: shareAt(({ value }) => value),
        stroke: colour('wrong'),
        strokeWidth: 2.5,
      }),
      // A month between two that say nothing makes no line.
      Plot.dot(months, {
        x: middle,
        y: shareAt(({ value }) => value),
        r: months.length > 60 ? 1.5 : 3,
        fill: colour('wrong'),
      }),
      Plot.ruleY([0]),
      hoverTitles(months, end),
    ],
  });
}

const volumeChart = (frame: Plot.PlotOptions, months: readonly Month[]): string => {
  const end = Math.max(...months.map(({ rows }) => rows), 1);
  return draw({
    ...frame,
    height: 132,
    marginTop: 28,
    marginBottom: 24,
    y: { domain: [0, end], label: null, ticks: 3, tickFormat: shortCount },
    marks: [
      Plot.text(['Meters, by month of installation'], headingOptions),
      Plot.rectY(months, {
        x1: 'date',
        x2: ({ date }: Month) => nextMonth(date),
        y: 'rows',
        fill: colour('right'),
        // Thin bars are all gap.
        inset: (frame.width ?? 0) / months.length > 4 ? 0.5 : 0,
      }),
      Plot.ruleY([0]),
      hoverTitles(months, end),
    ],
  });
};

const headingOptions: Plot.TextOptions = {
  frameAnchor: 'top-left',
  textAnchor: 'start',
  dx: -44,
  dy: -22,
  fontWeight: 600,
  fill: colour('muted'),
};

/** Over the whole height of a month: a thin line is hard to point at. */
const hoverTitles = (months: readonly Month[], end: number): Plot.Markish =>
  Plot.rect(months, {
    x1: 'date',
    x2: ({ date }: Month) => nextMonth(date),
    y1: 0,
    y2: end,
    fill: 'transparent',
    title: ({ date, rows, share }: Month) =>
      share === undefined
        ? `${month(date)}: ${count(rows)} meters, too few judged for a share`
        : `${month(date)}: ${count(share.mismatched)} of ${count(share.judged)} judged, ${percent(share.value)}; ${count(rows)} meters`,
  });

const axisPercent = (value: number): string => `${String(Number((value * 100).toPrecision(3)))}%`;
