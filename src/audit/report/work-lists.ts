import { html } from 'ghtml';
import type { AuditSummary } from '../summary.js';
import { count } from './format.js';
import { organisationNames } from './names.js';
import { paragraph, section, table } from './parts.js';

export function workListSection(summary: AuditSummary): string {
  const [id, heading] = ['work-lists', 'What to replace'];
  const nameOf = organisationNames(summary);
  const lists = [...summary.workLists].sort((a, b) => b.rows - a.rows || (a.file < b.file ? -1 : 1));
  if (lists.length === 0) return section(id, heading, paragraph('There is no certificate to replace.'));
  return section(
    id,
    heading,
    paragraph(
      'For each Network Operator, the meters whose certificates are to be replaced with its own. The files are beside this report.',
    ),
    table({
      caption: 'Work lists, the longest first',
      columns: [
        {
          heading: 'Network Operator',
          cell: ({ operator }) => html`${nameOf(operator, 'Operator not known')}`,
        },
        { heading: 'Certificates to replace', isNumber: true, cell: ({ rows }) => count(rows) },
        { heading: 'List', cell: ({ file }) => html`<a href="${relativeUrl(file)}">${file}</a>` },
      ],
      rows: lists,
      shown: lists.length,
      more: '',
    }),
  );
}

/** Begins with a dot, so that no name of a file is taken for a scheme or a host. */
function relativeUrl(file: string): string {
  // Through bytes, as a file's name goes: half a surrogate pair is no character that a URL could hold.
  const text = Buffer.from(file).toString();
  return `./${text.split('/').map(encodeURIComponent).join('/')}`;
}
