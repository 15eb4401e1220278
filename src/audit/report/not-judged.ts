import { html } from 'ghtml';
import type { AuditSummary } from '../summary.js';
import { inWords } from './check-words.js';
import { count, percent } from './format.js';
import { paragraph, section, table } from './parts.js';

const reasonsShown = 15;

export function notJudgedSection({ rows, unknown, bad, unknowns, faults }: AuditSummary): string {
  const all = [...unknowns].sort((a, b) => b.rows - a.rows);
  const allFaults = [...faults].sort((a, b) => b.rows - a.rows || a.firstRow - b.firstRow);
  return section(
    'not-judged',
    'What could not be judged, and why',
    all.length === 0
      ? paragraph('Of every row that could be read, the rules could say whether it is right.')
      : table({
          caption: `Read, but something is not known: ${count(unknown)}`,
          columns: [
            { heading: 'What is not known', cell: ({ reason }) => html`${inWords(reason)}` },
            { heading: 'Rows', isNumber: true, cell: (each) => count(each.rows) },
            { heading: 'Share of all', isNumber: true, cell: (each) => html`${percent(each.rows / rows)}` },
          ],
          rows: all,
          shown: reasonsShown,
          more: `The other ${count(all.length - reasonsShown)} reasons`,
        }),
    allFaults.length === 0
      ? paragraph('Every row could be read.')
      : table({
          caption: `Could not be read: ${count(bad)}`,
          columns: [
            { heading: 'What is wrong with the row', cell: ({ reason }) => html`${reason}` },
            { heading: 'Rows', isNumber: true, cell: (each) => count(each.rows) },
            { heading: 'First in row', isNumber: true, cell: ({ firstRow }) => count(firstRow) },
          ],
          rows: allFaults,
          shown: reasonsShown,
          more: `The other ${count(allFaults.length - reasonsShown)} reasons`,
        }),
  );
}
