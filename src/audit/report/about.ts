import { html } from 'ghtml';
import type { AuditSummary } from '../summary.js';
import { count, day, instant } from './format.js';
import { section } from './parts.js';

const terms: readonly (readonly [string, string])[] = [
  [
    'Wrong',
    'The certificate is held against whoever is registered as the Network Operator of the meter; where no registration is known, against whoever operates the distributor ID, the first two digits of the MPAN. It is wrong if it is that of another organisation, or of another role.',
  ],
  ['Judged', 'Right, wrong, or not for the check. Shares are of these, not of all rows.'],
  [
    'Could not be judged',
    'The row could be read, but something that the check needs is not known. Such a certificate may be right or wrong.',
  ],
  [
    'Supplier',
    'The responsible Supplier that the estate names. It need not be the one that placed the certificate.',
  ],
  [
    'Mix-up',
    'Holder and operator are different organisations. On a gas device it may be right all the same: one whose operator has left the DCC carries the access control broker’s certificate.',
  ],
  [
    '95% interval',
    'How far chance alone may move a share of so few meters (Wilson score interval). The fewer the meters, the wider.',
  ],
];

export const aboutSection = ({ estate, rows, day: asOf, auditedAt, referenceData }: AuditSummary): string =>
  section(
    'about',
    'What was audited, and how to read it',
    html`<dl class="facts">
        <dt>Estate</dt>
        <dd>${estate === '-' ? 'standard input' : estate}</dd>
        <dt>Rows</dt>
        <dd>${count(rows)}</dd>
        <dt>Lists as of</dt>
        <dd><time datetime="${asOf}">${day(asOf)}</time></dd>
        <dt>Audited</dt>
        <dd><time datetime="${auditedAt}">${instant(auditedAt)}</time></dd>
        <dt>Reference data</dt>
        <dd>version ${String(referenceData.version)}</dd>
        <dt>SHA-256 of it</dt>
        <dd><code>${referenceData.sha256}</code></dd>
      </dl>
      <dl class="terms">
        !${terms
          .map(
            ([term, meaning]) =>
              html`<dt>${term}</dt>
                <dd>${meaning}</dd>`,
          )
          .join('\n')}
      </dl>`,
  );
