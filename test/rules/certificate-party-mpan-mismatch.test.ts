import t from 'tap';
import { certificatePartyMpanMismatch as rule } from '../../src/rules/certificate-party-mpan-mismatch.js';
import { euis, facts, judge, operatorOf15, party } from '../fixtures.js';

const wanted = 'networkOperator certificates of an operator of distributor 12 (London): Operator of 12';
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
    wanted: 'an MPAN to hold the certificates against',
  });
  t.strictSame(judge(rule, { distributor: { ...distributor, name: undefined, operators: [] } }), {
    verdict: 'undetermined',
    got: 'distributor 12 (not listed on the day) has no listed operator on the day',
    wanted: 'networkOperator certificates of an operator of distributor 12 (not listed on the day): none',
  });
});

t.test('not applicable', async (t) => {
  t.strictSame(judge(rule, { remotePartyRole: 'Supplier' }), { verdict: 'not-applicable' });
});
