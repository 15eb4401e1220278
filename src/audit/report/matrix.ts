import { html } from 'ghtml';
import type { AuditSummary } from '../summary.js';
import { count, counted } from './format.js';
import { type Cell, matrixChart } from './matrix-chart.js';
import { byName, organisationNames } from './names.js';
import { figure, legend, paragraph, section, table } from './parts.js';

const organisationsDrawn = 40;
const rowsShown = 10;
const nobody = 'Nobody that is listed';
const notKnown = 'Operator not known';

type Pair = AuditSummary['matrix'][number];
type NameOf = (organisationId: string, none: string) => string;

type Shade = Pick<Cell, 'colour' | 'textColour' | 'isHigh'>;

const heats: readonly Shade[] = [
  { colour: 'heat1', textColour: 'onLowHeat', isHigh: false },
  { colour: 'heat2', textColour: 'onLowHeat', isHigh: false },
  { colour: 'heat3', textColour: 'onLowHeat', isHigh: true },
  { colour: 'heat4', textColour: 'onHighHeat', isHigh: true },
  { colour: 'heat5', textColour: 'onHighHeat', isHigh: true },
];

export function matrixSection(summary: AuditSummary): string {
  const [id, heading] = ['matrix', 'Whose certificate is on whose meter'];
  const pairs = summary.matrix.filter(({ rows }) => rows > 0);
  if (pairs.length === 0) return section(id, heading, paragraph('There is no certificate to tell of.'));
  const nameOf = organisationNames(summary);
  const mixUps = pairs.filter(isMixUp).sort(byRows);
  const others = pairs.filter((pair) => !isMixUp(pair)).sort(byRows);
  const [worst] = mixUps;
  return section(
    id,
    heading,
    paragraph(
      worst === undefined
        ? 'Wherever the operator is known, it holds the certificate itself.'
        : `The most frequent mix-up: the certificate of ${nameOf(worst.holder, nobody)} on meters of ${nameOf(worst.operator, notKnown)}, ${counted(worst.rows, 'time')}.`,
    ),
    chart(pairs, mixUps, nameOf),
    pairTable(mixUps, nameOf, {
      caption: 'Mix-ups, the most frequent first',
      shown: rowsShown,
      more: `The other ${count(mixUps.length - rowsShown)} of ${counted(mixUps.length, 'mix-up')}`,
    }),
    pairTable(others, nameOf, {
      caption: '',
      shown: 0,
      more: `Operator’s own certificate, or operator not known (${count(others.length)})`,
    }),
  );
}

const isMixUp = ({ holder, operator }: Pair): boolean => operator !== '' && holder !== operator;

const byRows = (a: Pair, b: Pair): number =>
  b.rows - a.rows || (`${a.operator} ${a.holder}` < `${b.operator} ${b.holder}` ? -1 : 1);

function chart(pairs: readonly Pair[], mixUps: readonly Pair[], nameOf: NameOf): string {
  const most = mixUps[0]?.rows ?? 0;
  const drawn = organisationsToDraw(pairs, mixUps);
  const byOrganisation = (a: string, b: string): number =>
    // The empty one last.
    Number(a === '') - Number(b === '') || byName(nameOf(a, ''), nameOf(b, '')) || (a < b ? -1 : 1);
  const within = pairs.filter(({ holder, operator }) => drawn.has(holder) && drawn.has(operator));
  // Those that stand on both sides have the same place on both, so that what is right is a diagonal.
  const organisations = [...drawn].filter((each) => each !== '').sort(byOrganisation);
  const has = (side: 'holder' | 'operator'): string[] =>
    within.some((pair) => pair[side] === '') ? [''] : [];
  const shades = shadesUpTo(most);
  const shadeOf = (pair: Pair): Shade => {
    if (pair.operator === '') return { colour: 'unknownSoft', textColour: 'text', isHigh: false };
    const shade = isMixUp(pair) ? shades.findLast(({ least }) => pair.rows >= least) : undefined;
    return shade ?? { colour: 'rightSoft', textColour: 'text', isHigh: false };
  };
  const cells = within.map((pair) => ({
    ...pair,
    ...shadeOf(pair),
    title: `Certificate of ${nameOf(pair.holder, nobody)} on meters of ${nameOf(pair.operator, notKnown)}: ${count(pair.rows)}`,
  }));
  const all = new Set(pairs.flatMap(({ holder, operator }) => [holder, operator])).size;
  return figure({
    caption: 'Certificates by holder and operator',
    note: `On the diagonal, holder and operator are the same.${all > drawn.size ? ` Drawn are the ${count(drawn.size)} of ${count(all)} organisations with the most mix-ups; the table has all.` : ''}`,
    alternative: `Heat map of ${count(organisations.length)} organisations with ${counted(mixUps.length, 'mix-up')} off the diagonal. The tables below have every figure.`,
    chart: matrixChart(cells, {
      holders: [...organisations, ...has('holder')],
      operators: [...organisations, ...has('operator')],
      holderName: (holder) => nameOf(holder, nobody),
      operatorName: (operator) => nameOf(operator, notKnown),
    }),
    legend: legend([
      ['rightSoft', 'operator’s own'],
      ...(has('operator').length === 0 ? [] : [['unknownSoft', 'operator not known'] as const]),
      ...shades.map(
        (shade, index) => [shade.colour, legendText(shade.least, shades[index + 1]?.least)] as const,
      ),
    ]),
  });
}

/** Those with the most mix-ups, and then those with the most meters. */
function organisationsToDraw(pairs: readonly Pair[], mixUps: readonly Pair[]): Set<string> {
  const drawn = new Set<string>();
  for (const { holder, operator } of [...mixUps, ...[...pairs].sort(byRows)]) {
    for (const each of [holder, operator]) if (drawn.size < organisationsDrawn) drawn.add(each);
  }
  return drawn;
}

/** From which count on each shade is used: 1, 3, 10, 30 … times, the uppermost of them up to the most that there is. */
function shadesUpTo(most: number): (Shade & { readonly least: number })[] {
  const steps: number[] = [];
  for (let step = 1; step <= most; step *= 10) steps.push(step, step * 3);
  const used = steps.filter((step) => step <= most).slice(-heats.length);
  return heats
    .slice(0, used.length)
    .map((shade, index) => ({ ...shade, least: index === 0 ? 1 : (used[index] ?? 1) }));
}

const legendText = (least: number, next: number | undefined): string =>
  next === undefined
    ? `${count(least)} and more`
    : next - 1 === least
      ? count(least)
      : `${count(least)} to ${count(next - 1)}`;

const pairTable = (
  pairs: readonly Pair[],
  nameOf: NameOf,
  words: { readonly caption: string; readonly shown: number; readonly more: string },
): string =>
  table({
    ...words,
    columns: [
      { heading: 'On meters of', cell: ({ operator }) => html`${nameOf(operator, notKnown)}` },
      { heading: 'Certificate of', cell: ({ holder }) => html`${nameOf(holder, nobody)}` },
      { heading: 'Meters', isNumber: true, cell: ({ rows }) => count(rows) },
    ],
    rows: pairs,
  });
