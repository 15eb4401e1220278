import * as Plot from '@observablehq/plot';
import { chartWidth, draw } from './drawing.js';
import { count, shortCount } from './format.js';
import { type Colour, colour } from './styles.js';

export interface Cell {
  readonly holder: string;
  readonly operator: string;
  readonly rows: number;
  readonly colour: Colour;
  readonly textColour: Colour;
  /** Among the most frequent. */
  readonly isHigh: boolean;
  readonly title: string;
}

interface Axes {
  /** In the order of the columns, and of the rows. */
  readonly holders: readonly string[];
  readonly operators: readonly string[];
  readonly holderName: (holder: string) => string;
  readonly operatorName: (operator: string) => string;
}

const [left, top] = [200, 150];
// For a name that leans over the last column.
const leaning = 110;
const [widestCell, highestCell] = [56, 36];
// Between narrower ones no name could lean.
const leastCellToLean = 22;
// Narrower ones have no room for a figure; up to the second, only the upper shades have one, so that they stand out.
const [cellWithText, cellWithAnyText] = [28, 40];

export function matrixChart(
  cells: readonly Cell[],
  { holders, operators, holderName, operatorName }: Axes,
): string {
  const sizeBeside = (right: number): number =>
    Math.min(widestCell, Math.floor((chartWidth - left - right) / holders.length));
  const leans = sizeBeside(leaning) >= leastCellToLean;
  const right = leans ? leaning : 8;
  const size = sizeBeside(right);
  const height = Math.min(size, highestCell);
  return draw({
    width: left + size * holders.length + right,
    height: top + height * operators.length + 8,
    marginLeft: left,
    marginRight: right,
    marginTop: top,
    marginBottom: 8,
    x: { type: 'band', axis: null, domain: holders, padding: 0 },
    y: { type: 'band', axis: null, domain: operators, padding: 0 },
    marks: [
      axisTitle('Certificate of →', -34),
      axisTitle('on meters of ↓', -16),
      Plot.text(holders, {
        x: (holder: string) => holder,
        text: holderName,
        frameAnchor: 'top',
        textAnchor: 'start',
        ...(leans ? { rotate: -45, dx: 2 } : { rotate: -90, fontSize: 11 }),
        dy: -8,
        lineWidth: 11.5,
        textOverflow: 'ellipsis',
      }),
      Plot.text(operators, {
        y: (operator: string) => operator,
        text: operatorName,
        frameAnchor: 'left',
        textAnchor: 'end',
        dx: -8,
        lineWidth: 15,
        textOverflow: 'ellipsis',
      }),
      Plot.frame({ stroke: colour('line') }),
      Plot.cell(cells, {
        x: 'holder',
        y: 'operator',
        fill: ({ colour: name }: Cell) => colour(name),
        inset: 0.75,
        title: 'title',
      }),
      ...(size < cellWithText
        ? []
        : [
            Plot.text(size < cellWithAnyText ? cells.filter(({ isHigh }) => isHigh) : cells, {
              x: 'holder',
              y: 'operator',
              text: ({ rows }: Cell) => (rows < 1000 ? count(rows) : shortCount(rows)),
              fill: ({ textColour }: Cell) => colour(textColour),
              fontSize: size < cellWithAnyText ? 10 : 11,
              pointerEvents: 'none',
            }),
          ]),
    ],
  });
}

const axisTitle = (text: string, dy: number): Plot.Markish =>
  Plot.text([text], {
    frameAnchor: 'top-left',
    textAnchor: 'end',
    dx: -8,
    dy,
    fontWeight: 600,
    fill: colour('muted'),
  });
