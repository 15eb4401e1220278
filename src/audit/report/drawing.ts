import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/**
 * Draws a chart as SVG text. Its colours are CSS variables of the page. What Plot would put into a style element of its
 * own is in the page's, which alone its content security policy takes; so no mark may set a style.
 */
export function draw(options: Plot.PlotOptions, { isStretched = false } = {}): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>') as { document: unknown };
  const svg = Plot.plot({ ...options, document }) as unknown as SvgElement;
  svg.querySelector('style')?.remove();
  // The figure has a text alternative, and a table, which say more than the labels of single marks.
  svg.setAttribute('aria-hidden', 'true');
  if (isStretched) svg.setAttribute('preserveAspectRatio', 'none');
  return svg.outerHTML;
}

/** The DOM types are left out of the project, so that no service code takes itself for a browser's. */
interface SvgElement {
  readonly outerHTML: string;
  querySelector(selector: string): { remove(): void } | null;
  setAttribute(name: string, value: string): void;
}

/** As far as a chart is drawn; what is on paper has to fit A4. */
export const chartWidth = 900;

/** As wide as the narrowest phone leaves room for. */
export const narrowChartWidth = 288;
