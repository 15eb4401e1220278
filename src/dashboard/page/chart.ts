import type UPlot from 'uplot';
import { h } from './dom.js';
import { stepDay, stepTime } from './words.js';

/** What the legend says of one line or bar. */
export interface LegendEntry {
  readonly swatch: string;
  readonly name: string;
  readonly value: string;
}

export interface ChartOptions {
  /** What it shows, for who does not see it. */
  readonly label: string;
  readonly place: HTMLElement;
  readonly legend: HTMLElement;
  readonly series: readonly UPlot.Series[];
  /** How high the scale reaches, for the highest value there is. */
  readonly top: (highest: number) => number;
  readonly formatValue: (value: number) => string;
  /** The legend of one step, or of all of them. */
  readonly entries: (index: number | undefined) => readonly LegendEntry[];
}

export interface Chart {
  /** Steps in seconds since 1970, and the values of each series. */
  readonly show: (
    steps: readonly number[],
    values: readonly (readonly (number | null)[])[],
    isEmpty: boolean,
  ) => void;
  /** Draws it again, where colours have changed. */
  readonly redraw: () => void;
}

/** The value of one of the page's colours, which change with the theme. */
export const colourOf = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

const font = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

const keySteps: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowLeft: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  PageUp: (at) => at - 10,
  PageDown: (at) => at + 10,
  Home: () => 0,
  End: (_, last) => last,
};

const dayAt = (seconds: number): string => new Date(seconds * 1000).toDateString();

/** A chart over time. A pointer reads it, and so do the arrow keys: it is a slider over its steps. */
export function chart(options: ChartOptions): Chart {
  const { label, place, legend, series, top, formatValue, entries } = options;
  const empty = h('p', { class: 'empty' }, 'No decisions yet.');
  const drawn = h('div', { role: 'slider', tabindex: '0', 'aria-label': label, 'aria-valuemin': '0' });
  place.append(drawn, empty);
  let steps: readonly number[] = [];

  const tell = (index: number | undefined): void => {
    const said = entries(index);
    const when = index === undefined ? undefined : timeOf(steps, index);
    legend.replaceChildren(
      ...said.map(({ swatch, name, value }) =>
        h('li', {}, h('span', { class: `swatch ${swatch}` }), `${name} `, h('b', {}, value)),
      ),
      ...(when === undefined ? [] : [h('li', { class: 'when' }, 'at ', h('b', {}, when))]),
    );
    const words = said.map(({ name, value }) => `${name} ${value}`).join(', ');
    drawn.setAttribute('aria-valuenow', String(index ?? Math.max(0, steps.length - 1)));
    drawn.setAttribute('aria-valuetext', `${when ?? 'All of it'}: ${words}`);
  };

  const axis = { stroke: () => colourOf('muted'), font, ticks: { show: false } };
  const grid = { stroke: () => colourOf('line'), width: 1 };
  const plot = new uPlot(
    {
      width: 300,
      height: 150,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: false, y: false, setScale: false },
        sync: { key: 'steps' },
      },
      scales: {
        x: {
          time: true,
          range: () => {
            const [first = 0, second = first + 60] = steps;
            const half = (second - first) / 2;
            return [first - half, (steps.at(-1) ?? first) + half];
          },
        },
        y: { range: (_, __, highest) => [0, top(highest)] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 26,
          space: 70,
          values: (_, splits) =>
            splits.map((seconds, index) => {
              const isNewDay = index === 0 ? false : dayAt(seconds) !== dayAt(splits[index - 1] ?? seconds);
              return isNewDay || isDaily(splits) ? stepDay(seconds) : stepTime(seconds);
            }),
        },
        { ...axis, grid, size: 46, space: 34, values: (_, splits) => splits.map(formatValue) },
      ],
      series: [{}, ...series],
      hooks: {
        setCursor: [
          ({ cursor: { idx } }) => {
            tell(idx ?? undefined);
          },
        ],
      },
    },
    [[], ...series.map(() => [])],
    drawn,
  );

  const fit = (): void => {
    const { clientWidth: width, clientHeight: height } = place;
    if (width > 0) plot.setSize({ width, height });
  };
  new ResizeObserver(fit).observe(place);

  drawn.addEventListener('keydown', (event) => {
    const move = keySteps[event.key];
    const last = steps.length - 1;
    if (move === undefined || last < 0) return;
    event.preventDefault();
    const index = Math.min(last, Math.max(0, move(plot.cursor.idx ?? last + 1, last)));
    plot.setCursor({ left: plot.valToPos(steps[index] ?? 0, 'x'), top: 10 });
  });
  drawn.addEventListener('blur', () => {
    plot.setCursor({ left: -10, top: -10 });
  });

  return {
    show: (newSteps, values, isEmpty) => {
      steps = newSteps;
      empty.hidden = !isEmpty;
      drawn.setAttribute('aria-valuemax', String(Math.max(0, steps.length - 1)));
      plot.setData([[...steps], ...values.map((each) => [...each])]);
      tell(plot.cursor.idx ?? undefined);
    },
    redraw: () => {
      plot.redraw();
    },
  };
}

const isDaily = ([first = 0, second = 0]: readonly number[]): boolean => second - first >= 86_400;

/** "14:03", with the day where the chart is of several. */
export function timeOf(steps: readonly number[], index: number): string {
  const seconds = steps[index] ?? 0;
  const spansDays = (steps.at(-1) ?? 0) - (steps[0] ?? 0) > 12 * 3_600;
  return spansDays ? `${stepDay(seconds)}, ${stepTime(seconds)}` : stepTime(seconds);
}
