/** Blue and vermilion, which the colour-blind tell apart, and greys of different lightness. */
export const palettes = {
  light: {
    page: '#ffffff',
    raised: '#f4f6f8',
    text: '#16202b',
    muted: '#4d5a68',
    line: '#d3dae1',
    wrong: '#bf4600',
    right: '#0068a8',
    exempt: '#5b93b5',
    unknown: '#818c98',
    unread: '#3c4650',
    rightSoft: '#c3ddf0',
    unknownSoft: '#e6e9ec',
    heat1: '#fde6d8',
    heat2: '#fac7a5',
    heat3: '#f19a66',
    heat4: '#bf4600',
    heat5: '#7d2a00',
    onLowHeat: '#16202b',
    onHighHeat: '#ffffff',
  },
  dark: {
    page: '#10151b',
    raised: '#1a222b',
    text: '#e9eef3',
    muted: '#a9b5c1',
    line: '#35414d',
    wrong: '#ff8a4c',
    right: '#58aef0',
    exempt: '#7fa3ba',
    unknown: '#8b97a3',
    unread: '#d4dae0',
    rightSoft: '#1c4468',
    unknownSoft: '#2b343d',
    heat1: '#3b2519',
    heat2: '#5f321b',
    heat3: '#8a431c',
    heat4: '#ff8a4c',
    heat5: '#ffc9a8',
    onLowHeat: '#ffffff',
    onHighHeat: '#10151b',
  },
} as const;

export type Colour = keyof typeof palettes.light;

/** How a chart names a colour, so that it changes with the theme. */
export const colour = (name: Colour): string => `var(--${name})`;

export const variables = (theme: keyof typeof palettes): string =>
  Object.entries(palettes[theme])
    .map(([name, value]) => `--${name}: ${value};`)
    .join(' ');

/** Paper is always light, whatever the screen. */
export const styles = `
:root { color-scheme: light dark; ${variables('light')} }
@media screen and (prefers-color-scheme: dark) { :root { ${variables('dark')} } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
header, main, footer { max-width: calc(900px + 3rem); margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2rem; }
a { color: var(--right); }
:focus-visible { outline: 3px solid var(--right); outline-offset: 2px; }
h1 { font-size: clamp(1.4rem, 1rem + 2vw, 2.1rem); line-height: 1.2; margin: 0; text-wrap: balance; }
h2 { font-size: 1.45rem; line-height: 1.25; margin: 0 0 .5rem; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .25rem; }
p { margin: 0 0 .75rem; max-width: 46rem; overflow-wrap: anywhere; }
section { margin-top: 3.5rem; }
.of { color: var(--muted); margin: 0 0 1.5rem; }
.headline { display: flex; align-items: center; gap: 1.75rem; }
.headline .share {
  font-size: clamp(3.2rem, 1.5rem + 8vw, 6rem); font-weight: 700; line-height: 1; letter-spacing: -.03em;
  color: var(--wrong); margin: 0; white-space: nowrap;
}
.headline .share.none { color: var(--right); }
.lead { font-size: 1.1rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: .75rem 0 1rem; }
.figures div { border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .8rem; }
.figures dt { color: var(--muted); font-size: .9rem; }
.figures dd { margin: 0; font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.figures dd.note { font-size: .85rem; font-weight: 400; color: var(--muted); }
.swatch { width: .8em; height: .8em; margin-right: .4em; vertical-align: -.04em; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: 1.5rem 0 0; padding: .75rem 0; border-block: 1px solid var(--line); }
figure { margin: 1.25rem 0; }
figcaption { font-weight: 600; margin-bottom: .4rem; }
figcaption small, .note { display: block; font-weight: 400; font-size: .875rem; color: var(--muted); }
.scroll { overflow-x: auto; }
.chart { width: max-content; }
.beside { display: flex; }
.narrow { display: none; max-width: 26rem; }
.narrow svg { width: 100%; height: auto; }
.chart.fluid { width: auto; }
.chart.fluid svg { width: 100%; }
.chart svg { display: block; font-family: inherit; font-size: 12px; color: var(--text); flex: none; }
.chart svg text, .chart svg tspan { white-space: pre; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; list-style: none; margin: .5rem 0 0; padding: 0; font-size: .875rem; }
table { border-collapse: collapse; width: 100%; font-size: .925rem; margin: .75rem 0; }
caption { text-align: left; font-weight: 600; padding-bottom: .35rem; }
caption span { display: inline-block; position: sticky; left: 0; max-width: min(100%, calc(100vw - 2rem)); }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th, tfoot th, tfoot td { font-weight: 600; }
thead .number { white-space: normal; }
thead th { vertical-align: bottom; border-bottom: 2px solid var(--muted); }
tbody th { min-width: 11rem; max-width: 26rem; overflow-wrap: anywhere; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.number:last-child { padding-right: 0; }
.number + .text { padding-left: 1.5rem; }
code { font: .875em ui-monospace, "SF Mono", Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
th code { display: block; white-space: nowrap; }
th span + code { color: var(--muted); }
summary { cursor: pointer; color: var(--right); padding: .25rem 0; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.5rem; margin: 1rem 0; }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
.terms dt { font-weight: 600; }
.terms dd { margin: 0 0 .6rem; max-width: 46rem; }
footer { margin-top: 3rem; padding-bottom: 3rem; color: var(--muted); font-size: .875rem; }
@media screen and (max-width: 40rem) {
  header, main, footer { padding-inline: 1rem; }
  header { padding-top: 1.25rem; }
  .headline { display: block; }
  .headline .share { margin-bottom: .75rem; }
  .figures { grid-template-columns: 1fr 1fr; gap: .5rem; }
  .figures div { padding: .5rem .6rem; }
  .figures dd { font-size: 1.15rem; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: .6rem; }
  .wide { display: none; }
  .narrow { display: revert; }
  .chart:has(.narrow) { width: auto; }
  /* What a row is about stays in sight while its figures scroll. */
  tbody th, thead th:first-child { position: sticky; left: 0; background: var(--page); }
  tbody th { min-width: 9rem; max-width: 11.5rem; }
  th code { font-size: .75rem; letter-spacing: -.02em; }
}
@page { size: A4; margin: 14mm; }
@media print {
  :root { color-scheme: light; }
  body { font-size: 10pt; }
  header, main, footer { max-width: none; padding: 0; }
  nav { display: none; }
  section { margin-top: 2rem; }
  h2, h3, caption, figcaption { break-after: avoid; }
  figure, tr, .figures, .facts, .headline { break-inside: avoid; }
  section > p { break-after: avoid; break-inside: avoid; }
  .figures { grid-template-columns: repeat(5, 1fr); gap: .4rem; }
  .figures dd { font-size: 1.15rem; }
  table { font-size: 9pt; }
  th, td { padding-block: .25rem; }
  summary { color: var(--muted); list-style: none; }
  summary::after { content: ": in this report, on a screen"; }
  .scroll { overflow: visible; }
  .chart { width: 100%; }
  .chart svg { flex: 0 1 auto; min-width: 0; max-width: 100%; height: auto; }
  a { color: inherit; }
}
`;
