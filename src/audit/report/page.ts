import { createHash } from 'node:crypto';
import { html } from 'ghtml';
import type { AuditSummary } from '../summary.js';
import { aboutSection } from './about.js';
import { distributorSection, supplierSection } from './groups.js';
import { headline, headlineText, keyFigures } from './headline.js';
import { matrixSection } from './matrix.js';
import { monthSection } from './months.js';
import { notJudgedSection } from './not-judged.js';
import { styles } from './styles.js';
import { workListSection } from './work-lists.js';

// Nothing is fetched and nothing runs; of styles, only the page's own.
const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(styles).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

// Not in a template, whose formatting would add white space that the hash does not have.
const styleElement = `<style>${styles}</style>`;

const contents = [
  ['suppliers', 'Suppliers'],
  ['distributors', 'Distributors'],
  ['months', 'Months'],
  ['matrix', 'Whose on whose'],
  ['work-lists', 'What to replace'],
  ['not-judged', 'Not judged'],
  ['about', 'How to read it'],
] as const;

export const page = (summary: AuditSummary): string =>
  html`<!doctype html>
    <html lang="en-GB">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="!${contentSecurityPolicy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${headlineText(summary)} – ${summary.estate}</title>
        !${styleElement}
      </head>
      <body>
        <header>
          !${headline(summary)}
          <nav aria-label="Contents">
            <ul>
              !${contents.map(([id, text]) => html`<li><a href="#${id}">${text}</a></li>`).join('')}
            </ul>
          </nav>
        </header>
        <main>
          !${keyFigures(summary)} !${supplierSection(summary)} !${distributorSection(summary)}
          !${monthSection(summary)} !${matrixSection(summary)} !${workListSection(summary)}
          !${notJudgedSection(summary)} !${aboutSection(summary)}
        </main>
        <footer>
          Certificate-party check · ${summary.estate} · reference data
          ${String(summary.referenceData.version)}
        </footer>
      </body>
    </html> `;
