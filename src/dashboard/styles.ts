import { variables } from '../audit/report/styles.js';

/**
 * The colours are those of the report of an audit: blue and vermilion, which the colour-blind tell apart, and greys. Cards
 * stand out from the ground by lightness, and so have another of the two colours of a page in light than in dark.
 */
export const styles = `
:root {
  color-scheme: light; ${variables('light')}
  --ground: var(--raised); --card: var(--page);
}
@media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) {
  color-scheme: dark; ${variables('dark')}
  --ground: var(--page); --card: var(--raised);
} }
:root[data-theme="dark"] {
  color-scheme: dark; ${variables('dark')}
  --ground: var(--page); --card: var(--raised);
}
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 4.5rem; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: .9375rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
h1, h2, h3, p, ul, ol, dl, dd, fieldset { margin: 0; padding: 0; }
ul, ol { list-style: none; }
fieldset { border: 0; min-width: 0; }
:focus-visible { outline: 3px solid var(--right); outline-offset: 2px; border-radius: .2rem; }
[hidden] { display: none !important; }
.hidden {
  position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.skip { position: absolute; left: .5rem; top: -4rem; z-index: 9; background: var(--card); color: var(--right); padding: .5rem 1rem; }
.skip:focus { top: .5rem; }
.of, .aside, .empty { color: var(--muted); font-size: .85rem; }

.bar {
  position: sticky; top: 0; z-index: 5; display: flex; flex-wrap: wrap; align-items: center; gap: .35rem 1.5rem;
  padding: .6rem 1.5rem; background: var(--card); border-bottom: 1px solid var(--line);
}
.bar h1 { font-size: 1.05rem; line-height: 1.2; font-weight: 650; letter-spacing: -.01em; }
.bar p { font-size: .8125rem; color: var(--muted); line-height: 1.3; }
.title { margin-right: auto; }
.state { text-align: right; }
#connection { color: var(--text); }
#connection:not(:empty)::before {
  content: ""; display: inline-block; width: .55em; height: .55em; margin-right: .45em; border-radius: 50%;
  background: var(--unknown); vertical-align: .06em;
}
#connection.live::before { background: var(--right); }
#connection.lost::before { background: var(--wrong); border-radius: 0; }
.tools { display: flex; gap: .5rem; }
button {
  font: inherit; font-size: .8125rem; color: var(--text); background: transparent; border: 1px solid var(--line);
  border-radius: .35rem; padding: .35rem .7rem; min-height: 2rem; cursor: pointer;
}
button:hover { border-color: var(--muted); }
button.primary { background: var(--right); border-color: var(--right); color: var(--page); font-weight: 600; font-size: .9375rem; padding: .5rem 1rem; }

.message {
  max-width: 88rem; margin: 1rem auto 0; width: calc(100% - 3rem); padding: .7rem 1rem; background: var(--card);
  border: 1px solid var(--wrong); border-left-width: 5px; border-radius: .4rem;
}
main {
  display: grid; grid-template-columns: repeat(12, minmax(0, 1fr)); gap: 1rem; max-width: 91rem; margin: 0 auto; padding: 1rem 1.5rem;
}
.card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem 1.15rem 1.1rem; min-width: 0; grid-column: span 6; }
.card.wide { grid-column: 1 / -1; }
.card > header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem .9rem; margin-bottom: .6rem; }
.card h2 { font-size: 1rem; line-height: 1.3; font-weight: 650; letter-spacing: -.005em; }
.card > header .choice { margin-left: auto; align-self: center; }
#headline { grid-column: span 5; }
#trend { grid-column: span 7; }
#over-time, #originators { grid-column: span 8; }
#codes, #reference-data { grid-column: span 4; }
/* Before the first answer there is nothing to see, and what is drawn needs room all the same. */
main[aria-busy="true"], main[aria-busy="true"] ~ footer { visibility: hidden; }

.headline { display: flex; flex-direction: column; padding-block: 1.35rem; }
.claim { display: flex; align-items: center; gap: 1.35rem; }
.share {
  font-size: clamp(3.1rem, 2rem + 2.6vw, 4.5rem); font-weight: 700; line-height: 1; letter-spacing: -.035em; white-space: nowrap;
  color: var(--muted);
}
.share.above { color: var(--wrong); }
.share.below { color: var(--right); }
.share small { font-size: .5em; letter-spacing: 0; font-weight: 600; margin-left: .05em; }
.card.headline h2 { font-size: 1.15rem; text-wrap: pretty; }
#headline-note { color: var(--muted); margin-top: .35rem; font-size: .875rem; }
.meter { margin-top: auto; padding-top: 1.5rem; }
.track { position: relative; display: block; height: .6rem; border-radius: .3rem; background: var(--unknownSoft); }
#meter-fill { position: absolute; inset: 0 auto 0 0; width: var(--at, 0%); border-radius: .3rem; background: var(--right); }
#meter-fill.above { background: var(--wrong); }
.tenth { position: absolute; left: 50%; top: -.3rem; bottom: -.3rem; border-left: 2px dashed var(--text); }
.scale { position: relative; display: flex; justify-content: space-between; font-size: .75rem; color: var(--muted); margin-top: .4rem; }
.at-tenth { position: absolute; left: 50%; transform: translateX(-50%); color: var(--text); }
#yesterday { margin-top: .6rem; }

.choice { display: inline-flex; border: 1px solid var(--line); border-radius: .35rem; overflow: hidden; }
.choice label { position: relative; cursor: pointer; }
.choice input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer; }
.choice span { display: block; padding: .28rem .7rem; font-size: .8125rem; color: var(--muted); }
.choice label + label span { border-left: 1px solid var(--line); }
.choice input:checked + span { background: var(--unknownSoft); color: var(--text); font-weight: 600; }
.choice:focus-within:has(:focus-visible) { outline: 3px solid var(--right); outline-offset: 2px; }

.composition { display: flex; gap: 2px; height: 1.6rem; margin-bottom: .8rem; }
.composition span { flex: var(--part) 0 0; min-width: 3px; }
.composition.none { background: var(--unknownSoft); }
.tiles { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: .75rem; }
.tiles > div { border-left: 3px solid var(--kind, var(--line)); padding-left: .75rem; }
.tiles dt { color: var(--muted); font-size: .85rem; }
.tiles dd { font-size: 1.7rem; line-height: 1.25; font-weight: 650; letter-spacing: -.02em; }
.tiles dd.note { font-size: .8125rem; font-weight: 400; letter-spacing: 0; color: var(--muted); }
.accepted { --kind: var(--right); }
.mismatched { --kind: var(--wrong); }
.refused { --kind: var(--unknown); }
.problem { --kind: var(--unread); }
.composition span, .swatch { background: var(--kind, var(--line)); }
.swatch { display: inline-block; width: .7em; height: .7em; margin-right: .4em; }
.swatch.line { height: .2em; vertical-align: .25em; }
.swatch.dashed { height: 0; border-top: .15em dashed var(--text); background: none; vertical-align: .25em; width: 1.2em; }
.swatch.right-soft { background: var(--rightSoft); }
.heat-scale i { display: inline-block; width: .7em; height: .7em; }
.heat-scale { margin-right: .4em; }
.heat-scale i:nth-child(1), .heat1 { background: var(--heat1); }
.heat-scale i:nth-child(2), .heat2 { background: var(--heat2); }
.heat-scale i:nth-child(3), .heat3 { background: var(--heat3); }
.heat-scale i:nth-child(4), .heat4 { background: var(--heat4); }
.heat-scale i:nth-child(5), .heat5 { background: var(--heat5); }

.legend { display: flex; flex-wrap: wrap; gap: .15rem 1.1rem; font-size: .8125rem; color: var(--muted); min-height: 1.35rem; }
.legend b { color: var(--text); font-weight: 600; }
.plot { position: relative; overflow: hidden; flex: 1 0 auto; height: 13rem; margin-top: .4rem; }
#over-time .plot { height: 16rem; }
.plot .empty { position: absolute; inset: 0; display: grid; place-items: center; }
.plot :focus-visible { outline-offset: -3px; }
.u-legend { display: none; }
.u-select { background: transparent; }
.uplot, .u-wrap { font-family: inherit; }
.u-cursor-x { border-right: 1px solid var(--muted) !important; }
.u-cursor-y { display: none; }

table { border-collapse: collapse; width: 100%; font-size: .875rem; }
caption { text-align: left; }
th, td { text-align: left; vertical-align: top; padding: .38rem .75rem .38rem 0; border-bottom: 1px solid var(--line); font-weight: 400; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { font-size: .8125rem; color: var(--muted); vertical-align: bottom; }
.number { text-align: right; white-space: nowrap; }
.number:last-child { padding-right: 0; }
code { font: .85em ui-monospace, "SF Mono", Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.who code { display: block; color: var(--muted); }
.who { overflow-wrap: anywhere; }
.scroll { position: relative; overflow-x: auto; overscroll-behavior-x: contain; }
tr.rest th, tr.rest td { color: var(--muted); }
.code { display: inline-block; min-width: 5.2em; }
.code::before { content: ""; display: inline-block; width: .6em; height: .6em; margin-right: .5em; background: var(--kind); }
.meaning { color: var(--muted); display: block; font-size: .8125rem; padding-left: 1.1em; }
.bar-cell { width: 34%; min-width: 8rem; }
.bar-of { display: flex; align-items: center; gap: .5rem; }
.bar-of span { height: .8rem; flex: 0 0 calc((100% - 3.5rem) * var(--of)); min-width: 2px; background: var(--wrong); }
.bar-of.none span { visibility: hidden; }

.matrix { max-height: 62rem; overflow: auto; margin-top: .6rem; border-top: 1px solid var(--line); }
.matrix table { width: auto; border-collapse: separate; border-spacing: 0; font-size: .75rem; }
.matrix th, .matrix td { padding: 0; border: 0; }
.matrix thead th { position: sticky; top: 0; z-index: 2; background: var(--card); text-align: center; padding: .35rem 0; color: var(--text); }
.matrix tbody th {
  position: sticky; left: 0; z-index: 1; background: var(--card); min-width: 12rem; max-width: 12rem; padding: .15rem .5rem .15rem 0;
  overflow-wrap: anywhere; line-height: 1.25; vertical-align: middle; font-size: .8125rem;
}
.matrix thead th:first-child { left: 0; z-index: 3; text-align: left; color: var(--muted); }
.matrix td { min-width: 1.58rem; height: 1.55rem; text-align: center; vertical-align: middle; border: 1px solid var(--card); background: var(--ground); white-space: nowrap; }
.matrix td.right { background: var(--rightSoft); color: var(--text); }
.matrix td.heat1, .matrix td.heat2, .matrix td.heat3 { color: var(--onLowHeat); }
.matrix td.heat4, .matrix td.heat5 { color: var(--onHighHeat); }
.matrix td.heat1 { background: var(--heat1); }
.matrix td.heat2 { background: var(--heat2); }
.matrix td.heat3 { background: var(--heat3); }
.matrix td.heat4 { background: var(--heat4); }
.matrix td.heat5 { background: var(--heat5); }
.matrix td.heat5, .matrix td.heat4 { font-weight: 600; }
.matrix .sum { background: none; padding-inline: .25rem .6rem; text-align: right; font-size: .8125rem; }
.matrix thead .sum { color: var(--muted); }
.names { columns: 18rem auto; font-size: .8125rem; margin-top: .4rem; }
.names div { break-inside: avoid; padding: .1rem 0; }
.names dt { display: inline-block; width: 2rem; font-weight: 600; }
.names dd { display: inline; color: var(--muted); }
summary { cursor: pointer; color: var(--right); font-size: .85rem; padding: .35rem 0; }

.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .3rem 1rem; font-size: .875rem; }
.facts dt { color: var(--muted); }
.facts dd { overflow-wrap: anywhere; }
.version { font-size: 1.7rem; font-weight: 650; letter-spacing: -.02em; line-height: 1.2; display: flex; align-items: baseline; gap: .6rem; margin-bottom: .6rem; }
.tag { font-size: .8125rem; font-weight: 600; letter-spacing: 0; border: 1px solid currentcolor; border-radius: 1rem; padding: 0 .6rem; color: var(--right); }
.tag.stale, .tag.too-old, .tag.none { color: var(--wrong); }
.warn { color: var(--wrong); }

#refusals-list > li { border-top: 1px solid var(--line); }
#refusals-list > li:first-child { border-top: 0; }
#more { margin-top: .8rem; }
#refusals details > summary {
  display: grid; grid-template-columns: 4.6rem 11.5rem minmax(8rem, 15rem) minmax(0, 1fr); gap: .1rem 1rem; align-items: baseline;
  color: var(--text); list-style: none; padding: .45rem 0;
}
#refusals details > summary::-webkit-details-marker { display: none; }
#refusals details > summary:hover { background: var(--ground); }
#refusals time { color: var(--muted); }
#refusals .why { color: var(--muted); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
#refusals .from { overflow-wrap: anywhere; }
#refusals details[open] > summary .why { visibility: hidden; }
.record { padding: .2rem 0 .9rem 5.6rem; display: grid; gap: .75rem; font-size: .875rem; }
.finding { border-left: 3px solid var(--kind, var(--line)); padding-left: .8rem; }
.finding h3 { font-size: .875rem; font-weight: 650; }
.finding .effect { font-weight: 400; color: var(--muted); }
@media (prefers-reduced-motion: no-preference) {
  #refusals-list > li.new { animation: arrive 1.6s ease-out; }
  @keyframes arrive { from { background: var(--unknownSoft); } }
}

dialog { border: 1px solid var(--line); border-radius: .6rem; background: var(--card); color: var(--text); max-width: min(27rem, calc(100vw - 2rem)); padding: 1.5rem; }
dialog::backdrop { background: rgb(0 0 0 / .45); }
dialog h2 { font-size: 1.2rem; margin-bottom: .4rem; }
dialog label { display: block; font-weight: 600; margin: 1rem 0 .25rem; }
dialog input {
  width: 100%; font: 1rem ui-monospace, "SF Mono", Consolas, "DejaVu Sans Mono", monospace; color: inherit; background: var(--ground);
  border: 1px solid var(--muted); border-radius: .35rem; padding: .5rem .6rem;
}
dialog .of { margin-top: .4rem; }
.actions { margin-top: 1.1rem; }
footer { max-width: 91rem; margin: 0 auto; padding: .5rem 1.5rem 2.5rem; color: var(--muted); font-size: .85rem; }
footer p + p { margin-top: .35rem; }

@media (max-width: 70rem) {
  .card, #headline, #trend, #over-time, #codes, #originators, #reference-data { grid-column: 1 / -1; }
}
@media (max-width: 44rem) {
  .bar { position: static; padding-inline: 1rem; }
  .title { flex: 1 1 100%; }
  .state { text-align: left; margin-right: auto; }
  main { padding: .75rem; gap: .75rem; }
  .message { width: calc(100% - 1.5rem); }
  .card { padding: .9rem; }
  .claim { flex-direction: column; align-items: flex-start; gap: .6rem; }
  .tiles { grid-template-columns: 1fr 1fr; gap: .9rem .75rem; }
  .tiles > div:first-child { grid-column: 1 / -1; }
  .tiles dd { font-size: 1.4rem; }
  .plot { height: 11rem; }
  #over-time .plot { height: 13rem; }
  .state p { display: inline; }
  .who code { font-size: .7rem; letter-spacing: -.04em; white-space: nowrap; }
  #originators tbody th { min-width: 9.5rem; }
  .bar-cell { min-width: 6.5rem; }
  .matrix { max-height: 28rem; }
  .matrix tbody th { min-width: 8rem; max-width: 8rem; font-size: .75rem; }
  #refusals details > summary { grid-template-columns: 4.2rem minmax(0, 1fr); }
  #refusals .from, #refusals .why { grid-column: 2; }
  #refusals details[open] > summary .why { display: none; }
  .record { padding-left: 0; }
  .facts { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .facts dd { margin-bottom: .4rem; }
  footer { padding-inline: 1rem; }
}
`;
