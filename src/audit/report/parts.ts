import { html } from 'ghtml';
import { type Colour, colour } from './styles.js';

// In a template, !${…} takes what is HTML already; everything else is escaped.

export const section = (id: string, heading: string, ...content: readonly string[]): string =>
  html` <section id="${id}" aria-labelledby="${id}-heading">
    <h2 id="${id}-heading">${heading}</h2>
    !${content.join('\n')}
  </section>`;

export const paragraph = (text: string): string => (text === '' ? '' : html`<p>${text}</p>`);

interface Figure {
  readonly caption: string;
  readonly note?: string;
  /** What a chart shows, for those who do not see it. */
  readonly alternative: string;
  readonly chart: string;
  /** As wide as the page, whatever its width. */
  readonly isFluid?: boolean;
  readonly legend?: string;
}

export const figure = ({ caption, note, alternative, chart, isFluid = false, legend = '' }: Figure): string =>
  html` <figure>
    <figcaption>${caption}!${note === undefined ? '' : html` <small>${note}</small>`}</figcaption>
    <div class="scroll" tabindex="0" role="group" aria-label="${caption}">
      <div class="chart ${isFluid ? 'fluid' : ''}" role="img" aria-label="${alternative}">!${chart}</div>
    </div>
    !${legend}
  </figure>`;

/** A phone shows the second, everything else the first. */
export const forWidths = (wide: string, narrow: string): string =>
  html`<div class="wide">!${wide}</div>
    <div class="narrow">!${narrow}</div>`;

export const besideOneAnother = (...charts: readonly string[]): string =>
  html`<div class="beside">!${charts.join('')}</div>`;

const shapes = {
  square: 'M1 1h8v8h-8z',
  circle: 'M5 0a5 5 0 0 1 0 10a5 5 0 0 1 0-10z',
  diamond: 'M5 0l4 5l-4 5l-4-5z',
};

type Shape = keyof typeof shapes;

/** Drawn, since paper shows no backgrounds. */
export const swatch = (name: Colour, shape: Shape = 'square'): string =>
  html`<svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">
    <path d="${shapes[shape]}" fill="${colour(name)}" stroke="${colour('muted')}" stroke-width=".5" />
  </svg>`;

export const legend = (entries: readonly (readonly [Colour, string, Shape?])[]): string =>
  html` <ul class="legend">
    !${entries.map(([name, text, shape]) => html`<li>!${swatch(name, shape)}${text}</li>`).join('')}
  </ul>`;

export interface Column<Row> {
  readonly heading: string;
  readonly isNumber?: boolean;
  /** As HTML. */
  readonly cell: (row: Row) => string;
}

interface Table<Row> {
  readonly caption: string;
  /** The first heads its row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** As many are seen at once; the others at a click. */
  readonly shown: number;
  readonly more: string;
}

export function table<Row>({ caption, columns, rows, shown, more }: Table<Row>): string {
  const [first, others] = [rows.slice(0, shown), rows.slice(shown)];
  const whole = first.length === 0 ? '' : plainTable(caption, columns, first);
  if (others.length === 0) return whole;
  return html`!${whole}
    <details>
      <summary>${more}</summary>
      !${plainTable(more, columns, others)}
    </details>`;
}

const plainTable = <Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): string =>
  html` <div class="scroll" tabindex="0" role="group" aria-label="${caption}">
    <table>
      <caption>
        <span>${caption}</span>
      </caption>
      <thead>
        <tr>
          !${columns.map(({ heading, isNumber }) => html`<th scope="col" class="${classOf(isNumber)}">${heading}</th>`).join('')}
        </tr>
      </thead>
      <tbody>
        !${rows.map((row) => tableRow(columns, row)).join('\n')}
      </tbody>
    </table>
  </div>`;

const tableRow = <Row>(columns: readonly Column<Row>[], row: Row): string =>
  html`<tr>
    !${columns
      .map(({ cell, isNumber }, index) =>
        index === 0
          ? html`<th scope="row" class="${classOf(isNumber)}">!${cell(row)}</th>`
          : html`<td class="${classOf(isNumber)}">!${cell(row)}</td>`,
      )
      .join('')}
  </tr>`;

const classOf = (isNumber = false): string => (isNumber ? 'number' : 'text');
