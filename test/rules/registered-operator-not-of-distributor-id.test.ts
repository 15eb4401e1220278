import t from 'tap';
import type { DistributorId } from '../../src/metering-point/mpan.js';
import { parseMpxn } from '../../src/metering-point/mpxn.js';
import type { Facts } from '../../src/rules/facts.js';
import { registeredOperatorNotOfDistributorId as rule } from '../../src/rules/registered-operator-not-of-distributor-id.js';
import { facts, judge, operatorOf12, operatorOf15 } from '../fixtures.js';

const ids = (...texts: string[]): DistributorId[] => texts.map((text) => text as DistributorId);
const registration: NonNullable<Facts['registration']> = {
  networkOperatorId: 'LOND',
  name: 'London',
  distributorIds: ids('12', '19'),
  operators: [operatorOf12],
};
const wanted = 'the holder of distributor ID 12 (London)';

t.test('pass', async (t) => {
  const got = 'the registered operator LOND (London)';
  t.strictSame(judge(rule, { registration }), { verdict: 'pass', got, wanted });
  t.strictSame(judge(rule, { registration, deviceType: undefined }), { verdict: 'pass', got, wanted });
});

t.test('fail, one organisation behind both or not', async (t) => {
  for (const operator of [operatorOf12, operatorOf15]) {
    const other = { networkOperatorId: 'NEEB', name: 'Northeast', distributorIds: ids('15') };
    t.strictSame(judge(rule, { registration: { ...other, operators: [operator] } }), {
      verdict: 'fail',
      got: 'the registered operator NEEB (Northeast)',
      wanted,
    });
  }
});

t.test('undetermined', async (t) => {
  const unresolved = { ...registration, name: undefined, distributorIds: [], operators: [] };
  const distributor = { ...facts().distributor!, name: undefined };
  t.strictSame(judge(rule, { registration: unresolved, distributor }), {
    verdict: 'undetermined',
    got: 'the registered operator LOND (not listed on the day)',
    wanted: 'the holder of distributor ID 12 (not listed on the day)',
  });
});

t.test('not applicable', async (t) => {
  const none = { verdict: 'not-applicable' } as const;
  t.strictSame(judge(rule), none, 'no registration is known');
  t.strictSame(judge(rule, { registration, remotePartyRole: 'Supplier' }), none);
  t.strictSame(judge(rule, { registration, deviceType: 'HCALCS' }), none);
  const gas = { registration, gasIsJudged: true, mpxn: parseMpxn('1234567890'), distributor: undefined };
  t.strictSame(judge(rule, { ...gas, deviceType: 'GPF' }), none);
  t.strictSame(judge(rule, { ...gas, deviceType: 'ESME', mpxn: undefined }), none);
});
