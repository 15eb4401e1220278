import t from 'tap';
import { certificateTypeNotForDeviceType as rule } from '../../src/rules/e061505-certificate-type-not-for-device-type.js';
import { applicability, judge, party } from '../fixtures.js';

const topUp = [party({}), party({ certificateType: 'KeyAgreementTopUp' })];

t.test('pass', async (t) => {
  t.strictSame(judge(rule, { certificates: topUp }), {
    verdict: 'pass',
    got: 'DigitalSigning, KeyAgreementTopUp for Device Type ESME',
    wanted: 'only DigitalSigning, KeyAgreement, KeyAgreementTopUp',
  });
});

t.test('fail', async (t) => {
  t.strictSame(judge(rule, { certificates: topUp, deviceType: 'HCALCS' }), {
    verdict: 'fail',
    got: 'DigitalSigning, KeyAgreementTopUp for Device Type HCALCS',
    wanted: 'only DigitalSigning, KeyAgreement',
  });
  const withoutTopUp = applicability.filter(({ prepaymentTopUpFloor }) => !prepaymentTopUpFloor);
  const onNoDevice = { certificates: topUp, deviceType: undefined, applicability: withoutTopUp };
  t.equal(judge(rule, onNoDevice).verdict, 'fail');
});

t.test('undetermined', async (t) => {
  t.strictSame(judge(rule, { deviceType: undefined }), {
    verdict: 'undetermined',
    got: 'DigitalSigning for Device Type not known',
    wanted: 'only DigitalSigning, KeyAgreement, KeyAgreementTopUp',
  });
});
