import t from 'tap';
import { summarise } from '../../src/audit/summarise.js';
import { shipped } from '../decisions.js';
import { euis, now } from '../fixtures.js';
import { day } from './estates.js';

const tally = { rows: 2, mismatched: 1, unknown: 0 };

t.test('names what the lists have a name for, in the order of the keys', (t) => {
  const summary = summarise(
    {
      rows: 5,
      checks: { matched: 1, mismatched: 2, 'mpan-unknown': 1 },
      suppliers: { [euis.supplier]: tally, '*': tally, '': tally, '02-FF-00-00-00-00-00-00': tally },
      distributors: { '12': tally, '': tally },
      months: { '2019-07': tally },
      matrix: { 'invented-16 invented-10-12-19': 2, ' ': 1 },
      faults: { 'row-empty': { rows: 1, firstRow: 3 } },
      workLists: { 'invented-10-12-19': 2 },
    },
    shipped,
    { estate: 'estate.csv', auditedAt: now, day },
  );
  t.match(summary, { rows: 5, judged: 3, mismatched: 2, unknown: 1, bad: 1 });
  t.strictSame(
    summary.suppliers.map(({ key, name }) => [key, name]),
    [
      ['', null],
      ['*', 'all others'],
      [euis.supplier, 'Invented Supplier 1'],
      ['02-FF-00-00-00-00-00-00', null],
    ],
  );
  t.strictSame(
    summary.distributors.map(({ key, name }) => [key, name]),
    [
      ['', null],
      ['12', 'London Power Networks'],
    ],
  );
  t.strictSame(summary.matrix, [
    { holder: '', operator: '', rows: 1 },
    { holder: 'invented-16', operator: 'invented-10-12-19', rows: 2 },
  ]);
  t.strictSame(
    summary.organisations.map(({ organisationId }) => organisationId),
    ['invented-10-12-19', 'invented-16'],
  );
  t.strictSame(summary.unknowns, [{ reason: 'mpan-unknown', rows: 1 }]);
  t.strictSame(summary.workLists, [
    { operator: 'invented-10-12-19', file: 'work-lists/invented-10-12-19.csv', rows: 2 },
  ]);
  t.end();
});
