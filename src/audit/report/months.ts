import { html } from 'ghtml';
import type { AuditSummary } from '../summary.js';
import { chartWidth, narrowChartWidth } from './drawing.js';
import { count, counted, month, percent } from './format.js';
import { type Month, monthCharts, nextMonth } from './month-chart.js';
import type { Group } from './names.js';
import { figure, forWidths, paragraph, section, table } from './parts.js';
import { type Share, shareOf, shareOfTally } from './share.js';

// Fewer say next to nothing.
const leastJudged = 30;
const rowsShown = 12;

type Dated = Group & { readonly date: Date; readonly share: Share };

export function monthSection(summary: AuditSummary): string {
  const [id, heading] = ['months', 'By month of installation'];
  const rows = summary.months
    .map((group) => ({ ...group, share: shareOfTally(group) }))
    .sort((a, b) => (a.key < b.key ? 1 : -1));
  const dated = rows.flatMap((row): Dated[] => {
    const date = dateOf(row.key);
    return date === undefined || row.key > summary.day ? [] : [{ ...row, date }];
  });
  if (dated.length === 0)
    return section(id, heading, paragraph('The estate gives no month of installation.'));
  const drawn = monthsToDraw(dated);
  return section(
    id,
    heading,
    paragraph(lastYears(dated)),
    drawn.length < 2
      ? paragraph(
          `Fewer than two months have ${count(leastJudged)} judged meters, and so there is no trend to draw.`,
        )
      : chart(drawn, shareOf(summary.mismatched, summary.judged).value),
    table({
      caption: 'Meters by month of installation, the latest first',
      columns: [
        { heading: 'Month', cell: ({ key }) => html`${monthName(key)}` },
        { heading: 'Wrong', isNumber: true, cell: ({ mismatched }) => count(mismatched) },
        {
          heading: 'Share of the judged',
          isNumber: true,
          cell: ({ share }) => html`${percent(share.value)}`,
        },
        { heading: 'Not judged', isNumber: true, cell: ({ unknown }) => count(unknown) },
        { heading: 'Meters', isNumber: true, cell: (row) => count(row.rows) },
      ],
      rows,
      shown: rowsShown,
      more: `The other ${count(rows.length - rowsShown)} of ${counted(rows.length, 'month')}`,
    }),
  );
}

/** Undefined where it is none that an electricity meter can have been installed in. */
function dateOf(key: string): Date | undefined {
  return /^(19|20)\d\d-(0[1-9]|1[0-2])$/.test(key) ? new Date(`${key}-01`) : undefined;
}

function monthName(key: string): string {
  if (key === '') return 'Not given';
  const date = dateOf(key);
  return date === undefined ? key : month(date);
}

/** From the first month that says something to the last, with those between that say nothing. */
function monthsToDraw(dated: readonly Dated[]): Month[] {
  const byTime = new Map(dated.map((each) => [each.date.getTime(), each]));
  const telling = dated.filter(({ share }) => share.judged >= leastJudged).map(({ date }) => date.getTime());
  const months: Month[] = [];
  for (
    let date = new Date(Math.min(...telling));
    date.getTime() <= Math.max(...telling);
    date = nextMonth(date)
  ) {
    const found = byTime.get(date.getTime());
    const isTelling = found !== undefined && found.share.judged >= leastJudged;
    months.push({ date, rows: found?.rows ?? 0, share: isTelling ? found.share : undefined });
  }
  return months;
}

/** Whether it gets better: the last twelve months that say something, and the twelve before. */
function lastYears(dated: readonly Dated[]): string {
  const telling = dated.filter(({ share }) => share.judged >= leastJudged);
  const end = new Date(Math.max(...telling.map(({ date }) => date.getTime())));
  const shareFrom = (from: number): Share => {
    const within = dated.filter(({ date }) => {
      const age =
        (end.getUTCFullYear() - date.getUTCFullYear()) * 12 + end.getUTCMonth() - date.getUTCMonth();
      return age >= from && age < from + 12;
    });
    const sum = (of: (share: Share) => number): number =>
      within.reduce((total, { share }) => total + of(share), 0);
    return shareOf(
      sum(({ mismatched }) => mismatched),
      sum(({ judged }) => judged),
    );
  };
  const [last, before] = [shareFrom(0), shareFrom(12)];
  if (telling.length === 0) return '';
  const now = `Of the meters installed in the twelve months to ${month(end)}, ${percent(last.value)} are wrong`;
  return before.judged === 0 ? `${now}.` : `${now}; in the twelve months before, ${percent(before.value)}.`;
}

function chart(months: readonly Month[], overall: number): string {
  const told = months.flatMap(({ date, share }) => (share === undefined ? [] : [{ date, share }]));
  const [first, last] = [told[0], told.at(-1)];
  const highest = told.reduce((a, b) => (b.share.value > a.share.value ? b : a));
  const inWords = ({ date, share }: (typeof told)[number]): string =>
    `${percent(share.value)} in ${month(date)}`;
  return figure({
    caption: 'Share of wrong certificates by month of installation',
    note: `Shaded: 95% interval. Dashed: all meters, ${percent(overall)}. Months with fewer than ${count(leastJudged)} judged meters, or after the day of the audit, are in the table only.`,
    alternative: `Line chart: ${[first, last].flatMap((each) => (each === undefined ? [] : [inWords(each)])).join(', ')}; the highest ${inWords(highest)}. The table below has every month.`,
    chart: forWidths(
      monthCharts(months, overall, chartWidth),
      monthCharts(months, overall, narrowChartWidth),
    ),
  });
}
