import { html } from 'ghtml';
import type { AuditSummary } from '../summary.js';
import { inWords } from './check-words.js';
import { compositionChart, type Part } from './composition-chart.js';
import { count, counted, day, percent } from './format.js';
import { figure, swatch, table } from './parts.js';
import { shareOf } from './share.js';

/** The one sentence of the report. */
export function headlineText({ rows, judged, mismatched }: AuditSummary): string {
  if (rows === 0) return 'The estate holds no meters';
  if (judged === 0) return `None of ${counted(rows, 'meter')} could be judged`;
  if (mismatched === 0) {
    return judged === 1
      ? 'The one judged meter does not carry a wrong Network Operator’s certificate'
      : `None of ${count(judged)} judged meters carries the wrong Network Operator’s certificate`;
  }
  return `${count(mismatched)} of ${count(judged)} judged meters ${mismatched === 1 ? 'carries' : 'carry'} the wrong Network Operator’s certificate`;
}

export function headline(summary: AuditSummary): string {
  const { value } = shareOf(summary.mismatched, summary.judged);
  return html` <p class="of">Audit of ${summary.estate}, as of ${day(summary.day)}</p>
    <div class="headline">
      !${Number.isNaN(value) ? '' : html`<p class="share${summary.mismatched === 0 ? ' none' : ''}">${percent(value)}</p>`}
      <h1>${headlineText(summary)}</h1>
    </div>`;
}

export function keyFigures(summary: AuditSummary): string {
  const { rows, judged, mismatched, unknown, bad, byCheck } = summary;
  if (rows === 0) return html`<p>No row was read, and so there is nothing to show.</p>`;
  const parts: Part[] = [
    { name: 'Wrong', rows: mismatched, colour: 'wrong' },
    { name: 'Right', rows: byCheck.matched, colour: 'right' },
    { name: 'Not for the check', rows: byCheck['not-applicable'], colour: 'exempt' },
    { name: 'Could not be judged', rows: unknown, colour: 'unknown' },
    { name: 'Could not be read', rows: bad, colour: 'unread' },
  ];
  const alternative = parts.map((part) => `${part.name} ${percent(part.rows / rows)}`).join(', ');
  return html` !${figure({
      caption: `All ${count(rows)} rows of the estate`,
      alternative: `Bar of all rows: ${alternative}.`,
      chart: compositionChart(parts),
      isFluid: true,
    })}
    <dl class="figures">!${parts.map((part) => keyFigure(part, rows)).join('\n')}</dl>
    <p>
      ${count(judged)} rows (${percent(judged / rows)}) were judged: they are right, wrong, or not for the
      check.
      !${unknown + bad === 0 ? 'Every row could be judged.' : html`${count(unknown + bad)} (${percent((unknown + bad) / rows)}) were not; <a href="#not-judged">why</a>.`}
    </p>
    !${table({
      caption: 'Rows by outcome of the check',
      columns: [
        { heading: 'Outcome', cell: ({ check }) => html`${inWords(check)} <code>${check}</code>` },
        { heading: 'Rows', isNumber: true, cell: (each) => count(each.rows) },
        { heading: 'Share of all', isNumber: true, cell: (each) => html`${percent(each.rows / rows)}` },
      ],
      rows: Object.entries(byCheck).map(([check, each]) => ({ check, rows: each })),
      shown: 0,
      more: 'Rows by outcome of the check',
    })}`;
}

const keyFigure = (part: Part, all: number): string =>
  html`<div>
    <dt>!${swatch(part.colour)}${part.name}</dt>
    <dd>${count(part.rows)}</dd>
    <dd class="note">${percent(part.rows / all)} of all rows</dd>
  </div>`;
