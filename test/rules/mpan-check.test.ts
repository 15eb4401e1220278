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

const registered: NonNullable<Facts['registration']> = {
  networkOperatorId: 'NEEB',
  name: 'Northeast',
  distributorIds: [],
  operators: [operatorOf15],
};
const of12 = party({});
const of15 = party({ entityIdentifier: euis.operatorOf15, organisation: operatorOf15 });

t.test('the registration outranks the distributor ID', async (t) => {
  t.equal(check({ registration: registered, certificates: [of15] }), 'matched');
  t.equal(check({ registration: registered, certificates: [of12] }), 'mismatched');
  t.equal(check({ registration: registered, certificates: [of15, of12] }), 'mismatched');
  const unlisted = { ...distributor, name: undefined, operators: [] };
  t.equal(check({ registration: registered, distributor: unlisted, certificates: [of15] }), 'matched');
  t.equal(
    check({ registration: registered, certificates: [party({ role: '04' })] }),
    'mismatched',
    'not gas',
  );
  t.equal(check({ deviceType: undefined, registration: registered }), 'mismatched');
});

t.test('one that no list resolves is neither a mismatch nor a way back to the distributor ID', async (t) => {
  const unresolved = { ...registered, name: undefined, operators: [] };
  t.equal(check({ registration: unresolved }), 'operator-unknown');
  t.equal(check({ registration: unresolved, certificates: [of15] }), 'operator-unknown');
  t.equal(check({ registration: { ...registered, operators: [] } }), 'operator-unknown');
});

const transporter = { organisationId: 'gas-1', name: 'Transporter', test: false };
const other = { organisationId: 'gas-2', name: 'Another transporter', test: false };
const gas: Partial<Facts> = {
  gasIsJudged: true,
  deviceType: 'GSME',
  mpxn: parseMpxn('1234567890'),
  distributor: undefined,
  registration: {
    networkOperatorId: 'GT1',
    name: 'Transporter',
    distributorIds: [],
    operators: [transporter],
  },
};
const own = party({ organisation: transporter });
const others = party({ organisation: other });
const brokers = party({ role: '04', entityIdentifier: euis.unlisted, organisation: undefined });
const suppliers = party({ role: '02', organisation: undefined });

t.test('gas, by who is registered for the MPRN', async (t) => {
  const on = (certificates: Facts['certificates'], change: Partial<Facts> = {}): string =>
    check({ ...gas, certificates, ...change });
  for (const deviceType of ['GSME', 'GPF', undefined] as const) {
    t.equal(on([own], { deviceType }), 'matched');
    t.equal(on([others], { deviceType }), 'mismatched');
    t.equal(on([of12], { deviceType }), 'mismatched', 'an electricity operator');
    t.equal(on([suppliers], { deviceType }), 'mismatched');
    t.equal(on([own, others], { deviceType }), 'mismatched');
    t.equal(on([own], { deviceType, registration: undefined }), 'registration-unknown');
    const unresolved = { networkOperatorId: 'GT9', name: undefined, distributorIds: [], operators: [] };
    t.equal(on([others], { deviceType, registration: unresolved }), 'operator-unknown');
    t.equal(on([own], { deviceType, gasIsJudged: false }), 'not-applicable');
  }
});

t.test("the access control broker's certificates on gas (MP128A)", async (t) => {
  const on = (certificates: Facts['certificates'], change: Partial<Facts> = {}): string =>
    check({ ...gas, certificates, ...change });
  t.equal(on([brokers, brokers]), 'matched');
  t.equal(on([brokers, own]), 'matched', 'each for itself: a request may replace one slot of two');
  t.equal(on([brokers, others]), 'mismatched');
  t.equal(on([brokers, of12]), 'mismatched');
  t.equal(on([brokers, suppliers]), 'mismatched');
  const nobody = { registration: undefined };
  t.equal(on([brokers], nobody), 'matched', 'right whoever is registered');
  t.equal(on([brokers, own], nobody), 'registration-unknown');
  t.equal(on([brokers, suppliers], nobody), 'registration-unknown', 'what is not known is not wrong');
  t.equal(on([party({ role: '04', organisation: transporter })]), 'matched', 'whatever its identifier');
});

t.test('an MPAN says nothing of a gas device, whoever is registered for it', async (t) => {
  const { mpxn } = facts();
  t.equal(check({ ...gas, mpxn, distributor, registration: registered }), 'registration-unknown');
  t.equal(check({ ...gas, mpxn: undefined, registration: undefined }), 'registration-unknown');
});

t.test('neither number nor type: not known, gas or not', async (t) => {
  const nothing = { deviceType: undefined, mpxn: undefined, distributor: undefined };
  t.equal(check({ ...nothing, gasIsJudged: true }), 'mpan-unknown');
  t.equal(check({ ...nothing, gasIsJudged: true, certificates: [brokers] }), 'mpan-unknown');
});
