import t from 'tap';
import { Counter, type Tallies } from '../../src/audit/tallies.js';

const nothing: Tallies = {
  rows: 0,
  checks: {},
  suppliers: {},
  distributors: {},
  months: {},
  matrix: {},
  faults: {},
  workLists: {},
};
const one = { rows: 1, mismatched: 1, unknown: 0 };

t.test('adds up', (t) => {
  const counter = new Counter();
  const part: Tallies = {
    ...nothing,
    rows: 2,
    checks: { mismatched: 1 },
    suppliers: { a: one },
    matrix: { 'x y': 1 },
    faults: { 'row-empty': { rows: 1, firstRow: 9 } },
    workLists: { y: 1 },
  };
  counter.add(part);
  counter.add({ ...part, faults: { 'row-empty': { rows: 1, firstRow: 4 } } });
  t.strictSame(counter.tallies(), {
    ...nothing,
    rows: 4,
    checks: { mismatched: 2 },
    suppliers: { a: { rows: 2, mismatched: 2, unknown: 0 } },
    matrix: { 'x y': 2 },
    faults: { 'row-empty': { rows: 2, firstRow: 4 } },
    workLists: { y: 2 },
  });
  t.end();
});

t.test('keys after the first so many are counted together', (t) => {
  const counter = new Counter(2);
  counter.add({ ...nothing, suppliers: { a: one, b: one, c: one } });
  counter.add({ ...nothing, suppliers: { d: one, a: one } });
  t.strictSame(counter.tallies().suppliers, {
    a: { rows: 2, mismatched: 2, unknown: 0 },
    b: one,
    '*': { rows: 2, mismatched: 2, unknown: 0 },
  });
  const resumed = new Counter(2);
  resumed.add(counter.tallies());
  resumed.add({ ...nothing, suppliers: { e: one } });
  t.equal(resumed.tallies().suppliers['*']?.rows, 3);
  t.end();
});
