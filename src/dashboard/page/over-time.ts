import { count, percent } from '../../audit/report/format.js';
import type { AnswerKind } from '../answer-kind.js';
import type { Dashboard } from '../shape.js';
import { type Chart, chart, colourOf, timeOf } from './chart.js';
import { byId, columnHead, h, number, say } from './dom.js';
import { countsByKind, stacked, stepsOf, tenth, trendOf, windowWords } from './series.js';
import { kinds, kindWords } from './words.js';

const colours: Readonly<Record<AnswerKind, string>> = {
  accepted: 'right',
  mismatched: 'wrong',
  refused: 'unknown',
  problem: 'unread',
};

export interface OverTime {
  readonly show: (dashboard: Dashboard) => void;
  readonly redraw: () => void;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

const shortCounts = new Intl.NumberFormat('en-GB', { notation: 'compact', maximumFractionDigits: 1 });

/** Both charts over time, and the table of both. */
export function overTime(): OverTime {
  let shown: Dashboard['overTime'] | undefined;
  const trendChart = trend(() => shown);
  const answersChart = answersOverTime(() => shown);
  const table = byId('over-time-table') as HTMLDetailsElement;
  const showTable = (): void => {
    if (!table.open || shown === undefined) return;
    table.querySelector('.scroll')?.replaceChildren(tableOf(shown));
  };
  table.addEventListener('toggle', showTable);
  return {
    show: ({ overTime: data }) => {
      shown = data;
      const steps = stepsOf(data);
      const counts = countsByKind(data);
      const shares = trendOf(data);
      const isEmpty = data.answers.length === 0;
      trendChart.show(
        steps,
        [shares, steps.map(() => tenth)],
        shares.every((each) => each === null),
      );
      // The highest first: those below it are drawn over it.
      answersChart.show(steps, stacked(counts).reverse(), isEmpty);
      say('trend-of', `of the requests that were judged in each ${windowWords(data)}`);
      showTable();
    },
    redraw: () => {
      trendChart.redraw();
      answersChart.redraw();
    },
  };
}

function trend(shown: () => Dashboard['overTime'] | undefined): Chart {
  return chart({
    label: 'Share of mismatches over time',
    place: byId('trend-plot'),
    legend: byId('trend-legend'),
    series: [
      { stroke: () => colourOf('wrong'), width: 2, points: { show: false } },
      { stroke: () => colourOf('text'), width: 1.5, dash: [6, 5], points: { show: false } },
    ],
    top: (highest) => Math.max(0.15, Math.ceil(highest * 22) / 20),
    formatValue: (value) => `${String(Math.round(value * 100))}%`,
    entries: (index) => {
      const data = shown();
      const mismatched = data === undefined ? [] : countsByKind(data).mismatched;
      const share =
        index === undefined || data === undefined
          ? sum(mismatched) / sum(data?.judged ?? [])
          : trendOf(data)[index];
      return [
        {
          swatch: 'line mismatched',
          name: 'Mismatched',
          value: percent(share ?? Number.NaN),
        },
        { swatch: 'dashed', name: 'Without a check', value: 'a tenth' },
      ];
    },
  });
}

function answersOverTime(shown: () => Dashboard['overTime'] | undefined): Chart {
  const bars = uPlot.paths.bars?.({ size: [0.82, 24], align: 0 });
  return chart({
    label: 'Answers over time',
    place: byId('over-time-plot'),
    legend: byId('over-time-legend'),
    series: kinds.toReversed().map((kind) => ({
      fill: () => colourOf(colours[kind]),
      width: 0,
      points: { show: false },
      ...(bars !== undefined && { paths: bars }),
    })),
    top: (highest) => Math.max(4, highest * 1.06),
    // Half an answer is none.
    formatValue: (value) => (Number.isInteger(value) ? shortCounts.format(value) : ''),
    entries: (index) => {
      const data = shown();
      const counts = data === undefined ? undefined : countsByKind(data);
      return kinds.map((kind) => ({
        swatch: kind,
        name: kindWords[kind],
        value: count(index === undefined ? sum(counts?.[kind] ?? []) : (counts?.[kind][index] ?? 0)),
      }));
    },
  });
}

function tableOf(data: Dashboard['overTime']): HTMLElement {
  const steps = stepsOf(data);
  const counts = countsByKind(data);
  const shares = trendOf(data);
  const rows = steps
    .map((_, index) =>
      h(
        'tr',
        {},
        h('th', { scope: 'row' }, timeOf(steps, index)),
        ...kinds.map((kind) => number(count(counts[kind][index] ?? 0))),
        number(count(data.judged[index] ?? 0)),
        number(percent(shares[index] ?? Number.NaN)),
      ),
    )
    .reverse();
  return h(
    'table',
    {},
    h('caption', { class: 'hidden' }, 'Answers over time, the latest first'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        columnHead('From'),
        ...kinds.map((kind) => columnHead(kindWords[kind], true)),
        columnHead('Judged', true),
        columnHead(`Mismatched in the ${windowWords(data)}`, true),
      ),
    ),
    h('tbody', {}, ...rows),
  );
}
