import t from 'tap';
import { parseMpxn } from '../../src/metering-point/mpxn.js';
import type { Facts } from '../../src/rules/facts.js';
import { mpanCheck } from '../../src/rules/mpan-check.js';
import { euis, facts, operatorOf12, operatorOf15, party } from '../fixtures.js';

const check = (change: Partial<Facts>): string => mpanCheck(facts(change));
const { distributor } = facts();
if (distributor === undefined) throw new Error('the fixture has a distributor');

t.test('matched', async (t) => {
  t.equal(check({}), 'matched');
  t.equal(check({ certificates: [party({}), party({ certificateType: 'KeyAgreement' })] }), 'matched');
  t.equal(check({ distributor: { ...distributor, operators: [operatorOf15, operatorOf12] } }), 'matched');
});

t.test('mismatched', async (t) => {
  const wrong = party({ entityIdentifier: euis.operatorOf15, organisation: operatorOf15 });
  t.equal(check({ certificates: [wrong] }), 'mismatched');
  t.equal(check({ certificates: [party({}), wrong] }), 'mismatched', 'every certificate counts');
  t.equal(check({ certificates: [party({ organisation: undefined })] }), 'mismatched', "in nobody's range");
});

t.test('the role comes before whose it is: one Entity Identifier has several', async (t) => {
  for (const role of ['02', '04', '87']) t.equal(check({ certificates: [party({ role })] }), 'mismatched');
});

t.test('unknown', async (t) => {
  t.equal(check({ mpxn: undefined, distributor: undefined }), 'mpan-unknown');
  t.equal(check({ mpxn: undefined, distributor: undefined, deviceType: undefined }), 'mpan-unknown');
  t.equal(check({ distributor: { ...distributor, name: undefined } }), 'distributor-unknown');
  t.equal(check({ distributor: { ...distributor, operators: [] } }), 'distributor-unknown');
});

t.test('not applicable', async (t) => {
  t.equal(check({ remotePartyRole: 'Supplier' }), 'not-applicable');
  t.equal(check({ deviceType: 'GSME' }), 'not-applicable');
  t.equal(
    check({ deviceType: undefined, mpxn: parseMpxn('1234567890'), distributor: undefined }),
    'not-applicable',
  );
});

t.test('leaving the device type out is no way round an MPAN', async (t) => {
  const wrong = party({ organisation: operatorOf15 });
  t.equal(check({ deviceType: undefined, certificates: [wrong] }), 'mismatched');
});
