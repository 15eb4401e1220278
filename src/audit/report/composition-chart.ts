import * as Plot from '@observablehq/plot';
import { chartWidth, draw } from './drawing.js';
import { percent } from './format.js';
import { type Colour, colour } from './styles.js';

export interface Part {
  readonly name: string;
  readonly rows: number;
  readonly colour: Colour;
}

/** All rows as one bar, which has no text and so may be stretched. */
export function compositionChart(parts: readonly Part[]): string {
  const all = parts.reduce((sum, { rows }) => sum + rows, 0);
  return draw(
    {
      width: chartWidth,
      height: 44,
      margin: 0,
      x: { axis: null, domain: [0, all] },
      marks: [
        Plot.barX(parts, {
          x: 'rows',
          fill: (part: Part) => colour(part.colour),
          // Its gap tells two parts from each other without their colours.
          stroke: colour('page'),
          strokeWidth: 1,
          order: null,
          title: ({ name, rows }: Part) => `${name}: ${percent(rows / all)}`,
        }),
      ],
    },
    { isStretched: true },
  );
}
