import { html } from 'ghtml';
import type { AuditSummary } from '../summary.js';
import { count, counted, percent } from './format.js';
import { groupCharts, narrowGroupChart } from './group-chart.js';
import { type Group, type Kind, nameOf } from './names.js';
import {
  besideOneAnother,
  type Column,
  figure,
  forWidths,
  legend,
  paragraph,
  section,
  table,
} from './parts.js';
import { type Share, shareOf, shareOfTally } from './share.js';

const barsShown = 15;
const rowsShown = 10;

const suppliers: Kind = {
  one: 'Supplier',
  many: 'Suppliers',
  none: 'No Supplier given',
  showsKey: false,
};
const distributors: Kind = {
  one: 'distributor',
  many: 'distributors',
  none: 'No MPAN',
  showsKey: true,
};

type Row = Group & { readonly share: Share };

export const supplierSection = (summary: AuditSummary): string =>
  groupSection(summary, summary.suppliers, suppliers, 'suppliers', 'By Supplier', [
    {
      heading: 'Supplier',
      cell: ({ key, name }) =>
        key === ''
          ? suppliers.none
          : html`!${name === null ? '' : html`<span>${name}</span>`}<code>${key}</code>`,
    },
  ]);

export const distributorSection = (summary: AuditSummary): string =>
  groupSection(summary, summary.distributors, distributors, 'distributors', 'By distributor', [
    { heading: 'Distributor ID', cell: (row) => html`${nameOf(row, distributors)}` },
  ]);

function groupSection(
  { judged, mismatched }: AuditSummary,
  groups: readonly Group[],
  kind: Kind,
  id: string,
  heading: string,
  columns: readonly Column<Row>[],
): string {
  if (groups.length === 0) return section(id, heading, paragraph('The estate names none.'));
  // By count: a share of few meters says little, and moves little.
  const rows = groups
    .map((group): Row => ({ ...group, share: shareOfTally(group) }))
    .sort((a, b) => b.mismatched - a.mismatched || b.rows - a.rows || (a.key < b.key ? -1 : 1));
  const wrong = rows.filter((row) => row.mismatched > 0);
  return section(
    id,
    heading,
    ...(wrong.length === 0
      ? [paragraph(`No ${kind.one}’s meters carry a wrong certificate.`)]
      : [
          ...(rows.length === 1
            ? []
            : [concentration(wrong, rows, kind), highest(wrong, kind)].map(paragraph)),
          chart(wrong, kind, judged, mismatched),
        ]),
    table({
      caption: `Meters by ${kind.one}, the most wrong certificates first`,
      columns: [...columns, ...figures],
      rows,
      shown: rowsShown,
      more: `The other ${count(rows.length - rowsShown)} of ${counted(rows.length, kind.one)}`,
    }),
  );
}

const figures: readonly Column<Row>[] = [
  { heading: 'Wrong', isNumber: true, cell: ({ mismatched }) => count(mismatched) },
  { heading: 'Share of the judged', isNumber: true, cell: ({ share }) => html`${percent(share.value)}` },
  {
    heading: '95% interval',
    isNumber: true,
    cell: ({ share: { judged, low, high } }) =>
      judged === 0 ? '–' : html`${percent(low)} to ${percent(high)}`,
  },
  { heading: 'Not judged', isNumber: true, cell: ({ unknown }) => count(unknown) },
  { heading: 'Meters', isNumber: true, cell: ({ rows }) => count(rows) },
];

function concentration(wrong: readonly Row[], all: readonly Row[], { many }: Kind): string {
  const total = wrong.reduce((sum, { mismatched }) => sum + mismatched, 0);
  let [few, sum] = [0, 0];
  for (const { mismatched } of wrong) {
    few += 1;
    sum += mismatched;
    if (sum >= total / 2) break;
  }
  const whose =
    few === 1
      ? `One of ${count(all.length)} ${many} has`
      : `${count(few)} of ${count(all.length)} ${many} have`;
  return `${whose} ${percent(sum / total)} of the wrong certificates on their meters.`;
}

/** By the lower end of the interval, which a few meters do not lift. */
function highest(wrong: readonly Row[], kind: Kind): string {
  const worst = wrong.reduce((a, b) => (b.share.low > a.share.low ? b : a));
  const { value, judged } = worst.share;
  return `The highest share, going by the lower end of its 95% interval: ${nameOf(worst, kind)}, ${percent(value)} of ${counted(judged, 'judged meter')}.`;
}

function chart(wrong: readonly Row[], kind: Kind, judged: number, mismatched: number): string {
  const bars = wrong.slice(0, barsShown).map((row) => ({ name: nameOf(row, kind), share: row.share }));
  const overall = shareOf(mismatched, judged).value;
  const worst = bars
    .slice(0, 3)
    .map(({ name, share }) => `${name} ${count(share.mismatched)} (${percent(share.value)})`);
  const which =
    wrong.length > bars.length
      ? `The ${count(bars.length)} ${kind.many} with the most, of ${count(wrong.length)} with any`
      : `Every ${kind.one} with any`;
  return figure({
    caption: `Wrong certificates by ${kind.one}`,
    note: `${which}. Bars behind the marks: 95% interval. Dashed: all meters, ${percent(overall)}.`,
    alternative: `Bar chart of wrong certificates by ${kind.one}, with their share; the most: ${worst.join('; ')}. The table below has every figure.`,
    chart: forWidths(besideOneAnother(...groupCharts(bars, overall)), narrowGroupChart(bars, overall)),
    legend: legend([
      ['wrong', 'share above that of all meters', 'diamond'],
      ['right', 'not above it, or too few meters to say', 'circle'],
    ]),
  });
}
