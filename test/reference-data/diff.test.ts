import t, { type Test } from 'tap';
import type { ListValues } from '../../src/reference-data/data-set.js';
import { diffDataSets } from '../../src/reference-data/diff.js';
import { contentOf } from '../../src/reference-data/lists-directory.js';
import { listFiles, type Lists } from './lists.js';

const listsOf = (change: Partial<Lists>): ListValues => contentOf(listFiles(change), []).lists;

const changes = (t: Test, before: Partial<Lists>, after: Partial<Lists>, ...expected: string[]): void => {
  t.strictSame(
    diffDataSets(listsOf(before), listsOf(after)).map(({ list, text }) => `${list}: ${text}`),
    expected,
  );
};

/** With a range of its own, as every operator has one. */
const operator = (
  organisationId: string,
  {
    ranges = [],
    ...change
  }: { readonly ranges?: readonly object[]; readonly [member: string]: unknown } = {},
): object => ({
  organisationId,
  name: organisationId.toUpperCase(),
  test: false,
  operates: [],
  ...change,
  ranges: [own(organisationId), ...ranges],
});
const own = (organisationId: string): object => {
  const end = organisationId === 'a' ? '0A' : '0B';
  return { from: `02-00-00-00-00-00-00-${end}`, to: `02-00-00-00-00-00-00-${end}` };
};
const range = { from: '90-B3-00-00-00-00-00-00', to: '90-B3-00-00-00-00-FF-FF' };

t.test('nothing is different', async (t) => {
  changes(t, {}, {});
  const lower = operator('a', { ranges: [{ from: range.from.toLowerCase(), to: range.to }] });
  changes(t, { networkOperators: [operator('a', { ranges: [range] })] }, { networkOperators: [lower] });
});

t.test('entries that come, go and change', async (t) => {
  const distributor = listFiles.defaults.distributors[0]!;
  const other = { ...distributor, distributorId: '52', name: 'Fifty-two' };
  changes(
    t,
    {},
    { distributors: [distributor, other] },
    'distributors: distributor 52 added from 1996-04-01 (Fifty-two)',
  );
  changes(t, { distributors: [distributor, other] }, {}, 'distributors: distributor 52 removed (Fifty-two)');
  changes(
    t,
    {},
    { distributors: [{ ...distributor, name: 'London Power', licenceArea: 'London' }] },
    'distributors: distributor 12: name from London to London Power, licenceArea from none to London',
  );
  const user = listFiles.defaults.users[0]!;
  changes(
    t,
    {},
    { users: [{ ...user, userRoles: ['IS', 'GS'] }] },
    'users: User 02-00-00-00-01-01-00-01: userRoles from ["IS"] to ["IS","GS"]',
  );
});

t.test('an entry of the same key for other days is another entry', async (t) => {
  const distributor = listFiles.defaults.distributors[0]!;
  const ended = { ...distributor, effectiveTo: '2026-12-31' };
  changes(
    t,
    {},
    { distributors: [ended, { ...distributor, name: 'Successor', effectiveFrom: '2027-01-01' }] },
    'distributors: distributor 12: effectiveTo from none to 2026-12-31',
    'distributors: distributor 12 added from 2027-01-01 (Successor)',
  );
});

t.test('a metering point and a certificate are not shown', async (t) => {
  const device = listFiles.defaults.devices[0]!;
  changes(
    t,
    {},
    { devices: [{ ...device, importMpxn: '1470116845051' }] },
    'devices: device 02-00-00-00-02-00-00-01: importMpxn from another to another',
  );
});

t.test('ranges and distributor IDs that move', async (t) => {
  const before = { networkOperators: [operator('a', { ranges: [range] }), operator('b')] };
  const moves = 'network-operators: 90-B3-00-00-00-00-00-00 to 90-B3-00-00-00-00-FF-FF';
  changes(
    t,
    before,
    { networkOperators: [operator('a'), operator('b', { ranges: [range] })] },
    `${moves} moves from A to B at once`,
  );
  const inTwo = (until: string): object => ({
    networkOperators: [
      operator('a', { ranges: [{ ...range, effectiveTo: until }] }),
      operator('b', { ranges: [{ ...range, effectiveFrom: '2027-01-01' }] }),
    ],
  });
  changes(t, before, inTwo('2026-12-31'), `${moves} moves from A to B on 2027-01-01`);
  changes(
    t,
    before,
    inTwo('2027-01-31'),
    `${moves} moves from A to B on 2027-01-01, and stays with the former until 2027-01-31`,
  );
  changes(
    t,
    { networkOperators: [operator('a', { operates: [{ distributorId: '12' }] }), operator('b')] },
    { networkOperators: [operator('a'), operator('b', { operates: [{ distributorId: '12' }] })] },
    'network-operators: distributor 12 moves from A to B at once',
  );
});

t.test('what is given, taken, and kept for another time', async (t) => {
  const one = { from: range.from, to: range.from };
  const name = 'network-operators: 90-B3-00-00-00-00-00-00';
  const none = { networkOperators: [operator('a')] };
  const some = { networkOperators: [operator('a', { ranges: [one] })] };
  const until = { networkOperators: [operator('a', { ranges: [{ ...one, effectiveTo: '2026-12-31' }] })] };
  changes(t, none, some, `${name} is given to A`);
  changes(t, none, until, `${name} is given to A until 2026-12-31`);
  changes(t, some, none, `${name} is taken from A`);
  changes(t, until, none, `${name} is taken from A`);
  changes(t, some, until, `${name} stays with A, now until 2026-12-31, before until further notice`);
  changes(t, until, some, `${name} stays with A, now until further notice, before until 2026-12-31`);
  changes(
    t,
    none,
    { networkOperators: [operator('a', { name: 'Renamed', test: true })] },
    'network-operators: organisation a: name from A to Renamed, test from false to true',
  );
});

t.test('files, and lists of another time', async (t) => {
  const before = { trust: { 'a.pem': 'YQ==', 'b.pem': 'Yg==', 'c.pem': 'Yw==' } };
  const after = { trust: { 'a.pem': 'YQ==', 'b.pem': 'YmI=', 'd.pem': 'ZA==' } };
  t.strictSame(diffDataSets(before, after), [
    { list: 'trust', text: 'file b.pem replaced' },
    { list: 'trust', text: 'file c.pem removed' },
    { list: 'trust', text: 'file d.pem added' },
  ]);
  t.strictSame(diffDataSets({ distributors: { entries: [{ distributorId: '12', odd: 1 }] } }, {}), [
    { list: 'distributors', text: 'distributor 12 removed' },
  ]);
});
