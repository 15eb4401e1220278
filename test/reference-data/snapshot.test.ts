import fc from 'fast-check';
import t from 'tap';
import type { DistributorId } from '../../src/metering-point/mpan.js';
import { buildReferenceData } from '../../src/reference-data/load.js';
import type { EntityIdentifier } from '../../src/smki/entity-identifier.js';
import { listFiles } from './lists.js';

const id = (text: string): DistributorId => text as DistributorId;
const eui = (text: string): EntityIdentifier => text as EntityIdentifier;
const range = (from: string, to: string, change: object = {}): object => ({
  from: `02-00-00-00-00-00-00-${from}`,
  to: `02-00-00-00-00-00-00-${to}`,
  ...change,
});
const operator = (organisationId: string, ranges: object[], operates: object[] = []): object => ({
  organisationId,
  name: organisationId.toUpperCase(),
  ranges,
  operates,
});

t.test('a merger takes effect at midnight: ranges and distributor IDs move on a day', async (t) => {
  const data = buildReferenceData(
    listFiles({
      networkOperators: [
        operator(
          'old',
          [range('00', '0F', { effectiveTo: '2026-03-31' })],
          [{ distributorId: '12', effectiveTo: '2026-03-31' }],
        ),
        operator(
          'new',
          [range('00', '0F', { effectiveFrom: '2026-04-01' })],
          [{ distributorId: '12', effectiveFrom: '2026-04-01' }],
        ),
      ],
    }),
  );
  const holder = (day: string): unknown =>
    data.organisationOf(eui('02-00-00-00-00-00-00-05'), day)?.organisationId;
  const operators = (day: string): unknown =>
    data.operatorsOf(id('12'), day).map(({ organisationId }) => organisationId);
  t.equal(holder('2026-03-31'), 'old');
  t.equal(holder('2026-04-01'), 'new');
  t.strictSame(operators('2026-03-31'), ['old']);
  t.strictSame(operators('2026-04-01'), ['new']);
});

t.test('a distributor ID may have several operators, and an operator several IDs', async (t) => {
  const data = buildReferenceData(
    listFiles({
      distributors: ['10', '12'].map((distributorId) => ({
        ...listFiles.defaults.distributors[0],
        distributorId,
      })),
      networkOperators: [
        operator('a', [range('00', '00')], [{ distributorId: '10' }, { distributorId: '12' }]),
        operator('b', [range('01', '01')], [{ distributorId: '12' }]),
      ],
    }),
  );
  const operators = (of: string): string[] =>
    data.operatorsOf(id(of), '2026-01-01').map(({ organisationId }) => organisationId);
  t.strictSame(operators('10'), ['a']);
  t.strictSame(operators('12'), ['a', 'b']);
  t.strictSame(operators('99'), []);
});

t.test('a distributor ID holds from its first day to its last', async (t) => {
  const [first] = listFiles.defaults.distributors;
  const data = buildReferenceData(
    listFiles({
      distributors: [
        { ...first, effectiveTo: '2014-12-17' },
        { ...first, name: 'Again', effectiveFrom: '2020-01-01' },
      ],
    }),
  );
  const name = (day: string): unknown => data.distributor(id('12'), day)?.name;
  t.equal(name('1996-03-31'), undefined);
  t.equal(name('1996-04-01'), 'London');
  t.equal(name('2014-12-17'), 'London');
  t.equal(name('2014-12-18'), undefined);
  t.equal(name('2020-01-01'), 'Again');
  t.equal(data.distributor(id('99'), '2020-01-01'), undefined);
});

t.test('identifiers in lower case are the same identifiers', async (t) => {
  const data = buildReferenceData(
    listFiles({
      networkOperators: [operator('a', [{ from: '02-aa-00-00-00-00-00-00', to: '02-aa-00-00-00-00-00-0f' }])],
      users: [{ ...listFiles.defaults.users[0], entityIdentifier: '02-bb-00-00-00-00-00-01' }],
    }),
  );
  t.equal(data.organisationOf(eui('02-AA-00-00-00-00-00-0A'), '2026-01-01')?.organisationId, 'a');
  t.strictSame(data.userRolesOf(eui('02-BB-00-00-00-00-00-01'), '2026-01-01'), ['IS']);
});

t.test('users', async (t) => {
  const data = buildReferenceData(listFiles());
  t.strictSame(data.userRolesOf(eui('02-00-00-00-01-01-00-01'), '2026-01-01'), ['IS']);
  t.equal(data.userRolesOf(eui('02-00-00-00-01-01-00-02'), '2026-01-01'), undefined);
});

t.test('codes and combinations, of each service its own', async (t) => {
  const data = buildReferenceData(listFiles());
  t.equal(data.responseCode('6.15.1', 'certificate-party-mpan-mismatch'), 'E1');
  t.equal(data.responseCode('6.21', 'certificate-party-mpan-mismatch'), undefined);
  t.equal(data.responseCode('6.15.1', 'mpan-check-digit-wrong'), undefined);
  t.equal(data.describe('6.15.1', 'E1'), 'Mismatch');
  t.equal(data.describe('6.21', 'I0'), 'Success');
  t.equal(data.describe('6.21', 'E9'), 'E9');
  t.match(data.permittedCombinations('6.15.1'), [{ remotePartyRole: 'NetworkOperator' }]);
  t.strictSame(data.permittedCombinations('6.23'), []);
});

t.test('whose range it is, as a search from end to end would find', async (t) => {
  const octet = (value: number): string => value.toString(16).padStart(2, '0').toUpperCase();
  const ranges = fc
    .uniqueArray(fc.integer({ min: 0, max: 255 }), { minLength: 2, maxLength: 24 })
    .map((points) => points.sort((a, b) => a - b))
    .map((points) =>
      Array.from({ length: points.length >> 1 }, (_, index) => points.slice(2 * index, 2 * index + 2)),
    );
  // One range around all of them, on other days: overlapping in numbers, not in time.
  const early = { effectiveTo: '2019-12-31' };
  const late = { effectiveFrom: '2020-01-01' };
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: 0, max: 255 }), (pairs, value) => {
        const data = buildReferenceData(
          listFiles({
            networkOperators: [
              operator('around', [range('00', 'FF', early)]),
              ...pairs.map(([from, to]) =>
                operator(`from-${String(from)}`, [range(octet(from!), octet(to!), late)]),
              ),
            ],
          }),
        );
        const wanted = pairs.find(([from, to]) => from! <= value && value <= to!);
        const identifier = eui(`02-00-00-00-00-00-00-${octet(value)}`);
        return (
          data.organisationOf(identifier, '2019-12-31')?.organisationId === 'around' &&
          data.organisationOf(identifier, '2020-01-01')?.organisationId ===
            (wanted && `from-${String(wanted[0])}`)
        );
      }),
    );
  });
});
