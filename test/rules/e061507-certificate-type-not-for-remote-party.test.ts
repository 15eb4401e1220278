import t from 'tap';
import { certificateTypeNotForRemoteParty as rule } from '../../src/rules/e061507-certificate-type-not-for-remote-party.js';
import { judge, party } from '../fixtures.js';

const forOperator =
  'for NetworkOperator on Device Type ESME: DigitalSigning, KeyAgreement of networkOperator';

t.test('pass', async (t) => {
  t.strictSame(judge(rule), {
    verdict: 'pass',
    got: 'DigitalSigning of networkOperator (03)',
    wanted: forOperator,
  });
  t.equal(judge(rule, { deviceType: undefined }).verdict, 'pass', 'it fits on every device');
});

t.test('fail: a slot that the Remote Party does not have', async (t) => {
  t.strictSame(judge(rule, { certificates: [party({ certificateType: 'KeyAgreementTopUp' })] }), {
    verdict: 'fail',
    got: 'KeyAgreementTopUp of networkOperator (03)',
    wanted: forOperator,
  });
});

t.test('fail: a role that is not the Remote Party', async (t) => {
  const roles = { '02': 'supplier', '04': 'accessControlBroker', '87': 'userXmlSigning', '8A': 'unknown' };
  for (const [role, name] of Object.entries(roles)) {
    t.strictSame(
      judge(rule, { certificates: [party({}), party({ certificateType: 'KeyAgreement', role })] }),
      {
        verdict: 'fail',
        got: `DigitalSigning of networkOperator (03), KeyAgreement of ${name} (${role})`,
        wanted: forOperator,
      },
    );
  }
});

t.test("the ACB's certificates are right on gas alone", async (t) => {
  const certificates = [party({ role: '04' })];
  const both = 'DigitalSigning, KeyAgreement of networkOperator, accessControlBroker';
  t.equal(judge(rule, { certificates, deviceType: 'GSME' }).verdict, 'pass');
  t.strictSame(judge(rule, { certificates, deviceType: undefined }), {
    verdict: 'undetermined',
    got: 'DigitalSigning of accessControlBroker (04)',
    wanted: `for NetworkOperator on Device Type not known: ${both}`,
  });
});

t.test('on a device where the role has no place, the role alone counts', async (t) => {
  t.equal(judge(rule, { deviceType: 'CHF' }).verdict, 'pass');
  t.equal(judge(rule, { deviceType: 'CHF', certificates: [party({ role: '02' })] }).verdict, 'fail');
});
