import t from 'tap';
import { parseMpxn } from '../../src/metering-point/mpxn.js';
import type { Facts } from '../../src/rules/facts.js';
import { certificatePartyMpanMismatch as rule } from '../../src/rules/certificate-party-mpan-mismatch.js';
import { euis, facts, judge, operatorOf15, party } from '../fixtures.js';

const wanted = 'networkOperator certificates of an operator of distributor ID 12 (London): Operator of 12';
const { distributor } = facts();
if (distributor === undefined) throw new Error('the fixture has a distributor');

t.test('pass', async (t) => {
  t.strictSame(judge(rule), {
    verdict: 'pass',
    got: 'DigitalSigning of 02-00-00-00-00-01-00-10 (networkOperator, Operator of 12)',
    wanted,
  });
});

t.test('fail, showing what is wrong and not what is right', async (t) => {
  const wrong = party({
    certificateType: 'KeyAgreement',
    entityIdentifier: euis.operatorOf15,
    organisation: operatorOf15,
  });
  t.strictSame(judge(rule, { certificates: [party({}), wrong] }), {
    verdict: 'fail',
    got: 'KeyAgreement of 02-00-00-00-00-04-00-10 (networkOperator, Operator of 15)',
    wanted,
  });
  const nobodys = party({ entityIdentifier: euis.unlisted, organisation: undefined });
  t.match(judge(rule, { certificates: [nobodys] }), {
    got: 'DigitalSigning of 02-00-00-00-0F-00-00-01 (networkOperator, no listed organisation)',
  });
});

t.test('undetermined', async (t) => {
  t.strictSame(judge(rule, { mpxn: undefined, distributor: undefined }), {
    verdict: 'undetermined',
    got: 'the MPAN of the device is not known',
    wanted: 'certificates of the Network Operator of the device',
  });
  t.strictSame(judge(rule, { distributor: { ...distributor, name: undefined, operators: [] } }), {
    verdict: 'undetermined',
    got: 'the distributor ID has no listed operator on the day',
    wanted: 'networkOperator certificates of an operator of distributor ID 12 (not listed on the day): none',
  });
});

t.test('not applicable', async (t) => {
  t.strictSame(judge(rule, { remotePartyRole: 'Supplier' }), { verdict: 'not-applicable' });
});

const registration: NonNullable<Facts['registration']> = {
  networkOperatorId: 'NEEB',
  name: 'Northeast',
  distributorIds: [],
  operators: [operatorOf15],
};
const of15 = party({ entityIdentifier: euis.operatorOf15, organisation: operatorOf15 });

t.test('held against the registered operator, and says so', async (t) => {
  const wanted = 'networkOperator certificates of the registered operator NEEB (Northeast): Operator of 15';
  t.strictSame(judge(rule, { registration, certificates: [of15] }), {
    verdict: 'pass',
    got: 'DigitalSigning of 02-00-00-00-00-04-00-10 (networkOperator, Operator of 15)',
    wanted,
  });
  t.strictSame(judge(rule, { registration }), {
    verdict: 'fail',
    got: 'DigitalSigning of 02-00-00-00-00-01-00-10 (networkOperator, Operator of 12)',
    wanted,
  });
  t.strictSame(judge(rule, { registration: { ...registration, name: undefined, operators: [] } }), {
    verdict: 'undetermined',
    got: 'who is registered has no listed operator on the day',
    wanted: 'networkOperator certificates of the registered operator NEEB (not listed on the day): none',
  });
});

t.test('gas', async (t) => {
  const gas: Partial<Facts> = {
    gasIsJudged: true,
    deviceType: 'GPF',
    mpxn: parseMpxn('1234567890'),
    distributor: undefined,
    registration: { ...registration, networkOperatorId: 'GT1', name: 'Transporter' },
  };
  const wanted =
    'networkOperator certificates of the registered Gas Transporter GT1 (Transporter): Operator of 15, or of the access control broker';
  t.strictSame(judge(rule, { ...gas, certificates: [of15] }), {
    verdict: 'pass',
    got: 'DigitalSigning of 02-00-00-00-00-04-00-10 (networkOperator, Operator of 15)',
    wanted,
  });
  const brokers = party({ certificateType: 'KeyAgreement', role: '04', organisation: undefined });
  t.strictSame(judge(rule, { ...gas, certificates: [brokers, party({})] }), {
    verdict: 'fail',
    got: 'DigitalSigning of 02-00-00-00-00-01-00-10 (networkOperator, Operator of 12)',
    wanted,
  });
  const nobody = { ...gas, registration: undefined };
  const ofGas = 'certificates of the Gas Transporter of the device, or of the access control broker';
  t.strictSame(judge(rule, nobody), {
    verdict: 'undetermined',
    got: 'who is registered for the MPRN of the device is not known',
    wanted: ofGas,
  });
  t.strictSame(judge(rule, { ...nobody, certificates: [brokers] }), {
    verdict: 'pass',
    got: 'KeyAgreement of 02-00-00-00-00-01-00-10 (accessControlBroker, no listed organisation)',
    wanted: ofGas,
  });
  t.strictSame(judge(rule, { ...gas, gasIsJudged: false }), { verdict: 'not-applicable' });
});
