import t from 'tap';
import { faultText } from '../../src/reference-data/fault.js';
import { buildReferenceData } from '../../src/reference-data/load.js';
import { selfTest } from '../../src/reference-data/self-test.js';
import { type Entries, ReferenceData } from '../../src/reference-data/snapshot.js';
import { TrustSet } from '../../src/smki/trust-set.js';
import { listFiles, type Lists } from './lists.js';

const today = '2026-06-15';
const range = { from: '02-00-00-00-00-01-00-00', to: '02-00-00-00-00-01-FF-FF' };
const of12 = { distributorId: '12' };
const until = (effectiveTo: string): object => ({ effectiveTo });
const from = (effectiveFrom: string): object => ({ effectiveFrom });

const operator = (organisationId: string, ranges: object[], operates: object[]): object => ({
  organisationId,
  name: organisationId.toUpperCase(),
  ranges,
  operates,
});

const faults = (change: Partial<Lists>, day = today): string[] =>
  selfTest(buildReferenceData(listFiles(change)), day).map(faultText);
const faultsOf = (...networkOperators: object[]): string[] => faults({ networkOperators });

t.test('lists without a fault', async (t) => {
  t.strictSame(faults({}), []);
});

t.test('a merger on one day', async (t) => {
  const merger = (ranges: string, operates: string): string[] => {
    const dayBefore = (day: string): string => day.replace('-02', '-01').replace('-03', '-02');
    return faultsOf(
      operator(
        'old',
        [{ ...range, ...until(dayBefore(ranges)) }],
        [{ ...of12, ...until(dayBefore(operates)) }],
      ),
      operator('new', [{ ...range, ...from(ranges) }], [{ ...of12, ...from(operates) }]),
    );
  };
  t.strictSame(merger('2026-07-02', '2026-07-02'), []);
  const without = 'data set: no operator of distributor 12 has an Entity Identifier on 2026-07-02';
  t.strictSame(merger('2026-07-02', '2026-07-03'), [without], 'the ranges a day too early');
  t.strictSame(merger('2026-07-03', '2026-07-02'), [without], 'and a day too late');
  t.strictSame(merger('2026-06-02', '2026-06-03'), [], 'of days that are past, nobody decides any more');
});

t.test('an operator whose ranges all end', async (t) => {
  const ending = operator(
    'a',
    [
      { ...range, ...until('2026-07-01') },
      { from: '02-00-00-00-00-02-00-00', to: '02-00-00-00-00-02-00-00', ...until('2026-08-01') },
    ],
    [of12],
  );
  const fault = 'data set: no operator of distributor 12 has an Entity Identifier on 2026-08-02';
  t.strictSame(faultsOf(ending), [fault]);
  const other = operator('b', [{ from: '02-00-00-00-00-03-00-00', to: '02-00-00-00-00-03-00-00' }], [of12]);
  t.strictSame(faultsOf(ending, other), [], 'unless another operates the same');
});

t.test('no distributor with an operator', async (t) => {
  const none = (day: string): string => `data set: no distributor has an operator on ${day}`;
  t.strictSame(faultsOf(operator('a', [range], [])), [none(today)]);
  t.strictSame(faultsOf(operator('a', [range], [{ ...of12, ...until('2026-06-30') }])), [none('2026-07-01')]);
  t.strictSame(faultsOf(operator('a', [range], [{ ...of12, ...from('2026-06-16') }])), [none(today)]);
  t.strictSame(faultsOf(operator('a', [range], [{ ...of12, ...from(today) }])), []);
});

t.test('a distributor that starts or ends is a change too', async (t) => {
  const [distributor] = listFiles.defaults.distributors;
  const ended = [{ ...distributor, ...until('2026-06-30') }];
  t.strictSame(faults({ distributors: ended }), ['data set: no distributor has an operator on 2026-07-01']);
  const [usual] = listFiles.defaults.networkOperators;
  const later = { ...distributor, distributorId: '13', ...from('2026-08-01') };
  const networkOperators = [
    usual,
    operator(
      'b',
      [{ from: '02-00-00-00-00-03-00-00', to: '02-00-00-00-00-03-00-00', ...until('2026-06-30') }],
      [{ distributorId: '13' }],
    ),
  ];
  t.strictSame(faults({ distributors: [distributor!, later], networkOperators }), [
    'data set: no operator of distributor 13 has an Entity Identifier on 2026-08-01',
  ]);
});

t.test('every day on which something changes, and so many and no more', async (t) => {
  const days = Array.from({ length: 120 }, (_, index) =>
    new Date(Date.UTC(2026, 6, 1 + 2 * index)).toISOString().slice(0, 10),
  );
  const change = { effectiveFrom: '2026-06-30', effectiveTo: '2026-06-30' };
  const ranges = days.map((day, index) => {
    const end = `02-00-00-00-00-09-00-${index.toString(16).padStart(2, '0')}`;
    return { from: end, to: end, effectiveFrom: day, effectiveTo: day };
  });
  const found = faultsOf(operator('a', [{ ...range, ...change }, ...ranges], [of12]));
  // Today there is none; from the thirtieth of June on, every other day has one.
  t.equal(found.length, 50);
  t.equal(found[0], `data set: no operator of distributor 12 has an Entity Identifier on ${today}`);
  t.equal(found.at(1), 'data set: no operator of distributor 12 has an Entity Identifier on 2026-07-02');
});

t.test('an identifier that is found as that of another', async (t) => {
  // The checks of the lists do not let ranges overlap; a snapshot that they have not seen does.
  const entries = buildEntries(
    operator('a', [range], [of12]),
    operator('b', [{ from: '02-00-00-00-00-01-00-00', to: '02-00-00-00-00-01-00-0F' }], [of12]),
  );
  const overlapping = new ReferenceData(entries, new TrustSet([], []), [], { version: 1, sha256: '' });
  t.strictSame(selfTest(overlapping, today).map(faultText), [
    `data set: 02-00-00-00-00-01-00-00 is in a range of A, and is not found as its own on ${today}`,
  ]);
  const gap = buildEntries(operator('a', [{ from: range.to, to: range.from }], [of12]));
  const reversed = new ReferenceData(gap, new TrustSet([], []), [], { version: 1, sha256: '' });
  t.equal(selfTest(reversed, today).length, 2);
});

function buildEntries(...networkOperators: object[]): Entries {
  const values = { ...listFiles.defaults, networkOperators };
  return values as unknown as Entries;
}

t.test('ten times the organisations take about ten times as long', async (t) => {
  const snapshot = (count: number): ReferenceData => {
    const networkOperators = Array.from({ length: count }, (_, index) => {
      const start = index
        .toString(16)
        .padStart(6, '0')
        .toUpperCase()
        .replace(/(..)(..)(..)/, '$1-$2-$3');
      return operator(
        `o${String(index)}`,
        [{ from: `02-00-00-00-${start}-00`, to: `02-00-00-00-${start}-FF` }],
        [of12],
      );
    });
    return new ReferenceData(buildEntries(...networkOperators), new TrustSet([], []), [], {
      version: 1,
      sha256: '',
    });
  };
  const [small, large] = [snapshot(10_000), snapshot(100_000)];
  const quickest = (referenceData: ReferenceData): number => {
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      t.strictSame(selfTest(referenceData, today), []);
      return performance.now() - start;
    });
    return Math.min(...times);
  };
  quickest(small);
  const ratio = quickest(large) / quickest(small);
  t.ok(ratio < 40, `it is ${ratio.toFixed(1)}; 100, were it quadratic`);
});
