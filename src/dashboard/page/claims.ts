import { count, shortCount } from '../../audit/report/format.js';
import { byName } from '../../audit/report/names.js';
import type { Dashboard } from '../shape.js';
import { byId, columnHead, filler, h } from './dom.js';

type Claims = Dashboard['counts']['claims'];
type Row = Claims['rows'][number];
type Cell = Row['cells'][number];

const fillMatrix = filler('claims-body');
const fillNames = filler('claims-names-list');

const nameOf = ({ kind, name, organisationId }: Row): string => {
  const words = {
    listed: name ?? organisationId ?? '',
    unlisted: 'In nobody’s listed range',
    several: 'Of several organisations',
    others: 'Other organisations',
  };
  return words[kind];
};

const order = ['listed', 'several', 'unlisted', 'others'];

/** The matrix of judged requests: a table, which is its own words for who does not see it. */
export function showClaims({ counts: { claims } }: Dashboard): void {
  fillMatrix(claims, () =>
    claims.rows.length === 0
      ? [h('p', { class: 'empty' }, 'No certificates have been held against an MPAN yet.')]
      : [matrix(claims)],
  );
  byId('claims-names').hidden = claims.distributors.length === 0;
  fillNames(claims.distributors, () =>
    claims.distributors.map(({ distributorId, name }) =>
      h('div', {}, h('dt', {}, distributorId), h('dd', {}, name ?? 'not listed')),
    ),
  );
}

function matrix({ distributors, rows }: Claims): HTMLElement {
  const most = Math.max(...rows.flatMap(({ cells }) => cells.map(({ mismatched }) => mismatched)));
  const sorted = [...rows].sort(
    (one, other) => order.indexOf(one.kind) - order.indexOf(other.kind) || byName(nameOf(one), nameOf(other)),
  );
  return h(
    'table',
    {},
    h('caption', { class: 'hidden' }, 'Judged requests by certificate and network'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        columnHead('Certificates of'),
        h('th', { scope: 'col', class: 'sum' }, 'Mismatched'),
        h('th', { scope: 'col', class: 'sum' }, 'Judged'),
        ...distributors.map(({ distributorId, name }) =>
          h('th', { scope: 'col', title: name ?? 'not listed' }, distributorId),
        ),
      ),
    ),
    h('tbody', {}, ...sorted.map((row) => matrixRow(row, distributors, most))),
  );
}

function matrixRow(row: Row, distributors: Claims['distributors'], most: number): HTMLElement {
  const cells = new Map(row.cells.map((cell) => [cell.distributorId, cell]));
  const mismatched = row.cells.reduce((sum, cell) => sum + cell.mismatched, 0);
  const matched = row.cells.reduce((sum, cell) => sum + cell.matched, 0);
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, nameOf(row)),
    h('td', { class: 'sum' }, count(mismatched)),
    h('td', { class: 'sum' }, count(matched + mismatched)),
    ...distributors.map(({ distributorId }) => matrixCell(cells.get(distributorId), most)),
  );
}

const heats = 5;

/** By order of magnitude: one cell with hundreds would leave all others alike. One request alone has the least heat. */
const heatOf = (mismatched: number, most: number): number =>
  most <= 1 ? 1 : 1 + Math.floor((Math.log(Math.max(1, mismatched)) / Math.log(most)) * (heats - 1));

function matrixCell(cell: Cell | undefined, most: number): HTMLElement {
  if (cell === undefined) return h('td');
  const { matched, mismatched } = cell;
  const all = [
    ...(mismatched > 0 ? [`${count(mismatched)} mismatched`] : []),
    ...(matched > 0 ? [`${count(matched)} of the operator’s own`] : []),
  ].join(', ');
  const heat = heatOf(mismatched, most);
  return h(
    'td',
    { class: mismatched === 0 ? 'right' : `heat${String(heat)}`, title: all },
    h('span', { 'aria-hidden': 'true' }, shortCount(mismatched === 0 ? matched : mismatched)),
    h('span', { class: 'hidden' }, all),
  );
}
